/** How long batches take, one by one: what a mean hides. */
import type { TableContender } from './contender.ts';
import { middle, percentile } from './statistics.ts';

/** Percentiles that are told. */
export const PERCENTS = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9] as const;

/** Nanoseconds a lookup in batches of `batch`, by wall clock. */
export interface Latency {
  readonly batch: number;
  readonly batches: number;
  readonly percentiles: readonly { readonly percent: number; readonly ns: number }[];
  /** What reading the clock takes, in nanoseconds a lookup: it is part of the others. */
  readonly clockNs: number;
}

/** Keys of a timed batch: fewer would mostly time the clock. */
const BATCH = 256;
const MOST_BATCHES = 8192;
/** So that p99.9 is more than the worst one. */
const LEAST_BATCHES = 2048;
const ENOUGH_MS = 30;

/** Batches through the trace, one after another. */
export function timeBatches(
  contender: TableContender,
  keys: number,
  consume: (value: number | bigint) => void,
): Latency {
  const times: number[] = [];
  const begin = performance.now();
  for (let from = 0; times.length < MOST_BATCHES; from = from + 2 * BATCH > keys ? 0 : from + BATCH) {
    const start = performance.now();
    const value = contender.pass(BATCH, BATCH, from);
    const end = performance.now();
    consume(value);
    times.push(((end - start) * 1e6) / BATCH);
    if (times.length >= LEAST_BATCHES && end - begin > ENOUGH_MS) break;
  }
  times.sort((a, b) => a - b);
  return {
    batch: BATCH,
    batches: times.length,
    percentiles: PERCENTS.map((percent) => ({ percent, ns: percentile(times, percent) })),
    clockNs: clockNs() / BATCH,
  };
}

function clockNs(): number {
  const times = Array.from({ length: 501 }, () => {
    const start = performance.now();
    return (performance.now() - start) * 1e6;
  });
  return middle(times);
}
