/** The research build from the file beside this package: open-research-url.ts for Node. */
import { readFileSync } from 'node:fs';
import { compileEngineSync, type EngineModule } from './engine-module.ts';
import { EngineError } from './errors.ts';
import { checkResearchBuild, type ResearchBuild } from './research-table.ts';
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

/**
 * Compiled once, on the calling thread. Throws EngineError `bad-options` when there is no such build, `bad-module` when the
 * file is not there, as in a clone that has not been built; what reading it and WebAssembly throw.
 */
export function researchModuleSync(build: ResearchBuild = 'research'): EngineModule {
  checkResearchBuild(build);
  return load(build, false);
}

function load(build: Build | 'lookup-pass', shared: boolean): EngineModule {
  const name = shared ? `${build} shared` : build;
  const known = modules.get(name);
  if (known !== undefined) return known;
  const bytes = read(`${build}.wasm`);
  const module = compileEngineSync(shared ? withSharedMemory(bytes) : bytes);
  modules.set(name, module);
  return module;
}

function read(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(new URL(`../../build/${file}`, import.meta.url)));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const hint = 'it is not built; in a clone, `npm run build` makes it';
    throw new EngineError('bad-module', file, 1, 0, hint);
  }
}

/** The module for the option `wasm` of `createEngine` and `createLpm`. Rejects as `researchModuleSync` throws. */
export function researchModule(build: ResearchBuild = 'research'): Promise<EngineModule> {
  return new Promise((resolve) => {
    resolve(researchModuleSync(build));
  });
}
