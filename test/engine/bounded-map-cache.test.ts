// Learned entries of a data plane: their number, their ends, what the control plane sees, what a failure leaves.
import { describe, expect, it } from 'vitest';
import { ACTION_FORWARD } from '../../assembly/layout.ts';
import { hostPrefix, ipv4, type IpAddress } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { NEVER, seconds, type Micros } from '../../src/base/time.ts';
import { BoundedMapCache, type Departure } from '../../src/engine/bounded-map-cache.ts';
import type { DataPlane, ForwardingEntry } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { EvictionTwin } from '../mapping/eviction-twin.ts';
import { makeEngine } from './engine-builds.ts';
import { packetOf, siteRouter, targetTo } from './forwarding-support.ts';

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['model', () => new Model({ batchCount: 128 })],
  ['release', () => makeEngine('release')],
];
const address = (n: number): IpAddress => ipv4(0x0a02_0000 + n);
const host = (n: number): EidPrefix => ({ instanceId: 0, prefix: hostPrefix(address(n)) });
const entryOf = (n: number): ForwardingEntry => ({
  eid: host(n),
  action: ACTION_FORWARD,
  targets: [targetTo(4)],
});

/** Learns one that is not static; who had to leave for it. */
function learned(cache: BoundedMapCache, now: Micros, n: number, ttl: Micros): EidPrefix | undefined {
  const left = cache.learn(now, entryOf(n), ttl);
  if (left === 'static') throw new Error(`${n} is static`);
  return left;
}

/** A packet to each. */
function meet(plane: DataPlane, hosts: readonly number[]): void {
  for (const n of hosts) plane.inject(packetOf(4, { destination: address(n) }), { interfaceIndex: 3 });
  plane.process();
  plane.collect(() => undefined);
}

interface Learned {
  readonly expires: Micros;
  hits: number;
  since: Micros | undefined;
}

/** The same with Maps; a sweep is always a whole round. */
class Twin {
  readonly learned = new Map<string, Learned>();
  readonly #hits: (key: string) => number;
  readonly #order: EvictionTwin;
  readonly #room: number;
  readonly #idle: Micros;

  constructor(room: number, idle: Micros, hits: (key: string) => number) {
    this.#hits = hits;
    this.#order = new EvictionTwin(room, hits);
    this.#room = room;
    this.#idle = idle;
  }

