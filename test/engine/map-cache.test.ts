// Entries of the Map-Cache in the engine's memory: what a change costs, and what the control plane can see of it.
import { describe, expect, it } from 'vitest';
import {
  ACTION_FORWARD,
  BUCKET_BYTES,
  REASON_NO_USABLE_RLOC,
  REWRITE_BYTES,
  SECTION_BUCKETS,
  SECTION_REWRITES,
  VERDICT_DROP,
  VERDICT_ENCAP,
} from '../../assembly/layout.ts';
import { ip } from '../../src/base/ip-text.ts';
import { hostPrefix, ipv4, prefix } from '../../src/base/ip.ts';
import type { DataPlane, EncapTarget } from '../../src/engine/data-plane.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { Model } from '../../src/engine/model.ts';
import { formatEidPrefix, type EidPrefix } from '../../src/mapping/eid.ts';
import { ENGINE_BUILDS, makeEngine } from './engine-builds.ts';
import { packetOf, send, siteRouter, targetTo } from './forwarding-support.ts';

const MANY = 20_000;
const host = (i: number, instanceId = 0): EidPrefix => ({
  instanceId,
  prefix: hostPrefix(ipv4(0x0a02_0000 + i)),
});
const toLocator = (i: number): EncapTarget => targetTo(4, { destination: ipv4(0xc633_6400 + i), weight: 1 });
const THREE = [toLocator(1), toLocator(2), toLocator(3)];

/** `MANY` entries that share 100 locator sets; every 100th, from the first on, is that of THREE. */
function full(): Engine {
  const engine = makeEngine('release', { entries: MANY + 8, fibBytes: 4 << 20, rewrites: 512 });
  for (let i = 0; i < MANY; i++) {
    const targets = i % 100 === 0 ? THREE : [toLocator(10 + (i % 100)), toLocator(200)];
    engine.setEntry({ eid: host(i), action: ACTION_FORWARD, targets });
  }
  engine.publish();
  return engine;
}

/** Offsets of 4-byte words that differ. */
function changedWords(before: Uint32Array, after: Uint32Array): number[] {
  const at: number[] = [];
  for (let i = 0; i < after.length; i++) if (before[i] !== after[i]) at.push(4 * i);
  return at;
}

describe('a change costs what it changes', () => {
  it('a locator that fails rewrites its buckets in the one row of its locator set, for 200 entries', () => {
    const engine = full();
    const { memory } = engine;
    const start = memory.offset(SECTION_BUCKETS);
    const end = start + memory.capacity.buckets * BUCKET_BYTES;
    const inBuckets = (at: number): boolean => at >= start && at < end;
    const before = memory.words.slice();
    engine.setLocatorState(toLocator(1).destination, 'down');
    engine.publish();
    const down = changedWords(before, memory.words);
    const buckets = down.filter(inBuckets);
    // 16 slots for three equal locators: 5 or 6 of them had been those of the first.
    expect(engine.entry(host(0))).toMatchObject({ buckets: 16, shares: [0, 8, 8] });
    expect(buckets.length).toBeLessThanOrEqual(6);
    expect(buckets.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...buckets) - Math.min(...buckets)).toBeLessThan(16 * BUCKET_BYTES);
    // Beside them a snapshot: the epoch, where it is, the roots.
    expect(down.length - buckets.length).toBeLessThan(32);
    engine.setLocatorState(toLocator(1).destination, 'up');
    engine.publish();
    expect(changedWords(before, memory.words).filter(inBuckets)).toEqual([]);
  });

  it('a nonce toward a locator is a word of the one header that leads there, for 200 entries', () => {
    const engine = full();
    const { memory } = engine;
    const before = memory.words.slice();
    const said = (nonce: Parameters<Engine['setNonce']>[1]): number[] => {
      engine.setNonce(toLocator(1).destination, nonce);
      engine.publish();
      return changedWords(before, memory.words);
    };
    const start = memory.offset(SECTION_REWRITES);
    const inHeaders = (at: number): boolean =>
      at >= start && at < start + memory.capacity.rewrites * REWRITE_BYTES;
    const changed = said({ nonce: 0xabcdef, echo: true });
    const words = changed.filter(inHeaders);
    expect(words).toHaveLength(1);
    expect([...memory.bytes.subarray(words[0], words[0]! + 4)]).toEqual([0xa0, 0xab, 0xcd, 0xef]);
    expect(changed.length).toBeLessThan(32);
    expect(said(undefined).filter(inHeaders)).toEqual([]);
  });

  it('an entry more or less writes some hundred words, however many there are', () => {
    const engine = full();
    const cost = (change: () => void): number => {
      const before = engine.memory.words.slice();
      change();
      engine.publish();
      return changedWords(before, engine.memory.words).length;
    };
    const eid = host(MANY);
    expect(cost(() => engine.setEntry({ eid, action: ACTION_FORWARD, targets: THREE }))).toBeLessThan(500);
    expect(cost(() => engine.setEntry({ eid, action: 1, targets: [] }))).toBeLessThan(500);
    expect(cost(() => engine.removeEntry(eid))).toBeLessThan(500);
  });

  it('entries with equal locator sets share a row, and the last one to go gives it back', () => {
    const engine = makeEngine('debug', { buckets: 16, entries: 64 });
    for (let turn = 0; turn < 5; turn++) {
      for (let i = 0; i < 30; i++) engine.setEntry({ eid: host(i), action: ACTION_FORWARD, targets: THREE });
      engine.publish();
      for (let i = 0; i < 30; i++) engine.removeEntry(host(i));
      engine.publish();
      engine.setEntry({ eid: host(99), action: ACTION_FORWARD, targets: [toLocator(8), toLocator(9)] });
      engine.publish();
      engine.removeEntry(host(99));
      engine.publish();
    }
    expect(engine.entries(undefined, 9)).toEqual([]);
  });

  it('that is refused leaves locators as they were, for entries yet to come as well', () => {
    const engine = makeEngine('debug', { entries: 2 });
    const shares = (): unknown => engine.entry(host(1))?.shares;
    const [one, other] = [toLocator(1), toLocator(2)];
    engine.setLocatorState(one.destination, 'down');
    engine.publish();
    engine.setLocatorState(one.destination, 'up');
    engine.setLocatorState(other.destination, 'down');
    for (let i = 0; i < 3; i++) engine.setEntry({ eid: host(i), action: 1, targets: [] });
    expect(() => engine.publish()).toThrow(/no-room in entries/);
    engine.setEntry({ eid: host(1), action: ACTION_FORWARD, targets: [one, other] });
    engine.publish();
    expect(shares()).toEqual([0, 16]);
    engine.setLocatorState(one.destination, 'up');
    engine.publish();
    expect(shares()).toEqual([8, 8]);
  });
});

