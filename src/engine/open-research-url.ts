/** The research build from a file of its own, requested once. */
import type { EngineModule } from './engine-module.ts';
import { checkResearchBuild, type ResearchBuild } from './research-table.ts';
import { loadModule } from './open-url.ts';

const modules = new Map<ResearchBuild, Promise<EngineModule>>();

/**
 * The module for the option `wasm` of `createEngine` and `createLpm`, from `research.wasm` or `traced.wasm` beside this
 * package. Rejects as `engineModule` of `pxtr/url` does, and with EngineError `bad-options` when there is no such build.
 */
export async function researchModule(build: ResearchBuild = 'research'): Promise<EngineModule> {
  checkResearchBuild(build);
  const known = modules.get(build);
  if (known !== undefined) return known;
  // Bundlers look for exactly this form, with the text in place.
  const url =
    build === 'traced'
      ? new URL('../../build/traced.wasm', import.meta.url)
      : new URL('../../build/research.wasm', import.meta.url);
  const loading = loadModule(url);
  modules.set(build, loading);
  loading.catch(() => modules.delete(build));
  return loading;
}
