// What a data plane is told of the Map-Cache: no more than what has changed, however much there is.
import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { minutes, seconds, type Micros } from '../../src/base/time.ts';
import type { ForwardingEntry } from '../../src/engine/data-plane.ts';
import type { Marking } from '../../src/engine/marking.ts';
import { Model } from '../../src/engine/model.ts';
import { eidKey } from '../../src/mapping/eid.ts';

import type { CacheEntry } from '../../src/roles/machine.ts';
import { ForwardingProgram } from '../../src/router/forwarding-program.ts';
import { MapCacheProgram } from '../../src/router/map-cache-program.ts';
import { Underlay } from '../../src/router/underlay.ts';
import { read } from '../ios/read.ts';
import { entryOf } from './map-cache-entries.ts';
import { reportFrom } from './map-cache-reports.ts';

const { options } = read(`interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
router lisp
 profile trusted
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 exit
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`);
const ENTRIES = 500;
const SHARED = '198.51.100.1';

/** Notes what it is told. */
class Listening extends Model {
  told: string[] = [];

  override setEntry(entry: ForwardingEntry): void {
    this.told.push(`entry ${eidKey(entry.eid)}`);
    super.setEntry(entry);
  }

  override setNonce(...[rloc, nonce]: Parameters<Model['setNonce']>): void {
    this.told.push(`nonce ${formatIp(rloc)}`);
    super.setNonce(rloc, nonce);
  }

  override setLocatorState(...[rloc, state]: Parameters<Model['setLocatorState']>): void {
    this.told.push(`${state} ${formatIp(rloc)}`);
    super.setLocatorState(rloc, state);
  }
}

/** A router's Map-Cache of entries with an RLOC of all of them and one of their own each. */
class Rig {
  readonly plane = new Listening();
  readonly entries = new Map<string, CacheEntry>();
  readonly #program = new ForwardingProgram(this.plane);
  readonly cache = new MapCacheProgram(this.#program, new SeededRandom(1, 'rig'), {
    moment: () => ({ now: this.now, options, underlay: this.#underlay }),
    entries: () => this.entries.values(),
    count: () => undefined,
  });
  readonly #underlay = new Underlay(options);
  now: Micros = 0;

  constructor(count = ENTRIES) {
    this.cache.configure([]);
    for (let i = 0; i < count; i++) this.install(entryOf(eidOf(i), SHARED, ownRloc(i)));
    this.settled();
  }

  install(entry: CacheEntry): void {
    this.entries.set(eidKey(entry.mapping.eid), entry);
    this.cache.install(entry);
  }

  hear(i: number, marking: Marking, from = SHARED): void {
    const entry = this.entries.get(eidKey(entryOf(eidOf(i)).mapping.eid));
    this.cache.hear(reportFrom(from, marking), entry);
  }

  /** What was told since the last call, once it is published. */
  settled(): readonly string[] {
    this.#program.publish();
    return this.plane.told.splice(0);
  }

  /** The nonce in headers to an RLOC. */
  nonceTo(rloc: string): number | undefined {
    const found = this.cache.save().trusted.nonces.find(([address]) => formatIp(address) === rloc);
    return found?.[1].nonce;
  }
}

function eidOf(i: number): string {
  return `10.${100 + (i >> 8)}.${i & 0xff}.0/24`;
}

function ownRloc(i: number): string {
  return `203.0.${i >> 8}.${i & 0xff}`;
}

describe('what is heard costs what it changes', () => {
  it('a nonce that comes back is a new one in headers to its RLOC, and no entry is told', () => {
    const rig = new Rig();
    rig.now = seconds(2);
    rig.hear(3, { nonce: rig.nonceTo(SHARED)! });
    expect(rig.settled()).toEqual([`nonce ${SHARED}`]);
  });

  it('a request for a nonce is answered in headers to its RLOC; from one of no entry it is nothing', () => {
    const rig = new Rig();
    rig.hear(3, { nonce: 7, echo: true }, ownRloc(3));
    expect(rig.settled()).toEqual([`nonce ${ownRloc(3)}`]);
    rig.hear(3, { nonce: 7, echo: true }, '192.0.2.99');
    expect(rig.settled()).toEqual([]);
  });

  it('an RLOC whose nonce does not come back is down, and since then for all entries that have it', () => {
    const rig = new Rig(20);
    rig.now = seconds(1);
    rig.hear(3, {});
    rig.now = seconds(6);
    rig.cache.tick();
    expect(rig.settled()).toEqual([`down ${SHARED}`]);
    for (const { mapping } of rig.entries.values()) {
      const [shared, own] = mapping.locators;
      expect(rig.cache.since(mapping.eid, shared!)).toBe(seconds(6));
      expect(rig.cache.since(mapping.eid, own!)).toBe(0);
    }
  });

  it('status bits of a site are told of its entry', () => {
    const rig = new Rig();
    rig.hear(3, { locatorStatusBits: 0b01 });
    expect(rig.settled()).toEqual([`entry ${eidKey(entryOf(eidOf(3)).mapping.eid)}`]);
    rig.hear(3, { locatorStatusBits: 0b01 });
    expect(rig.settled()).toEqual([]);
  });

  it('DP-20 a narrow path, and its end, are told of the entries with that RLOC', () => {
    const rig = new Rig();
    const told = [`entry ${eidKey(entryOf(eidOf(3)).mapping.eid)}`];
    rig.cache.lowerMtu(ip(ownRloc(3)), 1400);
    expect(rig.settled()).toEqual(told);
    rig.now = minutes(10);
    rig.cache.tick();
    expect(rig.settled()).toEqual(told);
  });

  it('an entry that comes or goes is told, with its own RLOC, and no other one', () => {
    const rig = new Rig();
    const entry = entryOf('10.99.0.0/24', SHARED, '203.0.113.7');
    rig.install(entry);
    const told = [`entry ${eidKey(entry.mapping.eid)}`, 'nonce 203.0.113.7'];
    expect([...rig.settled()].sort()).toEqual(told);
    rig.entries.delete(eidKey(entry.mapping.eid));
    rig.cache.uninstall(entry.mapping.eid);
    expect(rig.settled()).toEqual(['nonce 203.0.113.7']);
  });
});

it('an RLOC that the mapping has no more is asked nothing', () => {
  const rig = new Rig(2);
  rig.install(entryOf(eidOf(1), SHARED));
  expect(rig.nonceTo(ownRloc(1))).toBeUndefined();
  expect(rig.nonceTo(ownRloc(0))).toBeDefined();
  expect(rig.nonceTo(SHARED)).toBeDefined();
});

it('restore(save()) tells another data plane the same', () => {
  const rig = new Rig(20);
  rig.now = seconds(1);
  rig.hear(3, {});
  rig.hear(4, { locatorStatusBits: 0b10 });
  rig.hear(5, { nonce: 7, echo: true }, ownRloc(5));
  rig.now = seconds(6);
  rig.cache.tick();
  const other = new Rig(0);
  other.now = rig.now;
  for (const [key, entry] of rig.entries) other.entries.set(key, entry);
  other.cache.restore(structuredClone(rig.cache.save()));
  expect(other.cache.save()).toEqual(rig.cache.save());
  for (const each of [rig, other]) each.settled();
  expect(other.plane.entries(undefined, 99)).toEqual(rig.plane.entries(undefined, 99));
  for (const each of [rig, other]) {
    each.now = seconds(20);
    each.cache.tick();
  }
  expect(other.cache.save()).toEqual(rig.cache.save());
  expect([...other.settled()].sort()).toEqual([...rig.settled()].sort());
});
