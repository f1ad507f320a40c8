/** The engine's code: compiled from bytes or from a response. Told by shape: not every TypeScript set-up knows WebAssembly. */

/** A compiled engine: a `WebAssembly.Module`. May be posted to workers and opened any number of times. */
export interface EngineModule {
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module';
}

/** A `WebAssembly.Memory`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** What `fetch` gives: a `Response`. */
export interface EngineResponse {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** An engine module, or the bytes of one: `pxtr/engine.wasm` of the same version. The bytes are read and not kept. */
export type EngineSource = EngineModule | ArrayBuffer | ArrayBufferView;

/** Compiles on the calling thread. Throws WebAssembly.CompileError on other bytes, or where a page's CSP forbids it. */
export function compileEngineSync(source: EngineSource): EngineModule {
  return isBytes(source) ? new WebAssembly.Module(source) : source;
}

/** Compiles off the calling thread where the platform can. Rejects as `compileEngineSync` throws. */
export async function compileEngine(source: EngineSource): Promise<EngineModule> {
  return isBytes(source) ? WebAssembly.compile(source) : source;
}

function isBytes(source: EngineSource): source is ArrayBuffer | ArrayBufferView {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}
