/** All suites, in the order in which they run. */
import { buildSuite, memorySuite } from './build.ts';
import { callsSuite } from './calls.ts';
import { forwardSuite } from './forward.ts';
import { lookupSuite } from './lookup.ts';
import { mapCacheSuite } from './map-cache.ts';
import { nativeSuite } from './native.ts';
import { offloadSuite } from './offload.ts';
import type { Suite } from './runner.ts';
import { updateSuite } from './update.ts';
import { workersSuite } from './workers.ts';

export const SUITES: readonly Suite[] = [
  lookupSuite,
  forwardSuite,
  offloadSuite,
  workersSuite,
  mapCacheSuite,
  callsSuite,
  updateSuite,
  buildSuite,
  memorySuite,
  nativeSuite,
];
