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
  type Sets,
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
  return [
    installation(entries, 'shared'),
    installation(entries, 'own'),
    forwarding(entries, each),
    sweep(entries),
    scan(seed, entries),
  ];
}

function installation(entries: number, sets: Sets): Case {
  const notes: Record<string, string> = {};
  let columns = 0;
  const contender = (name: string, each: number): SelfTimed => ({
    name,
    time: () => {
      const before = process.memoryUsage();
      const engine = openFor(entries, sets);
      const round = timed(entries, () => {
        for (let number = 0; number < entries; number++) {
          engine.setEntry(entryOf(number, sets));
          if ((number + 1) % each === 0) engine.publish();
        }
        engine.publish();
        return engine.entries(undefined, 1).length;
      });
      // Less when the collector takes earlier ones meanwhile.
      columns = Math.max(columns, process.memoryUsage().arrayBuffers - before.arrayBuffers);
      const { memoryBytes, fibLiveBytes } = engine.stats();
      const bytes = (count: number): string => (count / entries).toFixed(1);
      notes[name] =
        `bytes an entry: ${bytes(memoryBytes)} engine memory, of it ${bytes(fibLiveBytes)} lookup, ` +
        `and ${bytes(columns)} columns of the writer`;
      return round;
    },
  });
  return {
    name: sets === 'shared' ? 'install' : 'install, a locator set of its own for each',
    unit: 'entry',
    operations: entries,
    baseline: 'one publish',
    contenders: [contender('one publish', entries), contender('a publish each 1,000', CHANGES)],
    gate: () => {
      const planes: readonly DataPlane[] = [new Model({ batchCount: BATCH }), openFor(COMPARED, sets)];
      const [wanted, got] = planes.map((plane) => outcome(plane, sets));
      if (!isDeepStrictEqual(wanted, got)) throw new Error('install: Engine and Model differ');
    },
    facts: { entries, 'locator sets': sets === 'shared' ? 1000 : entries, 'locators of each': 2 },
    notes,
  };
}

/** What leaves for each entry, and the entries themselves. */
function outcome(plane: DataPlane, sets: Sets): unknown {
  makeSite(plane);
  for (let number = 0; number < COMPARED; number++) plane.setEntry(entryOf(number, sets));
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

/** A Map-Cache that packets are sent to. */
interface Table {
  readonly name: string;
  readonly entries: number;
  readonly sets: Sets;
}

function filled({ entries, sets }: Table): Engine {
  const engine = openFor(entries, sets);
  makeSite(engine);
  for (let number = 0; number < entries; number++) engine.setEntry(entryOf(number, sets));
  engine.publish();
  return engine;
}

function forwarding(entries: number, each: number): Case {
  const few = Math.min(FEW, entries);
  const counts = [...new Set([few, entries])];
  const nameOf = (count: number): string => `${count.toLocaleString('en')} entries`;
  const tables: readonly Table[] = [
    ...counts.map((count): Table => ({ name: nameOf(count), entries: count, sets: 'shared' })),
    { name: `${nameOf(entries)} with a set each`, entries, sets: 'own' },
  ];
  const planes = new Map<Table, Engine>();
  /** Tables are made when they are first asked for: a case is made also when another one is measured. */
  const planeOf = (table: Table): Engine => {
    const plane = planes.get(table) ?? filled(table);
    planes.set(table, plane);
    return plane;
  };
  return {
    name: 'forward, each packet to another entry',
    unit: 'packet',
    operations: BATCH,
    baseline: nameOf(few),
    contenders: tables.flatMap((table) => {
      let at = 0;
      const inject = (plane: Engine): void => {
        for (let i = 0; i < BATCH; i++)
          plane.inject(packetTo(walk(table.entries, at++)), { interfaceIndex: 0 });
      };
      const collect = (plane: Engine): number => {
        let sum = 0;
        plane.collect(({ flowHash }, bytes) => (sum = (sum + flowHash + bytes.length) | 0));
        return sum;
      };
      return [
        {
          name: table.name,
          run: () => {
            const plane = planeOf(table);
            inject(plane);
            plane.process();
            return collect(plane);
          },
        },
        {
          name: `${table.name}, process alone`,
          time: () => processAlone(planeOf(table), each, inject, collect),
        },
      ];
    }),
    gate: () => {
      for (const table of tables) checkForwarding(planeOf(table), table);
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
function checkForwarding(plane: Engine, { entries, sets }: Table): void {
  for (let first = 0; first < entries; first += BATCH) {
    const end = Math.min(entries, first + BATCH);
    for (let number = first; number < end; number++)
      plane.inject(packetTo(number), { interfaceIndex: 0, cookie: number });
    plane.process();
    plane.collect(({ verdict, cookie }, bytes) => {
      if (verdict !== VERDICT_ENCAP || !isWayOf(cookie, sets, bytes))
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
