/**
 * `pxtr/map-cache`: learned Map-Cache entries of a data plane, kept to a number and ended in time. Beside that, all of
 * `pxtr/engine`.
 */
export * from './engine.ts';
export { micros, millis, minutes, NEVER, seconds, type Micros } from '../base/time.ts';
export {
  BoundedMapCache,
  type BoundedMapCacheOptions,
  type Departure,
  type LearnedEntryView,
  type SweepStep,
} from '../engine/bounded-map-cache.ts';
