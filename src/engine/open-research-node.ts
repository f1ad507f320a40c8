/** The research build from the file beside this package: open-research-url.ts for Node. */
import { readFileSync } from 'node:fs';
import { compileEngineSync, type EngineModule } from './engine-module.ts';

/** Which build: `research` has all lookup algorithms, `traced` also tells what a lookup reads, and is slower. */
export type ResearchBuild = 'research' | 'traced';

const modules = new Map<ResearchBuild, EngineModule>();

/** Compiled once, on the calling thread. Throws what reading the file and WebAssembly throw. */
export function researchModuleSync(build: ResearchBuild = 'research'): EngineModule {
  const known = modules.get(build);
  if (known !== undefined) return known;
  const file = new URL(`../../build/${build}.wasm`, import.meta.url);
  const module = compileEngineSync(new Uint8Array(readFileSync(file)));
  modules.set(build, module);
  return module;
}

/** The module for the option `wasm` of `createEngine` and `createLpm`. Rejects as `researchModuleSync` throws. */
export async function researchModule(build: ResearchBuild = 'research'): Promise<EngineModule> {
  return researchModuleSync(build);
}