describe.each<[string, () => Engine]>(
  ENGINE_BUILDS.map((build) => [build, () => makeEngine(build, { entries: 2 })]),
)('a publish that is refused (%s)', (_, makeOne) => {
  it('leaves nonces as they were, in headers and for entries yet to come', () => {
    const engine = siteRouter(makeOne());
    const { destination } = toLocator(1);
    const eid = { instanceId: 0, prefix: prefix(ip('10.2.0.0'), 16) };
    const forward = (): void => engine.setEntry({ eid, action: ACTION_FORWARD, targets: [toLocator(1)] });
    const header = (): number[] => [...send(engine, packetOf(4)).bytes.subarray(28, 32)];
    forward();
    engine.setNonce(destination, { nonce: 7 });
    engine.publish();
    engine.setNonce(destination, { nonce: 8 });
    engine.setNonce(destination, { nonce: 9 });
    for (let i = 0; i < 3; i++) engine.setEntry({ eid: host(i), action: 1, targets: [] });
    expect(() => engine.publish()).toThrow(/no-room in entries/);
    expect(header()).toEqual([0x80, 0, 0, 7]);
    engine.removeEntry(eid);
    engine.publish();
    forward();
    engine.publish();
    expect(header()).toEqual([0x80, 0, 0, 7]);
  });
});

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['model', () => new Model({ batchCount: 16 })],
  ...ENGINE_BUILDS.map((build) => [build, () => makeEngine(build)] as const),
];

