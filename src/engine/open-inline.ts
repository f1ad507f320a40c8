/** Engines from the module that is built into the package: works everywhere, without a file or a request. */
import type { EngineOptions } from './engine.ts';
import { Engine } from './engine.ts';
import { ENGINE_WASM_TEXT } from './engine-wasm.generated.ts';
import { compileEngine, compileEngineSync, type EngineModule, type EngineSource } from './engine-module.ts';
import { Lpm, type LpmOptions } from './lpm-table.ts';
import { decodeModuleText } from './module-text.ts';
import { Offload } from './offload.ts';

let compiled: EngineModule | undefined;

/** Where the engine's code comes from. */
export interface ModuleChoice {
  /** Instead of the module that is built in: for shared memory, or to compile once for many realms. */
  readonly wasm?: EngineSource;
}

/**
 * Opens an engine, compiling off the calling thread where the platform can. The module built into the package is
 * compiled once for all engines. Rejects with EngineError on options that cannot be met, with
 * WebAssembly.CompileError where a page's CSP lacks 'wasm-unsafe-eval'.
 */
export async function createEngine(options: EngineOptions & ModuleChoice = {}): Promise<Engine> {
  const { wasm, ...rest } = options;
  return Engine.open(await moduleOf(wasm), rest);
}

/** As `createEngine`, at once and on the calling thread. Throws what `createEngine` rejects with. */
export function createEngineSync(options: EngineOptions & ModuleChoice = {}): Engine {
  const { wasm, ...rest } = options;
  return Engine.open(moduleOfSync(wasm), rest);
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

async function moduleOf(wasm: EngineSource | undefined): Promise<EngineModule> {
  if (wasm !== undefined) return compileEngine(wasm);
  return (compiled ??= await compileEngine(decodeModuleText(ENGINE_WASM_TEXT)));
}

function moduleOfSync(wasm: EngineSource | undefined): EngineModule {
  if (wasm !== undefined) return compileEngineSync(wasm);
  return (compiled ??= compileEngineSync(decodeModuleText(ENGINE_WASM_TEXT)));
}
