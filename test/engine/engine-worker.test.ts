// A seat in an engine of shared memory: its own packets and counters, the engine's tables. One thread plays both parts,
// so that each step is where the test wants it; test/threads has real ones.
import { describe, expect, it } from 'vitest';
import {
  ACTION_FORWARD,
  POLICY_ITR_SOURCE,
  REASON_NONE,
  SECTION_WORK,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import type { Verdict } from '../../src/engine/data-plane.ts';
import { EngineWorker } from '../../src/engine/engine-worker.ts';
import type { Engine, EngineOptions } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { makeEngine } from './engine-builds.ts';
import { connected, packetOf, RLOC, SITE } from './forwarding-support.ts';
import { beginBatch } from './snapshot-support.ts';

const DESTINATION = ipv4(0x0b01_0203);
const PACKET = packetOf(4, { destination: DESTINATION });

function makeShared(options: EngineOptions = {}): Engine {
  const engine = makeEngine('shared', { workers: 3, buffers: 8, nextHops: 4, rewrites: 4, ...options });
  engine.setPolicy({ instanceId: 0, prefix: hostPrefix(SITE[4].eid) }, POLICY_ITR_SOURCE);
  setGeneration(engine, 0);
  engine.publish();
  return engine;
}

/** Everything goes out by an interface of this number. */
function setGeneration(engine: Engine, mark: number): void {
  const target = {
    source: RLOC[4].own,
    destination: ipv4(0xc633_0000 + mark),
    priority: 1,
    weight: 1,
    nextHop: connected(mark),
  };
  const eid = { instanceId: 0, prefix: hostPrefix(DESTINATION) };
  engine.setEntry({ eid, action: ACTION_FORWARD, targets: [target] });
}

function pass(plane: EngineWorker | Engine, packets: readonly Uint8Array[]): Verdict[] {
  for (const packet of packets) plane.inject(packet, { interfaceIndex: 0 });
  plane.process();
  return collected(plane);
}

function collected(plane: EngineWorker | Engine): Verdict[] {
  const verdicts: Verdict[] = [];
  plane.collect((verdict) => verdicts.push(verdict));
  return verdicts;
}

/** Publishes until it is refused; that is soon, or not within `tries`. */
function publishUntilRefused(engine: Engine, tries: number): string | undefined {
  for (let mark = 1; mark <= tries; mark++) {
    setGeneration(engine, mark);
    try {
      engine.publish();
    } catch (error) {
      if (error instanceof EngineError) return error.code;
      throw error;
    }
  }
  return undefined;
}

describe('a worker of an engine', () => {
  it('forwards by what the engine has published', () => {
    const engine = makeShared();
    const worker = EngineWorker.open(engine.seat(1));
    expect(pass(worker, [PACKET])).toMatchObject([{ verdict: VERDICT_ENCAP, outInterface: 0 }]);
    setGeneration(engine, 7);
    engine.publish();
    expect(pass(worker, [PACKET, PACKET])).toMatchObject([{ outInterface: 7 }, { outInterface: 7 }]);
    engine.setRoute(0, hostPrefix(DESTINATION), connected(9));
    engine.publish();
    expect(pass(worker, [PACKET])).toMatchObject([{ verdict: VERDICT_NATIVE, outInterface: 9 }]);
  });

  it('has packets and buffers of its own, as many as the engine itself', () => {
    const engine = makeShared();
    const planes = [engine, EngineWorker.open(engine.seat(1)), EngineWorker.open(engine.seat(2))];
    const packets = planes.map((_, i) => packetOf(4, { destination: DESTINATION, ttl: 20 + i }));
    for (let n = 0; n < 8; n++) {
      for (const [i, plane] of planes.entries())
        expect(plane.inject(packets[i]!, { interfaceIndex: i })).toBe(true);
    }
    for (const plane of planes) expect(plane.inject(PACKET, { interfaceIndex: 0 })).toBe(false);
    for (const plane of planes) plane.process();
    for (const [i, plane] of planes.entries()) {
      const ttls: [number, number][] = [];
      plane.collect((verdict, bytes) => ttls.push([verdict.inInterface, bytes[36 + 8]!]));
      expect(ttls).toEqual(Array.from({ length: 8 }, () => [i, 19 + i]));
    }
  });

  it('counts in its own row, which the engine adds up', () => {
    const engine = makeShared();
    const [one, two] = [EngineWorker.open(engine.seat(1)), EngineWorker.open(engine.seat(2))];
    pass(one, [PACKET]);
    pass(two, [PACKET, PACKET]);
    pass(engine, [PACKET, PACKET, PACKET, PACKET]);
    expect(one.counters().encapsulated.packets).toBe(1);
    expect(two.counters().encapsulated.packets).toBe(2);
    expect(engine.counters().encapsulated.packets).toBe(7);
    expect(engine.hits({ instanceId: 0, prefix: hostPrefix(DESTINATION) })).toBe(7);
  });

  it('has its drops and punts told apart by the engine: reason by reason, they add up to those of all', () => {
    const engine = makeShared();
    const [one, two] = [EngineWorker.open(engine.seat(1)), EngineWorker.open(engine.seat(2))];
    const miss = packetOf(4, { destination: ipv4(0x0b01_0204) });
    const expiring = packetOf(4, { destination: DESTINATION, ttl: 1 });
    const planes = [engine, one, two];
    const sent = [[miss], [miss, miss, expiring], [expiring, Uint8Array.of(0x45), PACKET]];
    const verdicts = planes.map((plane, worker) => pass(plane, sent[worker]!));
    const each = planes.map((_, worker) => engine.counters(worker));
    expect(each[1]).toEqual(one.counters());
    expect(each[2]).toEqual(two.counters());
    for (const [worker, { byReason, punted, dropped }] of each.entries()) {
      const reasons = byReason.map(() => 0);
      for (const { reason } of verdicts[worker]!) if (reason !== REASON_NONE) reasons[reason]!++;
      expect(byReason).toEqual(reasons);
      expect(punted + dropped).toBe(reasons.reduce((sum, count) => sum + count, 0));
    }
    expect(new Set(verdicts.flat().map(({ verdict }) => verdict)).size).toBe(3);
    const sums = engine.counters();
    expect(
      each[0]!.byReason.map((count, i) => count + each[1]!.byReason[i]! + each[2]!.byReason[i]!),
    ).toEqual(sums.byReason);
    expect(each.reduce((sum, { received }) => sum + received.bytes, 0)).toBe(sums.received.bytes);
    for (const worker of [-1, 3, 0.5, NaN]) {
      const refusal = `bad-options in workers: there are workers 0 .. 2, not ${worker}`;
      expect(() => engine.counters(worker)).toThrow(refusal);
    }
  });

  it('looks up as the engine does', () => {
    const engine = makeShared();
    const worker = EngineWorker.open(engine.seat(2));
    const keys = Uint32Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? DESTINATION.w0 : i));
    const [wanted, got] = [new Uint32Array(600), new Uint32Array(600)];
    engine.lookupBatch('cache', 0, 4, keys, wanted);
    worker.lookupBatch('cache', 0, 4, keys, got);
    expect(got).toEqual(wanted);
    expect(got[0]).toBeGreaterThan(0);
  });

  it('refuses keys that end within an address and too few places for values, as the engine does', () => {
    const engine = makeShared();
    for (const plane of [engine, EngineWorker.open(engine.seat(2))]) {
      const out = new Uint32Array(300).fill(7);
      for (const words of [1, 3, 6, 1025]) {
        const look = (): void => plane.lookupBatch('cache', 0, 6, new Uint32Array(words), out);
        expect(look).toThrow('an IPv6 key has four words');
      }
      const keys = new Uint32Array(301);
      expect(() => plane.lookupBatch('cache', 0, 4, keys, out)).toThrow('there is room for each value');
      expect(out).toEqual(new Uint32Array(300).fill(7));
      plane.lookupBatch('cache', 0, 4, keys.subarray(1), out);
      expect(out).toEqual(new Uint32Array(300));
      plane.lookupBatch('cache', 0, 6, new Uint32Array(0), new Uint32Array(0));
    }
  });

  it('looks up in its own work area', () => {
    const engine = makeShared();
    const { memory } = engine;
    const worker = EngineWorker.open(engine.seat(2));
    const start = memory.offset(SECTION_WORK);
    const before = memory.bytes.slice(start, start + 3 * WORK_BYTES);
    worker.lookupBatch('cache', 0, 4, Uint32Array.of(DESTINATION.w0), new Uint32Array(1));
    const areas = [0, 1, 2].map((at) => [at * WORK_BYTES, (at + 1) * WORK_BYTES] as const);
    const isTouched = areas.map(
      ([from, to]) =>
        Buffer.compare(before.subarray(from, to), memory.bytes.slice(start + from, start + to)) !== 0,
    );
    expect(isTouched).toEqual([false, false, true]);
  });

  it('keeps what its verdicts refer to until they are collected, and no longer', () => {
    const engine = makeShared();
    const worker = EngineWorker.open(engine.seat(1));
    worker.inject(PACKET, { interfaceIndex: 0 });
    worker.process();
    expect(publishUntilRefused(engine, 50)).toBe('no-room');
    expect(collected(worker)).toMatchObject([{ verdict: VERDICT_ENCAP, outInterface: 0 }]);
    expect(publishUntilRefused(engine, 50)).toBeUndefined();
  });

  it('keeps nothing by processing nothing', () => {
    const engine = makeShared();
    const worker = EngineWorker.open(engine.seat(1));
    worker.process();
    expect(publishUntilRefused(engine, 50)).toBeUndefined();
  });
});

