/** The research build from the file beside this package: open-research-url.ts for Node. */
import { readFileSync } from 'node:fs';
import { compileEngineSync, type EngineModule } from './engine-module.ts';
import type { ResearchBuild } from './research-table.ts';
import { withSharedMemory } from './shared-module.ts';

type Build = ResearchBuild | 'engine';

const modules = new Map<string, EngineModule>();

/** The build that routers run. Throws as `researchModuleSync`. */
export function engineModuleSync(): EngineModule {
  return load('engine', false);
}

/** A build for shared memory. Throws as `researchModuleSync`. */
export function sharedModuleSync(build: Build): EngineModule {
  return load(build, true);
}

/** A loop over keys, for `KeyPass`. Throws as `researchModuleSync`. */
export function lookupPassModuleSync(): EngineModule {
  return load('lookup-pass', false);
}

/** Compiled once, on the calling thread. Throws what reading the file and WebAssembly throw. */
export function researchModuleSync(build: ResearchBuild = 'research'): EngineModule {
  return load(build, false);
}

function load(build: Build | 'lookup-pass', shared: boolean): EngineModule {
  const name = shared ? `${build} shared` : build;
  const known = modules.get(name);
  if (known !== undefined) return known;
  const file = new URL(`../../build/${build}.wasm`, import.meta.url);
  const bytes = new Uint8Array(readFileSync(file));
  const module = compileEngineSync(shared ? withSharedMemory(bytes) : bytes);
  modules.set(name, module);
  return module;
}

/** The module for the option `wasm` of `createEngine` and `createLpm`. Rejects as `researchModuleSync` throws. */
export function researchModule(build: ResearchBuild = 'research'): Promise<EngineModule> {
  return new Promise((resolve) => {
    resolve(researchModuleSync(build));
  });
}
