/** Engines from the module that is built into the package: works everywhere, without a file or a request. */
import type { EngineOptions } from './engine.ts';
import { Engine } from './engine.ts';
import { ENGINE_WASM_TEXT } from './engine-wasm.generated.ts';
import { compileEngine, compileEngineSync, type EngineModule, type EngineSource } from './engine-module.ts';
import { Lpm, type LpmOptions } from './lpm-table.ts';
import { decodeModuleText } from './module-text.ts';
import { Offload } from './offload.ts';
import { withSharedMemory } from './shared-module.ts';

/** By what its memory is. */
const compiled = new Map<'unshared' | 'shared', EngineModule>();

/** Where the engine's code comes from. */
export interface ModuleChoice {
  /** Instead of the module that is built in: to compile once for many realms. With `shared`, the shared build. */
  readonly wasm?: EngineSource;
}

/**
 * Opens an engine, compiling off the calling thread where the platform can. The module built into the package is
 * compiled once for all engines. Rejects with EngineError on options that cannot be met, with
 * WebAssembly.CompileError where a page's CSP lacks 'wasm-unsafe-eval'.
 */
export async function createEngine(options: EngineOptions & ModuleChoice = {}): Promise<Engine> {
  const { wasm, ...rest } = options;
  return Engine.open(await moduleOf(wasm, rest.shared), rest);
}

/** As `createEngine`, at once and on the calling thread. Throws what `createEngine` rejects with. */
export function createEngineSync(options: EngineOptions & ModuleChoice = {}): Engine {
  const { wasm, ...rest } = options;
  return Engine.open(moduleOfSync(wasm, rest.shared), rest);
}

/** Opens a table for longest-prefix match alone. Rejects as `createEngine` does. */
export async function createLpm(options: LpmOptions & ModuleChoice = {}): Promise<Lpm> {
  const { wasm, ...rest } = options;
  return Lpm.open(await moduleOf(wasm), rest);
}

/** As `createLpm`, at once and on the calling thread. */
export function createLpmSync(options: LpmOptions & ModuleChoice = {}): Lpm {
  const { wasm, ...rest } = options;
  return Lpm.open(moduleOfSync(wasm), rest);
}

/** Opens the offloads. Rejects as `createEngine` does. */
export async function createOffload({ wasm }: ModuleChoice = {}): Promise<Offload> {
  return Offload.open(await moduleOf(wasm));
}

/** As `createOffload`, at once and on the calling thread. */
export function createOffloadSync({ wasm }: ModuleChoice = {}): Offload {
  return Offload.open(moduleOfSync(wasm));
}

async function moduleOf(wasm: EngineSource | undefined, shared = false): Promise<EngineModule> {
  if (wasm !== undefined) return compileEngine(wasm);
  const known = compiled.get(shared ? 'shared' : 'unshared');
  return known ?? keep(shared, await compileEngine(builtIn(shared)));
}

function moduleOfSync(wasm: EngineSource | undefined, shared = false): EngineModule {
  if (wasm !== undefined) return compileEngineSync(wasm);
  return compiled.get(shared ? 'shared' : 'unshared') ?? keep(shared, compileEngineSync(builtIn(shared)));
}

function keep(shared: boolean, module: EngineModule): EngineModule {
  compiled.set(shared ? 'shared' : 'unshared', module);
  return module;
}

function builtIn(shared: boolean): Uint8Array<ArrayBuffer> {
  const release = decodeModuleText(ENGINE_WASM_TEXT);
  return shared ? withSharedMemory(release) : release;
}
