import { forwardingSuite } from './forwarding-suite.ts';
import { ENGINE_BUILDS, makeEngine } from './engine-builds.ts';

for (const build of ENGINE_BUILDS) forwardingSuite(`Engine, ${build} build`, () => makeEngine(build));