  learn(now: Micros, key: string, ttl: Micros): string | undefined {
    const known = this.learned.get(key);
    this.learned.set(key, { hits: 0, since: undefined, ...known, expires: now + ttl });
    if (known !== undefined) return undefined;
    let left: string | undefined;
    if (this.learned.size > this.#room) this.learned.delete((left = this.#order.evict())!);
    this.#order.add(key);
    return left;
  }

  forget(key: string): void {
    if (this.learned.delete(key)) this.#order.remove(key);
  }

  sweep(now: Micros): string[] {
    const gone: string[] = [];
    for (const [key, one] of this.learned) {
      const hits = this.#hits(key);
      if (one.expires <= now) gone.push(`${key} expired`);
      else if (one.since !== undefined && one.hits === hits && now - one.since >= this.#idle)
        gone.push(`${key} idle`);
      else if (one.since === undefined || one.hits !== hits) Object.assign(one, { since: now, hits });
    }
    for (const each of gone) this.forget(each.slice(0, each.lastIndexOf(' ')));
    return gone.sort();
  }
}

const told = ({ eid, why }: Departure): string => `${eidKey(eid)} ${why}`;

describe.each(PLANES)('a bounded Map-Cache over a data plane (%s)', (_, makePlane) => {
  it('does what its twin does, in steps of any size', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new SeededRandom(seed, 'bounded');
      const int = (bound: number): number => random.u32() % bound;
      const plane = siteRouter(makePlane());
      const [room, idle] = [1 + int(60), seconds(5 + int(30))];
      const cache = new BoundedMapCache(plane, { entries: room, idle });
      const twin = new Twin(room, idle, (key) => plane.hits(eids.get(key)!));
      const eids = new Map(Array.from({ length: 2 * room }, (_each, n) => [eidKey(host(n)), host(n)]));
      let now: Micros = 0;
      for (let turn = 0; turn < 60; turn++) {
        now += seconds(int(4));
        for (let i = int(12); i > 0; i--) {
          const [n, ttl] = [int(2 * room), seconds(1 + int(90))];
          if (int(10) === 0) {
            cache.forget(host(n));
            twin.forget(eidKey(host(n)));
            continue;
          }
          const left = learned(cache, now, n, ttl);
          expect(left && eidKey(left), `seed ${seed}`).toBe(twin.learn(now, eidKey(host(n)), ttl));
        }
        if (int(3) === 0) {
          const departures: Departure[] = [];
          const budget = 1 + int(20);
          for (let isOver = false; !isOver;) {
            const step = cache.sweep(now, budget);
            expect(step.departures.length).toBeLessThanOrEqual(budget);
            departures.push(...step.departures);
            isOver = step.isRoundOver;
          }
          expect(departures.map(told).sort(), `seed ${seed}`).toEqual(twin.sweep(now));
        }
        cache.publish();
        expect(cache.size).toBe(twin.learned.size);
        const shown = cache.entries(now, undefined, 1000);
        expect(shown.map(({ eid }) => eidKey(eid)).sort()).toEqual([...twin.learned.keys()].sort());
        for (const { eid, ttlLeft, lastUse } of shown) {
          const { expires, since, hits } = twin.learned.get(eidKey(eid))!;
          expect([ttlLeft, lastUse]).toEqual([Math.max(0, expires - now), hits > 0 ? since : undefined]);
        }
        meet(
          plane,
          Array.from({ length: int(60) }, () => int(int(2) === 0 ? 2 * room : 3)),
        );
      }
    }
  });

  it('tells of an entry its end and its last use beside what the data plane knows', () => {
    const plane = siteRouter(makePlane());
    plane.setEntry(entryOf(9));
    const cache = new BoundedMapCache(plane, { entries: 5 });
    cache.learn(seconds(10), entryOf(1), seconds(60));
    expect(cache.entry(seconds(10), host(1))).toBeUndefined();
    cache.publish();
    cache.sweep(seconds(12), 100);
    expect(cache.match(seconds(20), 0, address(1))).toEqual({
      ...{ ...entryOf(1), buckets: 1, shares: [1], hits: 0, ttlLeft: seconds(50) },
    });
    meet(plane, [1, 1, 1]);
    cache.sweep(seconds(31), 100);
    expect(cache.entry(seconds(40), host(1))).toMatchObject({ hits: 3, lastUse: seconds(31) });
    expect(cache.entry(seconds(99), host(1))).toMatchObject({ ttlLeft: 0 });
    expect(cache.match(seconds(99), 0, address(9))).toMatchObject({ eid: host(9), ttlLeft: NEVER });
    expect(cache.match(0, 0, address(7))).toBeUndefined();
    expect(cache.sweep(seconds(70), 100).departures).toEqual([{ eid: host(1), why: 'expired' }]);
    expect(cache.entry(seconds(70), host(1))).toMatchObject({ ttlLeft: 0 });
    cache.publish();
    expect(cache.entries(seconds(70), undefined, 9).map(({ eid }) => eid)).toEqual([host(9)]);
  });

  it('a step looks at no more than its budget, and steps come to every entry', () => {
    const cache = new BoundedMapCache(makePlane(), { entries: 100 });
    for (let n = 0; n < 100; n++) cache.learn(0, entryOf(n), seconds(1));
    cache.publish();
    const steps = Array.from({ length: 15 }, () => cache.sweep(seconds(2), 7));
    expect(steps.map(({ departures }) => departures.length)).toEqual([...new Array<number>(14).fill(7), 2]);
    expect(steps.findIndex(({ isRoundOver }) => isRoundOver)).toBe(14);
    expect(cache.size).toBe(0);
  });
});

/** Told apart from what is learned by its action. */
const staticOf = (n: number): ForwardingEntry => ({ eid: host(n), action: 2, targets: [] });

