/** Engines from the file beside this package: open-url.ts for Node, chosen by the package's export conditions. */
import { readFile } from 'node:fs/promises';
import { compileEngine, type EngineModule } from './engine-module.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { Lpm, type LpmOptions } from './lpm-table.ts';
import { Offload } from './offload.ts';

/** By build; a read that failed is forgotten, so that the next call tries again. */
const modules = new Map<'release' | 'shared', Promise<EngineModule>>();

/**
 * The compiled engine, from `engine.wasm` of this package or, when `shared`, from `engine.shared.wasm`. Loaded once.
 * Rejects with what reading the file and WebAssembly reject with.
 */
export async function engineModule({
  shared = false,
}: { readonly shared?: boolean } = {}): Promise<EngineModule> {
  const build = shared ? 'shared' : 'release';
  const known = modules.get(build);
  if (known !== undefined) return known;
  const file = shared ? 'engine.shared.wasm' : 'engine.wasm';
  const loading = load(new URL(`../../build/${file}`, import.meta.url));
  modules.set(build, loading);
  loading.catch(() => modules.delete(build));
  return loading;
}

/** Opens an engine of the module that `engineModule` loads. Rejects as that does, or on options that cannot be met. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return Engine.open(await engineModule(options), options);
}

/** Opens a table for longest-prefix match alone. Rejects as `createEngine` does. */
export async function createLpm(options: LpmOptions = {}): Promise<Lpm> {
  return Lpm.open(await engineModule(), options);
}

/** Opens the offloads. Rejects as `createEngine` does. */
export async function createOffload(): Promise<Offload> {
  return Offload.open(await engineModule());
}

async function load(file: URL): Promise<EngineModule> {
  const bytes = await readFile(file);
  return compileEngine(new Uint8Array(bytes));
}
