/** Engines from a file of their own, requested once: for pages that rather cache a file than carry it in a script. */
import { compileEngine, type EngineModule, type EngineResponse } from './engine-module.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { EngineError } from './errors.ts';
import { Lpm, type LpmOptions } from './lpm-table.ts';
import { Offload } from './offload.ts';

/** By build; a request that failed is forgotten, so that the next call tries again. */
const modules = new Map<'release' | 'shared', Promise<EngineModule>>();

/**
 * The compiled engine, from `engine.wasm` beside this package or, when `shared`, from `engine.shared.wasm`. Loaded
 * once. Rejects with EngineError `bad-module` when the server has no such file (`have` is the status), with what
 * `fetch` and WebAssembly reject with otherwise.
 */
export async function engineModule({
  shared = false,
}: { readonly shared?: boolean } = {}): Promise<EngineModule> {
  const build = shared ? 'shared' : 'release';
  const known = modules.get(build);
  if (known !== undefined) return known;
  // Bundlers look for exactly this form, with the text in place.
  const url = shared
    ? new URL('../../build/engine.shared.wasm', import.meta.url)
    : new URL('../../build/engine.wasm', import.meta.url);
  const loading = loadModule(url);
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

/** Rejects as `engineModule`. */
export async function loadModule(url: URL): Promise<EngineModule> {
  const response: EngineResponse = await fetch(url);
  if (!response.ok) throw new EngineError('bad-module', url.href, 200, response.status);
  // Not compileStreaming: it wants a content type that many servers do not know, and so few kB arrive at once.
  return compileEngine(await response.arrayBuffer());
}