describe.each(PLANES)('the control plane sees entries (%s)', (_, makePlane) => {
  it('one by one: action, targets, slots of each, packets that met it', () => {
    const plane = siteRouter(makePlane());
    const eid = { instanceId: 0, prefix: prefix(ip('10.2.0.0'), 16) };
    const targets = [
      { ...toLocator(1), weight: 75 },
      { ...toLocator(2), weight: 25 },
      { ...toLocator(3), priority: 2 },
    ];
    plane.setEntry({ eid, action: ACTION_FORWARD, targets });
    expect(plane.entry(eid)).toBeUndefined();
    plane.publish();
    expect(send(plane, packetOf(4)).verdict.verdict).toBe(VERDICT_ENCAP);
    expect(plane.entry(eid)).toEqual({
      ...{ eid, action: ACTION_FORWARD, targets, buckets: 16, shares: [12, 4, 0], hits: 1 },
    });
    plane.setEntry({ eid, action: 2, targets: [] });
    plane.publish();
    expect(plane.entry(eid)).toEqual({ eid, action: 2, targets: [], buckets: 0, shares: [], hits: 1 });
    expect(plane.entry({ ...eid, instanceId: 5 })).toBeUndefined();
  });

  it('DP-23 whether locators are down, and drops packets when all of them are', () => {
    const plane = siteRouter(makePlane());
    const eid = { instanceId: 0, prefix: prefix(ip('10.2.0.0'), 16) };
    plane.setEntry({ eid, action: ACTION_FORWARD, targets: THREE });
    for (const { destination } of THREE) plane.setLocatorState(destination, 'down');
    plane.publish();
    expect(plane.entry(eid)).toMatchObject({ buckets: 0, shares: [0, 0, 0] });
    expect(send(plane, packetOf(4)).verdict).toMatchObject({
      ...{ verdict: VERDICT_DROP, reason: REASON_NO_USABLE_RLOC },
    });
    plane.setLocatorState(THREE[1]!.destination, 'up');
    plane.publish();
    expect(plane.entry(eid)).toMatchObject({ buckets: 16, shares: [0, 16, 0] });
    expect(send(plane, packetOf(4)).verdict.verdict).toBe(VERDICT_ENCAP);
  });

  it('DP-23 which locators are down for one entry alone: the flows of the others stay where they are', () => {
    const plane = siteRouter(makePlane());
    const [eid, other] = ['10.2.0.0', '10.3.0.0'].map((net) => ({
      instanceId: 0,
      prefix: prefix(ip(net), 16),
    }));
    const packets = Array.from({ length: 64 }, (_, i) =>
      packetOf(4, { payload: Uint8Array.of(4, i, 0, 53, 0, 8, 0, 0) }),
    );
    const ways = (): number[] => packets.map((packet) => send(plane, packet).bytes[19]!);
    const tell = (at: EidPrefix, targets: readonly EncapTarget[]): void => {
      plane.setEntry({ eid: at, action: ACTION_FORWARD, targets });
      plane.publish();
    };
    tell(other!, THREE);
    tell(eid!, THREE);
    const before = ways();
    expect(new Set(before)).toEqual(new Set([1, 2, 3]));
    const failing = THREE.map((target, i) => (i === 1 ? { ...target, down: true as const } : target));
    tell(eid!, failing);
    const after = ways();
    expect(after).not.toContain(2);
    expect(after.filter((way, i) => way !== before[i] && before[i] !== 2)).toEqual([]);
    expect(plane.entry(eid!)).toMatchObject({ targets: failing, buckets: 16, shares: [8, 0, 8] });
    expect(plane.entry(other!)?.shares).not.toContain(0);
    // It is down for another reason as well, and for one less: both have to be over.
    plane.setLocatorState(THREE[1]!.destination, 'down');
    tell(eid!, THREE);
    expect(ways()).toEqual(after);
    plane.setLocatorState(THREE[1]!.destination, 'up');
    plane.publish();
    expect(ways()).toEqual(before);
  });

  it('nonces toward a locator, in all instances; marks that have the field for something else stay', () => {
    const plane = siteRouter(makePlane());
    const eid = { instanceId: 0, prefix: prefix(ip('10.2.0.0'), 16) };
    const header = (marking?: EncapTarget['marking']): number[] => {
      const target = { ...toLocator(1), ...(marking && { marking }) };
      plane.setEntry({ eid, action: ACTION_FORWARD, targets: [target] });
      plane.publish();
      expect(plane.entry(eid)?.targets).toEqual([target]);
      return [...send(plane, packetOf(4)).bytes.subarray(28, 36)];
    };
    plane.setNonce(toLocator(1).destination, { nonce: 0x010203 });
    plane.setNonce(toLocator(2).destination, { nonce: 5, echo: true });
    expect(header()).toEqual([0x80, 1, 2, 3, 0, 0, 0, 0]);
    expect(header({ locatorStatusBits: 6 })).toEqual([0xc0, 1, 2, 3, 0, 0, 0, 6]);
    expect(header({ nonce: 9, echo: true })).toEqual([0xa0, 0, 0, 9, 0, 0, 0, 0]);
    expect(header({ versions: { source: 1, destination: 2 } })).toEqual([0x10, 0, 0x10, 2, 0, 0, 0, 0]);
    expect(header({ gpe: true })).toEqual([0x04, 0, 0, 1, 0, 0, 0, 0]);
    plane.setNonce(toLocator(1).destination, undefined);
    expect(header()).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('in pages, by instance, family, address and length; a page may begin where nothing is any more', () => {
    const plane = makePlane();
    const eids = ['10.0.0.0/8', '10.0.0.0/16', '10.0.0.1/32', '10.9.0.0/16', '2001:db8::/32'].flatMap(
      (text) =>
        [0, 3, 0xff_ffff].map((instanceId) => {
          const [address, bits] = text.split('/');
          return { instanceId, prefix: prefix(ip(address!), Number(bits)) };
        }),
    );
    for (const eid of [...eids].reverse()) plane.setEntry({ eid, action: 1, targets: [] });
    plane.publish();
    const sorted = [0, 3, 0xff_ffff].flatMap((id) => eids.filter(({ instanceId }) => instanceId === id));
    const told = (from: EidPrefix | undefined, limit: number): string[] =>
      plane.entries(from, limit).map(({ eid }) => formatEidPrefix(eid));
    expect(told(undefined, 100)).toEqual(sorted.map(formatEidPrefix));
    expect(told(sorted[3], 4)).toEqual(sorted.slice(4, 8).map(formatEidPrefix));
    expect(told({ instanceId: 1, prefix: prefix(ip('10.0.0.0'), 8) }, 1)).toEqual(['[3] 10.0.0.0/8']);
    expect(told({ instanceId: 3, prefix: prefix(ip('10.8.0.0'), 24) }, 1)).toEqual(['[3] 10.9.0.0/16']);
    expect(told(sorted.at(-1), 5)).toEqual([]);
    expect(told(undefined, 0)).toEqual([]);
  });
});
