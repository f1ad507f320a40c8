// Who leaves a full Map-Cache: as the order of eviction says, with all that an ITR does to its entries in between.
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { millis, minutes, seconds, type Micros } from '../../src/base/time.ts';
import { eidKey, formatEidPrefix } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { Itr, noItr, type ItrConfig, type ItrState } from '../../src/roles/itr.ts';
import type { Machine, RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { MapCache, sendMapRequestEntry } from '../../src/roles/map-cache.ts';
import { EvictionTwin } from '../mapping/eviction-twin.ts';
import { drops, eid, mapping, mapReply, received, requested } from '../support/messages.ts';
import { expectSplitsInvisible, Timeline } from '../support/timeline.ts';

const MAX_TTL_MINUTES = 1440;

/** A Map-Cache and the hits of its entries. */
class Cache {
  readonly hits = new Map<string, number>();
  readonly out: RoleOutput[] = [];
  readonly cache: MapCache;

  constructor(room: number) {
    this.cache = new MapCache(room, (each) => this.hits.get(eidKey(each)) ?? 0);
  }

  /** Learns what one Map-Reply says, most specific first. */
  learn(...texts: string[]): this {
    const mappings = texts.map((text) => mapping(text, ['10.0.2.2']));
    const isRoom = this.cache.makeRoom(
      mappings.map((each) => each.eid),
      this.out,
    );
    if (isRoom) for (const each of mappings) this.cache.learn(0, each, MAX_TTL_MINUTES, this.out);
    return this;
  }

  meet(text: string, packets: number): this {
    const key = eidKey(eid(text));
    this.hits.set(key, (this.hits.get(key) ?? 0) + packets);
    return this;
  }

  entries(origin: 'static' | 'map-reply' = 'map-reply'): string[] {
    return [...this.cache.entries()]
      .filter((entry) => entry.origin === origin)
      .map((entry) => formatEidPrefix(entry.mapping.eid));
  }
}

const host = (n: number): Mapping =>
  mapping(`10.0.${n >> 8}.${n & 255}/32`, ['10.0.2.2'], { ttlMinutes: 1 + (n % 7) });

describe('a full Map-Cache', () => {
  it('puts out what its twin does, whatever is learned, met, forgotten, ended and restored between (T21)', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new SeededRandom(seed, 'map-cache');
      const below = (n: number): number => random.u32() % n;
      const room = 1 + below(60);
      const hits = new Map<string, number>();
      const hitsOf = (key: string): number => hits.get(key) ?? 0;
      const make = (): MapCache => new MapCache(room, (each) => hitsOf(eidKey(each)));
      const twin = new EvictionTwin(room, hitsOf);
      let cache = make();
      let evicted = 0;
      for (let step = 0, now = 0; step < 2000; step++, now += seconds(1)) {
        const members = (): string[] => [...twin.probation, ...twin.proven];
        const out: RoleOutput[] = [];
        const dice = below(100);
        const some = host(below(3 * room));
        cache.expire(now, out);
        for (const each of out) if (each.kind === 'uninstall') twin.remove(eidKey(each.eid));
        if (dice < 3 && cache.forget(some.eid, out)) twin.remove(eidKey(some.eid));
        else if (dice < 6) {
          const state = structuredClone(cache.save());
          cache = make();
          cache.restore(room, state);
          expect(cache.save()).toEqual(state);
        } else if (dice < 60) {
          hits.set(eidKey(some.eid), hitsOf(eidKey(some.eid)) + 1);
        } else {
          const reply = Array.from({ length: 1 + below(Math.min(3, room)) }, () => host(below(3 * room)));
          const keys = new Set(reply.map((each) => eidKey(each.eid)));
          const added = (): string[] => [...keys].filter((key) => !members().includes(key));
          for (; members().length + added().length > room; evicted++) twin.evict();
          const all = new Set(added());
          expect(
            cache.makeRoom(
              reply.map((each) => each.eid),
              out,
            ),
          ).toBe(true);
          for (const each of reply) {
            cache.learn(now, each, MAX_TTL_MINUTES, out);
            if (all.delete(eidKey(each.eid))) twin.add(eidKey(each.eid));
          }
        }
        const found = [...cache.entries()].map((each) => eidKey(each.mapping.eid));
        expect(found.sort(), `seed ${seed}, step ${step}`).toEqual(members().sort());
      }
      expect(evicted).toBeGreaterThan(20);
    }
  });

  it('keeps what packets meet again and again while others are met once (T21)', () => {
    const cache = new Cache(20);
    for (const text of ['10.1.0.1/32', '10.1.0.2/32']) cache.learn(text).meet(text, 3);
    for (let n = 0; n < 500; n++) {
      const text = `10.9.${n >> 8}.${n & 255}/32`;
      cache.learn(text).meet(text, 1).meet('10.1.0.1/32', 1).meet('10.1.0.2/32', 1);
    }
    expect(cache.entries()).toHaveLength(20);
    expect(cache.entries().slice(0, 2)).toEqual(['10.1.0.1/32', '10.1.0.2/32']);
  });

  it('never puts out static entries (T21)', () => {
    const cache = new Cache(2);
    const configured = ['0.0.0.0/0', '10.1.0.0/16', '10.9.0.0/16'];
    cache.cache.configure(
      0,
      configured.map((text) => sendMapRequestEntry(eid(text))),
      cache.out,
    );
    // One that hides a static entry while it is there.
    cache.learn('10.1.0.0/16');
    expect(cache.entries('static')).toEqual(['0.0.0.0/0', '10.9.0.0/16']);
    for (let n = 0; n < 50; n++) cache.learn(`10.9.0.${n}/32`);
    expect(cache.entries('static')).toEqual(configured);
    expect(cache.entries()).toEqual(['10.9.0.48/32', '10.9.0.49/32']);
  });

  it('CP-24 puts out what covers an entry with it, and so no packet to it goes to other locators', () => {
    const cache = new Cache(3).learn('10.1.1.0/24', '10.1.0.0/16').learn('10.2.0.0/16');
    cache.cache.configure(0, [sendMapRequestEntry(eid('10.0.0.0/8'))], cache.out);
    cache.learn('10.3.0.0/16');
    expect(cache.entries()).toEqual(['10.2.0.0/16', '10.3.0.0/16']);
    expect(cache.entries('static')).toEqual(['10.0.0.0/8']);
  });

  it('CP-24 keeps an entry that nobody meets for the sake of one in use that would leave with it', () => {
    const cache = new Cache(20).learn('10.1.1.0/24', '10.1.0.0/16');
    for (let n = 0; n < 100; n++) cache.meet('10.1.0.0/16', 1).learn(`10.9.0.${n}/32`);
    expect(cache.entries().slice(0, 2)).toEqual(['10.1.0.0/16', '10.1.1.0/24']);
  });

  it('puts out nothing for a Map-Reply that it will never have room for', () => {
    const cache = new Cache(2).learn('10.1.0.0/16').learn('10.2.0.0/16');
    cache.learn('10.3.0.0/24', '10.3.1.0/24', '10.3.0.0/16');
    expect(cache.entries()).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
    cache.learn('10.1.0.0/16', '10.3.0.0/16', '10.3.0.0/16');
    expect(cache.entries()).toEqual(['10.1.0.0/16', '10.3.0.0/16']);
  });

  it('that becomes smaller keeps those that have proven useful', () => {
    const cache = new Cache(100);
    for (let n = 0; n < 100; n++) cache.learn(`10.1.0.${n}/32`);
    for (const n of [7, 42, 99]) cache.meet(`10.1.0.${n}/32`, 2);
    cache.cache.resize(3, cache.out);
    expect(cache.entries()).toEqual(['10.1.0.7/32', '10.1.0.42/32', '10.1.0.99/32']);
    cache.learn('10.2.0.0/16');
    expect(cache.entries()).toHaveLength(3);
  });
});

