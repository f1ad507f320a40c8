/**
 * The Map-Cache at scale: what an entry costs to install and to keep, packets over as many distinct entries, the sweep
 * and its longest pause, and a scan at a full cache.
 */
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { minutes } from '../src/base/time.ts';
import { VERDICT_ENCAP } from '../src/engine/codes.ts';
import { BoundedMapCache } from '../src/engine/bounded-map-cache.ts';
import type { DataPlane } from '../src/engine/data-plane.ts';
import type { Engine } from '../src/engine/engine.ts';
import { Model } from '../src/engine/model.ts';
import { CROWD, INTENSITY, POLICIES, runScan } from './map-cache-scan.ts';
import {
  BATCH,
  CHANGES,
  entryOf,
  isWayOf,
  makeSite,
  openFor,
  packetTo,
  sendTo,
  timed,
  walk,
} from './map-cache-work.ts';
import { sweep } from './map-cache-sweep.ts';
import type { Case, Round, SelfTimed, Suite } from './runner.ts';

const ENTRIES = 1_000_000;
const FEW = 1000;
/** Entries that Engine and Model are compared over; a Model looks at each of them for each packet. */
const COMPARED = 500;
const SCAN_ENTRIES = 5000;

export const mapCacheSuite: Suite = {
  name: 'mapcache',
  isOptional: true,
  cases: (seed, { entries, seconds: each }) => mapCacheCases(seed, entries ?? ENTRIES, each),
};

/** `each`: seconds for a round of what can be done again and again. */
export function mapCacheCases(seed: number, entries: number, each: number): Case[] {
  return [installation(entries), forwarding(entries, each), sweep(entries), scan(seed, entries)];
}

function installation(entries: number): Case {
  const notes: Record<string, string> = {};
  let columns = 0;
  const contender = (name: string, each: number): SelfTimed => ({
    name,
    time: () => {
      const before = process.memoryUsage();
      const engine = openFor(entries);
      const opened = process.memoryUsage();
      const round = timed(entries, () => {
        for (let number = 0; number < entries; number++) {
          engine.setEntry(entryOf(number));
          if ((number + 1) % each === 0) engine.publish();
        }
        engine.publish();
        return engine.entries(undefined, 1).length;
      });
      // Less when the collector takes earlier ones meanwhile.
      columns = Math.max(columns, opened.arrayBuffers - before.arrayBuffers);
      const { memoryBytes, fibLiveBytes } = engine.stats();
      const bytes = (count: number): string => (count / entries).toFixed(1);
      notes[name] =
        `bytes an entry: ${bytes(memoryBytes)} engine memory, of it ${bytes(fibLiveBytes)} lookup, ` +
        `and ${bytes(columns)} columns of the writer`;
      return round;
    },
  });
  return {
    name: 'install',
    unit: 'entry',
    operations: entries,
    baseline: 'one publish',
    contenders: [contender('one publish', entries), contender('a publish each 1,000', CHANGES)],
    gate: () => {
      const planes: readonly DataPlane[] = [new Model({ batchCount: BATCH }), openFor(COMPARED)];
      const [wanted, got] = planes.map((plane) => outcome(plane));
      if (!isDeepStrictEqual(wanted, got)) throw new Error('install: Engine and Model differ');
    },
    facts: { entries, 'locator sets': 1000, 'locators of each': 2 },
    notes,
  };
}

/** What leaves for each entry, and the entries themselves. */
function outcome(plane: DataPlane): unknown {
  makeSite(plane);
  for (let number = 0; number < COMPARED; number++) plane.setEntry(entryOf(number));
  plane.publish();
  const lines: string[] = [];
  for (let first = 0; first < 2 * COMPARED; first += BATCH) {
    for (let i = 0; i < BATCH; i++) plane.inject(packetTo(first + i), { interfaceIndex: 0 });
    plane.process();
    plane.collect(({ verdict, reason, flowHash }, bytes) => {
      lines.push(`${verdict} ${reason} ${flowHash} ${bytes.join(',')}`);
    });
  }
  return { lines, entries: plane.entries(undefined, 2 * COMPARED) };
}

function filled(entries: number): Engine {
  const engine = openFor(entries);
  makeSite(engine);
  for (let number = 0; number < entries; number++) engine.setEntry(entryOf(number));
  engine.publish();
  return engine;
}