describe('a seat', () => {
  it('whose thread ended within a batch is in nobody’s way once it is recovered', () => {
    const engine = makeShared();
    beginBatch(engine, 1);
    expect(publishUntilRefused(engine, 50)).toBe('no-room');
    engine.recover(1);
    expect(publishUntilRefused(engine, 50)).toBeUndefined();
  });

  it('may be taken again: the next thread starts with nothing', () => {
    const engine = makeShared();
    const first = EngineWorker.open(engine.seat(1));
    pass(first, [PACKET]);
    first.inject(PACKET, { interfaceIndex: 0 });
    first.process();
    const second = EngineWorker.open(engine.seat(1));
    expect(publishUntilRefused(engine, 50)).toBeUndefined();
    expect(pass(second, [PACKET])).toHaveLength(1);
    expect(second.counters().encapsulated.packets).toBe(3);
  });

  it('is there for workers 1 and up, in shared memory', () => {
    const engine = makeShared();
    for (const worker of [0, 3, -1, 1.5]) {
      const refusal = `bad-options in workers: of 3 workers seats are for 1 and up, not for ${worker}`;
      expect(() => engine.seat(worker)).toThrow(refusal);
      expect(() => engine.recover(worker)).toThrow(refusal);
    }
    expect(() => makeEngine('release', { workers: 2 }).seat(1)).toThrow(
      'bad-options in shared: open the engine with shared: true',
    );
  });

  it('of another memory is refused', () => {
    const [engine, larger] = [makeShared(), makeShared({ fibBytes: 4 << 20 })];
    const { capacity } = larger.seat(1);
    expect(() => EngineWorker.open({ ...engine.seat(1), capacity })).toThrow(/bad-options in memory/);
  });
});