describe.each(PLANES)('a static entry under a bounded Map-Cache (%s)', (_, makePlane) => {
  const open = (): readonly [plane: DataPlane, cache: BoundedMapCache] => {
    const plane = siteRouter(makePlane());
    return [plane, new BoundedMapCache(plane, { entries: 3, idle: seconds(50) })];
  };
  /** A learned one ends in every way there is: expired, evicted, forgotten. */
  const endAll = (cache: BoundedMapCache): void => {
    for (let now = 0; now < seconds(1000); now += seconds(60)) cache.sweep(now, 100);
    for (let n = 20; n < 40; n++) cache.learn(0, entryOf(n), seconds(1));
    for (let n = 0; n < 20; n++) cache.forget(host(n));
    cache.publish();
  };

  it.each(['published', 'not published'])('that is %s stays when it is learned, and nothing is', (when) => {
    const [plane, cache] = open();
    plane.setEntry(staticOf(1));
    if (when === 'published') cache.publish();
    expect(plane.willHaveEntry(host(1))).toBe(true);
    expect(cache.learn(0, entryOf(1), seconds(5))).toBe('static');
    expect(cache.size).toBe(0);
    expect(cache.forget(host(1))).toBe(false);
    cache.publish();
    expect(cache.entry(0, host(1))).toMatchObject({ ...staticOf(1), ttlLeft: NEVER });
    endAll(cache);
    expect(cache.entry(0, host(1))).toMatchObject({ ...staticOf(1), ttlLeft: NEVER });
  });

  it('may be learned once it is removed, and set again when that has left', () => {
    const [plane, cache] = open();
    plane.setEntry(staticOf(1));
    cache.publish();
    plane.removeEntry(host(1));
    expect(plane.willHaveEntry(host(1))).toBe(false);
    expect(cache.learn(0, entryOf(1), seconds(5))).toBeUndefined();
    cache.publish();
    expect(cache.entry(0, host(1))).toMatchObject({ ...entryOf(1), ttlLeft: seconds(5) });
    expect(cache.sweep(seconds(6), 100).departures.map(told)).toEqual([`${eidKey(host(1))} expired`]);
    plane.setEntry(staticOf(1));
    cache.publish();
    endAll(cache);
    expect(plane.entry(host(1))).toMatchObject(staticOf(1));
  });

  it('may take the place of a learned one that is forgotten; one that was only forgotten is learned again', () => {
    const [plane, cache] = open();
    for (const n of [1, 2]) cache.learn(0, entryOf(n), seconds(5));
    cache.publish();
    for (const n of [1, 2]) cache.forget(host(n));
    plane.setEntry(staticOf(1));
    expect(cache.learn(0, entryOf(1), seconds(5))).toBe('static');
    expect(cache.learn(0, entryOf(2), seconds(5))).toBeUndefined();
    cache.publish();
    expect(plane.entry(host(2))).toMatchObject(entryOf(2));
    endAll(cache);
    expect(plane.entry(host(1))).toMatchObject(staticOf(1));
    expect(plane.entry(host(2))).toBeUndefined();
  });

  it('what cannot be learned changes nothing: nobody leaves for it', () => {
    const [plane, cache] = open();
    for (const n of [1, 2, 3]) cache.learn(0, entryOf(n), seconds(5));
    cache.publish();
    const bad = { ...entryOf(4), targets: [targetTo(4, { weight: 300 })] };
    expect(() => cache.learn(0, bad, seconds(5))).toThrow('bad-value in weight');
    for (const ttl of [-1, NaN])
      expect(() => cache.learn(0, entryOf(4), ttl)).toThrow(`bad-value in ttl: ${ttl} is not 0 or more`);
    expect(plane.willHaveEntry(host(4))).toBe(false);
    cache.publish();
    expect(plane.entries(undefined, 9).map(({ eid }) => eid)).toEqual([1, 2, 3].map(host));
    expect(cache.size).toBe(3);
  });
});

