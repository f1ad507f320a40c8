/** The engine module that is built into the package: works everywhere, without a file or a request. */
import { ENGINE_WASM_BASE64 } from './engine-wasm.generated.ts';

let compiled: WebAssembly.Module | undefined;

/** Compiled once, on the calling thread. */
export function inlineModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(decodeBase64(ENGINE_WASM_BASE64));
  return compiled;
}

/** Compiled once, off the calling thread where the platform can. */
export async function inlineModuleAsync(): Promise<WebAssembly.Module> {
  compiled ??= await WebAssembly.compile(decodeBase64(ENGINE_WASM_BASE64));
  return compiled;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
