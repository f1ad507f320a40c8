// The offloads of each build of the module, beside their model.
import { Offload } from '../../src/engine/offload.ts';
import { engineModule } from './engine-builds.ts';

export const OFFLOAD_BUILDS = ['release', 'debug'] as const;

const opened = new Map<string, Offload>();

/** One for a build: each call starts over. */
export function offloadOf(build: (typeof OFFLOAD_BUILDS)[number]): Offload {
  let offload = opened.get(build);
  if (offload === undefined) opened.set(build, (offload = Offload.open(engineModule(build))));
  return offload;
}