describe('lack of room', () => {
  it('in the data plane: what was static is static again, what was learned is learned and ends', () => {
    const plane = makeEngine('debug', { entries: 6 });
    const cache = new BoundedMapCache(plane, { entries: 4 });
    const fail = (): void => {
      for (let n = 20; n < 26; n++) plane.setEntry(staticOf(n));
      expect(() => cache.publish()).toThrow('no-room in entries');
    };
    plane.setEntry(staticOf(1));
    cache.learn(0, entryOf(2), seconds(100));
    cache.publish();
    plane.removeEntry(host(1));
    cache.learn(0, entryOf(1), seconds(100));
    cache.forget(host(2));
    plane.setEntry(staticOf(2));
    cache.learn(0, entryOf(3), seconds(100));
    cache.forget(host(3));
    plane.setEntry(staticOf(3));
    fail();
    expect(plane.willHaveEntry(host(3))).toBe(false);
    expect(plane.entries(undefined, 9)).toMatchObject([staticOf(1), entryOf(2)]);
    expect(cache.size).toBe(1);
    expect(cache.learn(0, entryOf(1), seconds(100))).toBe('static');
    expect(cache.sweep(0, 100).departures.map(told)).toEqual([`${eidKey(host(2))} expired`]);
    cache.publish();
    expect(plane.entries(undefined, 9)).toMatchObject([staticOf(1)]);
    fail();
    expect(plane.entries(undefined, 9)).toMatchObject([staticOf(1)]);
    expect(cache.sweep(seconds(1000), 100).departures).toEqual([]);
  });

  it('in the data plane: what was lost ends with the next round, and both hold the same again', () => {
    const plane = makeEngine('debug', { entries: 12 });
    const cache = new BoundedMapCache(plane, { entries: 10 });
    for (let n = 0; n < 10; n++) cache.learn(0, entryOf(n), seconds(100));
    cache.publish();
    cache.forget(host(0));
    for (const n of [1, 2, 20, 21, 22]) cache.learn(0, entryOf(n), seconds(100));
    expect(() => cache.publish()).toThrow('no-room in entries');
    const published = (): string[] => plane.entries(undefined, 99).map(({ eid }) => eidKey(eid));
    expect(published()).toEqual(Array.from({ length: 10 }, (_, n) => eidKey(host(n))));
    expect(cache.size).toBe(10);
    const { departures } = cache.sweep(0, 100);
    cache.publish();
    expect(cache.size).toBe(10 - departures.length);
    expect(published()).toHaveLength(cache.size);
    const touched = [0, 1, 2].map((n) => `${eidKey(host(n))} expired`);
    expect(departures.map(told)).toEqual(expect.arrayContaining(touched));
    cache.learn(0, entryOf(30), seconds(100));
    cache.publish();
    expect(published()).toContain(eidKey(host(30)));
  });

  it('in the data plane: who leaves after that is a member, each once', () => {
    for (let lost = 1; lost <= 5; lost++) {
      const plane = makeEngine('release', { entries: 12 });
      const cache = new BoundedMapCache(plane, { entries: 10 });
      for (let n = 0; n < 10; n++) cache.learn(0, entryOf(n), seconds(100));
      cache.publish();
      cache.forget(host(4));
      for (let n = 0; n < lost + 2; n++) cache.learn(0, entryOf(20 + n), seconds(100));
      expect(() => cache.publish()).toThrow('no-room in entries');
      const members = new Set(plane.entries(undefined, 99).map(({ eid }) => eidKey(eid)));
      for (let n = 40; n < 80; n++) {
        const left = learned(cache, 0, n, seconds(100));
        const wasMember = left !== undefined && members.delete(eidKey(left));
        expect(wasMember, `${lost} lost, ${n} learned`).toBe(true);
        members.add(eidKey(host(n)));
        cache.publish();
        expect(new Set(plane.entries(undefined, 99).map(({ eid }) => eidKey(eid)))).toEqual(members);
      }
    }
  });

  it('for no entry, or for all that the data plane has room for, is an error with what would do', () => {
    const plane = makeEngine('release', { entries: 12 });
    for (const entries of [0, 1.5, 12]) {
      expect(() => new BoundedMapCache(plane, { entries })).toThrow('bad-options');
    }
  });
});