function forwarding(entries: number, each: number): Case {
  const few = Math.min(FEW, entries);
  const counts = [...new Set([few, entries])];
  const planes = new Map<number, Engine>();
  /** Tables are made when they are first asked for: a case is made also when another one is measured. */
  const planeOf = (count: number): Engine => {
    const plane = planes.get(count) ?? filled(count);
    planes.set(count, plane);
    return plane;
  };
  const nameOf = (count: number): string => `${count.toLocaleString('en')} entries`;
  return {
    name: 'forward, each packet to another entry',
    unit: 'packet',
    operations: BATCH,
    baseline: nameOf(few),
    contenders: counts.flatMap((count) => {
      let at = 0;
      const inject = (plane: Engine): void => {
        for (let i = 0; i < BATCH; i++) plane.inject(packetTo(walk(count, at++)), { interfaceIndex: 0 });
      };
      const collect = (plane: Engine): number => {
        let sum = 0;
        plane.collect(({ flowHash }, bytes) => (sum = (sum + flowHash + bytes.length) | 0));
        return sum;
      };
      return [
        {
          name: nameOf(count),
          run: () => {
            const plane = planeOf(count);
            inject(plane);
            plane.process();
            return collect(plane);
          },
        },
        {
          name: `${nameOf(count)}, process alone`,
          time: () => processAlone(planeOf(count), each, inject, collect),
        },
      ];
    }),
    gate: () => {
      for (const count of counts) checkForwarding(planeOf(count), count);
    },
    facts: {
      batch: BATCH,
      bytes: packetTo(0).length,
      'inject and collect': 'included unless it says process alone',
    },
  };
}

/** Batches for so many seconds in all; what is between `inject` and `collect` of each, in the middle. */
function processAlone(
  plane: Engine,
  each: number,
  inject: (plane: Engine) => void,
  collect: (plane: Engine) => number,
): Round {
  const times: number[] = [];
  const whole = timed(1, () => {
    const end = performance.now() + each * 1000;
    let sum = 0;
    do {
      inject(plane);
      const start = performance.now();
      plane.process();
      times.push(performance.now() - start);
      sum = (sum + collect(plane)) | 0;
    } while (performance.now() < end);
    return sum;
  });
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  return { ...whole, medianNs: (middle * 1e6) / BATCH, calls: times.length };
}

/** A packet to each entry leaves for a locator of that entry, and is counted there. */
function checkForwarding(plane: Engine, entries: number): void {
  for (let first = 0; first < entries; first += BATCH) {
    const end = Math.min(entries, first + BATCH);
    for (let number = first; number < end; number++)
      plane.inject(packetTo(number), { interfaceIndex: 0, cookie: number });
    plane.process();
    plane.collect(({ verdict, cookie }, bytes) => {
      if (verdict !== VERDICT_ENCAP || !isWayOf(cookie, bytes))
        throw new Error(`forward: the packet to entry ${cookie} of ${entries} went elsewhere`);
    });
  }
  const page = plane.entries(undefined, entries);
  if (page.length !== entries || page.some(({ hits }) => hits !== 1))
    throw new Error(`forward: not every entry of ${entries} has met one packet`);
}

function scan(seed: number, entries: number): Case {
  const room = Math.min(SCAN_ENTRIES, entries);
  const notes: Record<string, string> = {};
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return {
    name: 'a scan at a full cache',
    unit: 'packet',
    operations: BATCH,
    baseline: POLICIES[1],
    contenders: POLICIES.map((policy) => ({
      name: policy,
      time: () => {
        let packets = 0;
        const result = timed(1, () => {
          const { calm, attacked, ...done } = runScan(policy, room, seed);
          notes[policy] =
            `flows find ${percent(calm)} of their entries in calm, ${percent(attacked)} in the scan: ` +
            `they lose ${percent(1 - attacked / calm)} of their hit rate`;
          return (packets = done.packets);
        });
        return { ...result, medianNs: result.medianNs / packets };
      },
    })),
    gate: () => {
      const engine = openFor(10);
      makeSite(engine);
      const cache = new BoundedMapCache(engine, { entries: 10 });
      if (sendTo(engine, [1, 2, 3]).join() !== '1,2,3')
        throw new Error('scan: packets without an entry left');
      for (const number of [1, 3]) cache.learn(0, entryOf(number), minutes(1));
      cache.publish();
      if (sendTo(engine, [1, 2, 3]).join() !== '2')
        throw new Error('scan: packets with an entry did not leave');
    },
    facts: {
      ...{ entries: room, destinations: CROWD * room },
      'packets of the scan for each of flows': INTENSITY,
      'learning and publishing': 'included',
    },
    notes,
  };
}
