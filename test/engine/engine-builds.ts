// Engines of each build of the module, for suites that run on all of them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Engine, type EngineOptions } from '../../src/engine/engine.ts';

export type EngineBuild = 'release' | 'debug' | 'shared' | 'research' | 'research-debug' | 'traced';

export const ENGINE_BUILDS: readonly EngineBuild[] = ['release', 'debug', 'shared'];

const FILES: Readonly<Record<EngineBuild, string>> = {
  release: 'engine.wasm',
  debug: 'engine.debug.wasm',
  shared: 'engine.shared.wasm',
  research: 'research.wasm',
  'research-debug': 'research.debug.wasm',
  traced: 'traced.wasm',
};
const modules = new Map<EngineBuild, WebAssembly.Module>();

export function engineModule(build: EngineBuild): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    const path = fileURLToPath(new URL(`../../build/${FILES[build]}`, import.meta.url));
    module = new WebAssembly.Module(new Uint8Array(readFileSync(path)));
    modules.set(build, module);
  }
  return module;
}

export function makeEngine(build: EngineBuild, options: EngineOptions = {}): Engine {
  return Engine.open(engineModule(build), { shared: build === 'shared', ...options });
}
