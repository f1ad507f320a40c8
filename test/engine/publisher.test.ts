// Lack of room, undo, and long runs: what the writer holds must come back.
import { describe, expect, it } from 'vitest';
import { ACTION_FORWARD, ARENA_HEADER_BYTES } from '../../assembly/layout.ts';
import { hostPrefix, ipv4, prefix } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import type { EncapTarget } from '../../src/engine/data-plane.ts';
import type { Engine, EngineOptions } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { makeEngine } from './engine-builds.ts';
import { connected, targetTo } from './forwarding-support.ts';
import { generationsSeen, instancesOf, liveSnapshot, setGeneration } from './snapshot-support.ts';

const host = (n: number) => hostPrefix(ipv4(0x0a00_0000 + n));
const eid = (n: number, instanceId = 0) => ({ instanceId, prefix: host(n) });
const toLocator = (n: number, weight = 1): EncapTarget =>
  targetTo(4, { destination: ipv4(0xc000_0200 + n), weight });

interface Section {
  readonly section: string;
  readonly options: EngineOptions;
  /** How many loads fit. */
  readonly have: number;
  /** Asks for the nth user of the section, or for its removal. */
  readonly set: (engine: Engine, n: number) => void;
  readonly unset: (engine: Engine, n: number) => void;
}

function setTargets(engine: Engine, n: number, targets: readonly EncapTarget[]): void {
  engine.setEntry({ eid: eid(n), action: ACTION_FORWARD, targets });
}

const removeEntry = (engine: Engine, n: number): void => engine.removeEntry(eid(n));
const removeRoute = (engine: Engine, n: number): void => engine.removeRoute(0, host(n));
const SECTIONS: readonly Section[] = [
  {
    section: 'entries',
    options: { entries: 6 },
    have: 6,
    set: (engine, n) => engine.setEntry({ eid: eid(n), action: 3, targets: [] }),
    unset: removeEntry,
  },
  {
    section: 'buckets',
    options: { buckets: 100 },
    have: 6,
    // Equal locator sets share a row.
    set: (engine, n) => setTargets(engine, n, [toLocator(n), toLocator(n + 1)]),
    unset: removeEntry,
  },
  {
    section: 'rewrites',
    options: { rewrites: 6 },
    have: 6,
    set: (engine, n) => setTargets(engine, n, [toLocator(n)]),
    unset: removeEntry,
  },
  {
    section: 'nextHops',
    options: { nextHops: 6 },
    have: 6,
    set: (engine, n) => engine.setRoute(0, host(n), connected(n)),
    unset: removeRoute,
  },
  {
    section: 'fibBytes',
    options: { fibBytes: ARENA_HEADER_BYTES + 32 * 12, lpm: 'patricia' },
    have: 6,
    set: (engine, n) => engine.setRoute(0, host(n), connected(1)),
    unset: removeRoute,
  },
];

describe.each(SECTIONS)('lack of room in $section', ({ section, options, have, set, unset }) => {
  const range = (first: number, end: number): number[] =>
    Array.from({ length: end - first }, (_, i) => first + i);
  const failure = (engine: Engine): EngineError => {
    try {
      engine.publish();
    } catch (error) {
      if (error instanceof EngineError) return error;
    }
    throw new Error('the publish did not fail');
  };

  it('throws, names the section, and leaves the tables as they were, again and again', () => {
    const engine = makeEngine('debug', options);
    for (const n of [0, 1]) set(engine, n);
    engine.publish();
    const state = (): unknown => ({
      snapshot: liveSnapshot(engine),
      stats: engine.stats(),
      routes: lookups(engine, 'routes'),
      cache: lookups(engine, 'cache'),
    });
    const before = state();
    for (let turn = 0; turn < 20; turn++) {
      unset(engine, 0);
      for (const n of range(2, 40)) set(engine, n);
      engine.setRoute(77, host(1), connected(1));
      const error = failure(engine);
      expect(error).toMatchObject({ code: 'no-room', section });
      expect(error.wanted).toBeGreaterThan(error.have);
      expect(error.message).toBe(`engine: no-room in ${section}: wanted ${error.wanted}, have ${error.have}`);
      expect(state()).toEqual(before);
      expect(instancesOf(engine)).toEqual([0]);
    }
  });

  it('forgets the changes, and a smaller publish finds all the room there is', () => {
    const engine = makeEngine('debug', options);
    for (let turn = 0; turn < 20; turn++) {
      for (const n of range(0, 40)) set(engine, n);
      failure(engine);
      // Two thirds, so that old and new have room side by side where a change copies.
      const some = range(0, section === 'fibBytes' ? 3 : have);
      for (const n of some) set(engine, n);
      engine.publish();
      for (const n of some) unset(engine, n);
      engine.publish();
      expect(engine.stats().fibLiveBytes).toBe(0);
    }
  });
});