const XTR: ItrConfig = {
  ...noItr(),
  localEids: [eid('192.168.1.0/24')],
  itr: {
    ipv4: { itrRlocs: [ip('10.0.1.2')], pitr: false, sourceEid: 'host', mapResolvers: [ip('10.0.1.1')] },
  },
  staticEntries: [sendMapRequestEntry(eid('0.0.0.0/0'))],
  maxEntries: 10,
};

/** An ITR behind whose data plane one packet a second goes to each of four sites. */
class BusyItr implements Machine<RoleInput, RoleOutput, ItrState> {
  #now: Micros = 0;
  readonly #itr = new Itr(XTR, new SeededRandom(1), ({ prefix: { address } }) =>
    address.w0 >>> 16 === 0x0a01 ? Math.floor(this.#now / seconds(1)) : 0,
  );

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    this.#now = now;
    this.#itr.handle(now, input, out);
  }

  nextDeadline(): Micros {
    return this.#itr.nextDeadline();
  }

  save(): ItrState {
    return this.#itr.save();
  }

  restore(state: ItrState): void {
    this.#itr.restore(state);
  }

  entries(): string[] {
    return [...this.#itr.entries()].map((each) => formatEidPrefix(each.mapping.eid));
  }
}

describe('an ITR with a full Map-Cache', () => {
  const run = (itr: BusyItr): Timeline<RoleInput, RoleOutput, ItrState> => {
    const time = new Timeline<RoleInput, RoleOutput, ItrState>(itr, { kind: 'tick' });
    time.at(0, { kind: 'start' });
    const resolve = (to: string, mappings: readonly Mapping[]): readonly RoleOutput[] => {
      const lookup = {
        kind: 'lookup',
        eid: { instanceId: 0, address: ip(to) },
        source: ip('192.168.1.1'),
      } as const;
      const { nonce } = requested(time.at(time.now + millis(700), lookup));
      const reply = received(mapReply(nonce, mappings), '10.0.1.1', '10.0.1.2');
      return time.at(time.now + millis(10), { kind: 'message', received: reply });
    };
    for (let n = 0; n < 4; n++) resolve(`10.1.${n}.1`, [mapping(`10.1.${n}.0/24`, ['10.0.2.2'])]);
    time.until(seconds(10));
    for (let n = 0; n < 20; n++) resolve(`10.9.0.${n}`, [mapping(`10.9.0.${n}/32`, ['10.0.2.2'])]);
    const many = Array.from({ length: 11 }, (_, n) => mapping(`10.8.0.${n}/32`, ['10.0.2.2']));
    const whole = mapping('10.8.0.0/16', ['10.0.2.2']);
    expect(drops(resolve('10.8.1.1', [...many, whole]))).toEqual(
      Array.from({ length: 12 }, () => 'no-map-cache-room'),
    );
    return time;
  };

  it('keeps what is in use, takes in what was asked for, and refuses what is more than it takes (T21)', () => {
    const itr = new BusyItr();
    run(itr);
    const flows = [0, 1, 2, 3].map((n) => `10.1.${n}.0/24`);
    const scanned = [14, 15, 16, 17, 18, 19].map((n) => `10.9.0.${n}/32`);
    expect(itr.entries()).toEqual(['0.0.0.0/0', ...flows, ...scanned]);
  });

  it('goes on as if nothing had happened when it is saved and restored at any step of a scan', () => {
    const time = run(new BusyItr());
    time.until(seconds(60));
    expectSplitsInvisible(() => new BusyItr(), time.moments);
  });
});

it('DP-35 a Map-Cache ends entries by their TTL as before, and they leave the order of eviction', () => {
  const cache = new Cache(2);
  for (const n of [1, 2]) cache.cache.learn(0, { ...host(n), ttlMinutes: n }, MAX_TTL_MINUTES, cache.out);
  cache.cache.expire(minutes(1), cache.out);
  expect(cache.entries()).toEqual(['10.0.0.2/32']);
  expect(cache.cache.save().order.probation.map((each) => formatEidPrefix(each.eid))).toEqual([
    '10.0.0.2/32',
  ]);
});
