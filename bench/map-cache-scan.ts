/** A scan at a full Map-Cache: packets of flows and of the scan go through an engine, misses are learned. */
import { SeededRandom } from '../src/base/random.ts';
import { minutes } from '../src/base/time.ts';
import { BoundedMapCache } from '../src/engine/bounded-map-cache.ts';
import type { Engine } from '../src/engine/engine.ts';
import { BATCH, entryOf, eidOf, makeSite, openFor, sendTo } from './map-cache-work.ts';
import { zipf } from '../src/bench/zipf.ts';

export const POLICIES = ['S3-FIFO', 'first in, first out'] as const;
export type Policy = (typeof POLICIES)[number];

/** Packets of the scan for each packet of a flow, at the height of the attack. */
export const INTENSITY = 3;
/** Destinations of flows for each place in the cache; how often one is met follows Zipf's law with exponent 1. */
export const CROWD = 2;
/** Packets of flows for each place in the cache, in each phase. */
const PACKETS = 10;
const TTL = minutes(1440);

export interface ScanResult {
  readonly packets: number;
  /** Share of the packets of flows that met an entry. */
  readonly calm: number;
  readonly attacked: number;
}

/** Calm, then with the scan, for as many packets of flows each. */
export function runScan(policy: Policy, entries: number, seed: number): ScanResult {
  const engine = openFor(entries);
  makeSite(engine);
  const learn = learner(policy, engine, entries);
  const next = zipf(CROWD * entries, new SeededRandom(seed, 'scan'));
  let scanned = CROWD * entries;
  let packets = 0;
  const phase = (count: number, intensity: number): number => {
    let hits = 0;
    for (let sent = 0; sent < count; sent += BATCH) {
      const real = Array.from({ length: BATCH }, next);
      const missed = sendTo(engine, real);
      hits += real.length - missed.length;
      const scan: number[] = [];
      for (let turn = 0; turn < intensity; turn++) {
        const batch = Array.from({ length: BATCH }, () => scanned++);
        scan.push(...sendTo(engine, batch));
      }
      const asked = [...new Set([...missed, ...scan])];
      learn(asked);
      // What was held while the mapping was asked for.
      for (let first = 0; first < asked.length; first += BATCH)
        sendTo(engine, asked.slice(first, first + BATCH));
      packets += BATCH * (1 + intensity) + asked.length;
    }
    return hits / count;
  };
  const count = BATCH * Math.ceil((PACKETS * entries) / BATCH);
  phase(count, 0);
  const calm = phase(count, 0);
  return { packets, calm, attacked: phase(count, INTENSITY) };
}

function learner(policy: Policy, engine: Engine, entries: number): (numbers: readonly number[]) => void {
  if (policy === 'S3-FIFO') {
    const cache = new BoundedMapCache(engine, { entries });
    return (numbers) => {
      for (const number of numbers) cache.learn(0, entryOf(number), TTL);
      cache.publish();
    };
  }
  const queue = new Set<number>();
  return (numbers) => {
    for (const number of numbers) {
      if (queue.size === entries) {
        const oldest = queue.values().next().value!;
        queue.delete(oldest);
        engine.removeEntry(eidOf(oldest));
      }
      queue.add(number);
      engine.setEntry(entryOf(number));
    }
    engine.publish();
  };
}
