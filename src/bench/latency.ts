/** How long a few keys take, again and again: what a mean hides. */
import type { TableContender } from './contender.ts';
import { middle, percentile } from './statistics.ts';

/** Percentiles that are told. */
export const PERCENTS = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9] as const;

/** Nanoseconds a lookup in batches of `batch`, by wall clock. */
export interface Latency {
  readonly batch: number;
  /** That were timed together: as many whole batches as 256 keys make. */
  readonly keys: number;
  /** How often so many keys were timed. */
  readonly times: number;
  readonly percentiles: readonly { readonly percent: number; readonly ns: number }[];
  /** What reading the clock takes, in nanoseconds a lookup: it is part of the others. */
  readonly clockNs: number;
}

/** Keys that are timed together: fewer would mostly time the clock. */
const KEYS = 256;
const MOST_TIMES = 8192;
/** So that p99.9 is more than the worst one. */
const LEAST_TIMES = 2048;
const ENOUGH_MS = 30;

/** Batches of one size through the trace, a few keys after others. */
export function timeBatches(
  contender: TableContender,
  batch: number,
  keys: number,
  consume: (value: number | bigint) => void,
): Latency {
  const together = Math.floor(KEYS / batch) * batch;
  const times: number[] = [];
  const begin = performance.now();
  for (let from = 0; times.length < MOST_TIMES; from = from + 2 * together > keys ? 0 : from + together) {
    const start = performance.now();
    const value = contender.pass(together, batch, from);
    const end = performance.now();
    consume(value);
    times.push(((end - start) * 1e6) / together);
    if (times.length >= LEAST_TIMES && end - begin > ENOUGH_MS) break;
  }
  times.sort((a, b) => a - b);
  return {
    batch,
    keys: together,
    times: times.length,
    percentiles: PERCENTS.map((percent) => ({ percent, ns: percentile(times, percent) })),
    clockNs: clockNs() / together,
  };
}

function clockNs(): number {
  const times = Array.from({ length: 501 }, () => {
    const start = performance.now();
    return (performance.now() - start) * 1e6;
  });
  return middle(times);
}