describe('lack of room for instances', () => {
  it('throws and keeps the instances there were', () => {
    const engine = makeEngine('debug', { vrfs: 2 });
    engine.setRoute(5, host(1), connected(1));
    engine.publish();
    engine.setRoute(6, host(1), connected(1));
    engine.setEntry({ eid: eid(1, 7), action: 1, targets: [] });
    expect(() => engine.publish()).toThrow(
      expect.objectContaining({ code: 'no-room', section: 'vrfs', wanted: 4, have: 2 }),
    );
    expect(instancesOf(engine)).toEqual([0, 5]);
    engine.setRoute(5, host(2), connected(1));
    engine.publish();
    expect(instancesOf(engine)).toEqual([0, 5]);
  });

  it('a first publish that fails leaves the default instance', () => {
    const engine = makeEngine('release', { entries: 1 });
    for (const n of [1, 2]) engine.setEntry({ eid: eid(n), action: 3, targets: [] });
    expect(() => engine.publish()).toThrow('no-room in entries');
    engine.setRoute(101, host(1), connected(1));
    engine.publish();
    expect(instancesOf(engine)).toEqual([0, 101]);
  });
});

describe('10,000 random changes and publishes, some of them too large', () => {
  it('leak nothing: every byte and slot comes back', () => {
    const seed = Number(process.env['PXTR_SEED'] ?? 20_241);
    const random = new SeededRandom(seed, 'publisher');
    const int = (bound: number): number => random.u32() % bound;
    const options = { entries: 48, buckets: 600, rewrites: 24, nextHops: 24, fibBytes: 12 * 1024 };
    const engine = makeEngine('release', options);
    const start = engine.stats();
    let failures = 0;
    const change = (): void => {
      const n = int(60);
      const kind = int(10);
      const isRemoval = int(3) === 0;
      if (kind < 3) {
        const at = prefix(host(n).address, int(4) === 0 ? int(33) : 32);
        if (isRemoval) engine.removeRoute(0, at);
        else engine.setRoute(0, at, connected(int(30)));
      } else if (kind < 7) {
        if (isRemoval) engine.removeEntry(eid(n));
        else
          setTargets(
            engine,
            n,
            Array.from({ length: int(4) }, () => toLocator(int(12), 1 + int(100))),
          );
      } else if (kind < 9) {
        engine.setPolicy(eid(n), isRemoval ? 0 : 1 + int(15));
      } else {
        engine.setPetr(0, 4, isRemoval ? [] : [toLocator(int(40))]);
      }
    };
    for (let turn = 0; turn < 10_000; turn++) {
      for (let i = int(int(50) === 0 ? 80 : 4); i >= 0; i--) change();
      try {
        engine.publish();
      } catch (error) {
        expect(error, `seed ${seed}, turn ${turn}`).toBeInstanceOf(EngineError);
        failures++;
        // Make room, so that the walk goes on.
        for (let n = 0; n < 60; n += 2) {
          engine.removeEntry(eid(n));
          engine.setPolicy(eid(n), 0);
        }
        engine.publish();
      }
    }
    expect(failures, `seed ${seed}`).toBeGreaterThan(50);
    expect(failures, `seed ${seed}`).toBeLessThan(5000);

    for (let n = 0; n < 60; n++) {
      engine.removeEntry(eid(n));
      engine.setPolicy(eid(n), 0);
      for (let bits = 0; bits <= 32; bits++) engine.removeRoute(0, prefix(host(n).address, bits));
    }
    engine.setPetr(0, 4, []);
    engine.publish();
    expect(engine.stats().fibLiveBytes, `seed ${seed}`).toBe(start.fibLiveBytes);
    expectAllRoom(engine, options);
  });
});

/** Each section can be filled to its capacity. */
function expectAllRoom(
  engine: Engine,
  capacity: Required<Pick<EngineOptions, 'entries' | 'nextHops'>>,
): void {
  const fillAndEmpty = (count: number, set: (n: number) => void, unset: (n: number) => void): void => {
    for (let n = 0; n < count; n++) set(n);
    engine.publish();
    for (let n = 0; n < count; n++) unset(n);
    engine.publish();
  };
  const none = (n: number): void => removeEntry(engine, n);
  fillAndEmpty(capacity.entries, (n) => engine.setEntry({ eid: eid(n), action: 3, targets: [] }), none);
  fillAndEmpty(
    capacity.nextHops,
    (n) => engine.setRoute(0, host(n), connected(n)),
    (n) => removeRoute(engine, n),
  );
  fillAndEmpty(24, (n) => setTargets(engine, n, [toLocator(n)]), none);
  // 600 slots hold two rows of 256 and five of 16.
  fillAndEmpty(2, (n) => setTargets(engine, n, [toLocator(1, 1), toLocator(2, 255)]), none);
  fillAndEmpty(37, (n) => setTargets(engine, n, [toLocator(1), toLocator(2)]), none);
}

describe('fibRetiredBytes', () => {
  it('do not grow without readers', () => {
    const engine = makeEngine('release');
    for (let turn = 0; turn < 200; turn++) {
      setGeneration(engine, 1 + (turn % 7));
      engine.publish();
    }
    const { fibLiveBytes, fibRetiredBytes } = engine.stats();
    expect(generationsSeen(engine, 0)).toEqual([1 + (199 % 7)]);
    expect(fibRetiredBytes).toBeLessThanOrEqual(2 * fibLiveBytes);
  });
});

function lookups(engine: Engine, table: 'routes' | 'cache'): number[] {
  const keys = Uint32Array.from({ length: 40 }, (_, n) => host(n).address.w0);
  const out = new Uint32Array(keys.length);
  engine.lookupBatch(table, 0, 4, keys, out);
  return [...out];
}
