/** The research build from the file beside this package: open-research-url.ts for Node. */
import { readFileSync } from 'node:fs';
import { compileEngineSync, type EngineModule } from './engine-module.ts';
import type { ResearchBuild } from './research-table.ts';

const modules = new Map<ResearchBuild | 'engine', EngineModule>();

/** The build that routers run. Throws as `researchModuleSync`. */
export function engineModuleSync(): EngineModule {
  return load('engine');
}

/** Compiled once, on the calling thread. Throws what reading the file and WebAssembly throw. */
export function researchModuleSync(build: ResearchBuild = 'research'): EngineModule {
  return load(build);
}

function load(build: ResearchBuild | 'engine'): EngineModule {
  const known = modules.get(build);
  if (known !== undefined) return known;
  const file = new URL(`../../build/${build}.wasm`, import.meta.url);
  const module = compileEngineSync(new Uint8Array(readFileSync(file)));
  modules.set(build, module);
  return module;
}

/** The module for the option `wasm` of `createEngine` and `createLpm`. Rejects as `researchModuleSync` throws. */
export function researchModule(build: ResearchBuild = 'research'): Promise<EngineModule> {
  return new Promise((resolve) => {
    resolve(researchModuleSync(build));
  });
}
