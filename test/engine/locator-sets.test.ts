// Locator sets in columns, held to a Map of texts: which are equal, what is in them, which buckets lead where.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { ipv4, ipv6, type IpAddress } from '../../src/base/ip.ts';
import { SECTION_BUCKETS } from '../../assembly/layout.ts';
import { bucketRow } from '../../src/engine/buckets.ts';
import type { EncapTarget, NextHop } from '../../src/engine/data-plane.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { LocatorSets } from '../../src/engine/locator-sets.ts';
import { EngineMemory, presets, type EngineCapacity } from '../../src/engine/memory.ts';
import { NextHops } from '../../src/engine/next-hops.ts';
import { readNextHop, readRewrite } from '../../src/engine/records.ts';
import { runBase, runLength } from '../../src/engine/slots.ts';

const LOCATORS = [1, 2, 3, 4].flatMap((n) => [ipv4(0xc000_0200 + n), ipv6(0x2001_0db8, 0, 0, n)]);
const HOPS: readonly NextHop[] = [
  { kind: 'connected', interfaceIndex: 1, mtu: 1500 },
  { kind: 'connected', interfaceIndex: 1, mtu: 1400 },
  { kind: 'via', interfaceIndex: 1, gateway: ipv4(0x0a00_0001), mtu: 1500 },
  { kind: 'via', interfaceIndex: 2, gateway: ipv6(0xfe80_0000, 0, 0, 1), mtu: 1500 },
];
const MARKS: readonly Pick<EncapTarget, 'pathMtu' | 'marking'>[] = [
  {},
  { pathMtu: 1300 },
  { marking: { nonce: 7 } },
  { marking: { locatorStatusBits: 5 }, pathMtu: 1300 },
];

function source({ family }: IpAddress, n: number): IpAddress {
  return family === 4 ? ipv4(0xc633_6400 + n) : ipv6(0x2001_0db8, 1, 0, n);
}

/** Few of everything, so that sets meet: in all of it, in all but one thing, in their beginnings. */
const target: fc.Arbitrary<EncapTarget> = fc
  .record({
    destination: fc.constantFrom(...LOCATORS),
    from: fc.constantFrom(1, 1, 1, 2),
    priority: fc.constantFrom(1, 1, 2, 255),
    weight: fc.constantFrom(0, 50, 50, 255),
    nextHop: fc.constantFrom(...HOPS),
    marks: fc.constantFrom(...MARKS),
    down: fc.constantFrom<Pick<EncapTarget, 'down'>>({}, {}, {}, { down: true }),
  })
  .map(({ from, marks, down, ...rest }) => ({
    ...{ ...rest, ...marks, ...down },
    source: source(rest.destination, from),
  }));
const sets = fc.array(
  fc.record({ instanceId: fc.constantFrom(0, 7), targets: fc.array(target, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 12 },
);
const ops = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constant('acquire' as const), pick: fc.nat() }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('release' as const), pick: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constantFrom('down' as const, 'up' as const), pick: fc.nat() }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('commit' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('rollback' as const), pick: fc.nat() }) },
  ),
  { maxLength: 60 },
);

interface Wanted {
  readonly instanceId: number;
  readonly targets: readonly EncapTarget[];
}

const ONE: EncapTarget = {
  source: ipv4(0xc633_6401),
  destination: ipv4(0x0100_ffff),
  priority: 1,
  weight: 1,
  nextHop: HOPS[0]!,
};

function to(n: number): IpAddress {
  return ipv4(0x0100_0000 + n);
}

function of(...locators: number[]): Wanted {
  return { instanceId: 0, targets: locators.map((n) => ({ ...ONE, destination: to(n) })) };
}

/** All there is to know: which users there are, and who is down. */
class Twin {
  users: { readonly id: number; readonly set: Wanted }[] = [];
  down = new Set<string>();

  row({ targets }: Wanted): number[] {
    return bucketRow(targets, (i) => {
      const { destination, down } = targets[i]!;
      return down ?? this.down.has(formatIp(destination));
    });
  }

  copy(): Twin {
    return Object.assign(new Twin(), { users: [...this.users], down: new Set(this.down) });
  }
}

function make(capacity: Partial<EngineCapacity> = {}): {
  memory: EngineMemory;
  nextHops: NextHops;
  all: LocatorSets;
} {
  const memory = new EngineMemory({ ...presets.lab, ...capacity });
  const nextHops = new NextHops('nextHops', memory, () => true);
  return { memory, nextHops, all: new LocatorSets(memory, nextHops, () => true) };
}

/** What a bucket leads to: what of a target tells on the wire. */
function wayText(memory: EngineMemory, rewrite: number): string {
  if (rewrite === memory.noRewrite) return 'none';
  const { nextHopSlot, ...rest } = readRewrite(memory, rewrite);
  return JSON.stringify([rest, readNextHop(memory, nextHopSlot)]);
}

function wantedText({ instanceId, targets }: Wanted, index: number | undefined): string {
  if (index === undefined) return 'none';
  const { source: from, destination, nextHop } = targets[index]!;
  return JSON.stringify([{ instanceId, source: from, destination }, nextHop]);
}

function buckets(memory: EngineMemory): Uint32Array {
  const at = memory.offset(SECTION_BUCKETS) / 4;
  return memory.words.slice(at, at + memory.capacity.buckets);
}

function compare(memory: EngineMemory, all: LocatorSets, twin: Twin): void {
  const words = buckets(memory);
  const idOf = new Map<string, number>();
  for (const { id, set } of twin.users) {
    const key = JSON.stringify(set);
    expect(idOf.get(key) ?? id, 'equal sets are one').toBe(id);
    idOf.set(key, id);
    const row = twin.row(set);
    expect(all.view(id)).toEqual({ targets: set.targets, row });
    const run = all.rowOf(id);
    expect(runLength(run)).toBe(bucketRow(set.targets).length);
    const got = Array.from(words.subarray(runBase(run), runBase(run) + runLength(run)), (word) =>
      wayText(memory, word),
    );
    expect(got).toEqual(got.map((_, slot) => wantedText(set, row[slot])));
  }
  const ids = [...idOf.values()];
  expect(new Set(ids).size, 'different sets are two').toBe(ids.length);
  const taken = ids.flatMap((id) =>
    Array.from({ length: runLength(all.rowOf(id)) }, (_, i) => runBase(all.rowOf(id)) + i),
  );
  expect(new Set(taken).size, 'no row lies in another').toBe(taken.length);
}

describe('locator sets', () => {
  it.each([
    ['with room', {}],
    ['with room for some', { buckets: 64, rewrites: 6, nextHops: 2 }],
  ])('are what a Map of them is, in any order of changes and of steps taken back, %s', (_, capacity) => {
    let refusals = 0;
    fc.assert(
      fc.property(sets, ops, (pool, steps) => {
        const { memory, nextHops, all } = make(capacity);
        let twin = new Twin();
        let published = twin.copy();
        let epoch = 0;
        const rollback = (): void => {
          for (const each of [all, nextHops]) each.rollback();
          twin = published.copy();
        };
        const commit = (): void => {
          epoch++;
          for (const each of [all, nextHops]) each.commit(epoch);
          published = twin.copy();
        };
        for (const { op, pick } of [...steps, { op: 'commit', pick: 0 } as const]) {
          if (op === 'acquire') {
            const set = pool[pick % pool.length]!;
            try {
              twin.users.push({ id: all.acquire(structuredClone(set)), set });
            } catch (error) {
              if (!(error instanceof EngineError)) throw error;
              refusals++;
              rollback();
            }
          } else if (op === 'release') {
            const [user] = twin.users.splice(pick % (twin.users.length || 1), 1);
            if (user !== undefined) all.release(user.id);
          } else if (op === 'commit' || op === 'rollback') {
            if (op === 'commit') commit();
            else rollback();
            compare(memory, all, twin);
          } else {
            const locator = LOCATORS[pick % LOCATORS.length]!;
            all.setDown(locator, op === 'down');
            if (op === 'down') twin.down.add(formatIp(locator));
            else twin.down.delete(formatIp(locator));
          }
        }
        // Nothing is left behind: all of the room can be had by others.
        for (const { id } of twin.users) all.release(id);
        commit();
        const { rewrites } = memory.capacity;
        for (let n = 0; n < Math.min(rewrites, 64); n++)
          all.acquire({ instanceId: 9, targets: [{ ...ONE, destination: to(n) }] });
        if (rewrites <= 64) expect(() => all.acquire({ instanceId: 9, targets: [ONE] })).toThrow('rewrites');
      }),
      { numRuns: 300 },
    );
    expect(refusals > 0).toBe('rewrites' in capacity);
  });

  it('are found by a locator of all of them, in whatever order they come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 10, maxLength: 30 }), (picks) => {
        const { memory, nextHops, all } = make();
        const twin = new Twin();
        for (const [epoch, pick] of picks.entries()) {
          for (const n of [0, 1]) {
            const set = of(0, 10 + 2 * epoch + n);
            twin.users.push({ id: all.acquire(set), set });
          }
          const [user] = twin.users.splice(pick % twin.users.length, 1);
          all.release(user!.id);
          const isDown = epoch % 2 === 0;
          all.setDown(to(0), isDown);
          if (isDown) twin.down.add(formatIp(to(0)));
          else twin.down.delete(formatIp(to(0)));
          for (const each of [all, nextHops]) each.commit(epoch);
          compare(memory, all, twin);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are not those that they begin with', () => {
    const { all } = make();
    const [short, long] = [of(1), of(1, 2)];
    const ids = [all.acquire(short), all.acquire(long)];
    expect(ids.map((id) => [short, long].map((set) => all.isSame(id, set)))).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('write over the rows of a locator that fails, each once, and no other', () => {
    const { memory, nextHops, all } = make();
    const many = Array.from({ length: 60 }, (_, n) => of(n % 7, 10 + n));
    const ids = many.map((set) => all.acquire(set));
    for (const each of [all, nextHops]) each.commit(1);
    const before = buckets(memory);
    all.setDown(to(3), true);
    for (const each of [all, nextHops]) each.commit(2);
    const after = buckets(memory);
    const changed = ids.filter((id) => {
      const [from, to] = [runBase(all.rowOf(id)), runBase(all.rowOf(id)) + runLength(all.rowOf(id))];
      const isChanged = before.slice(from, to).join() !== after.slice(from, to).join();
      after.set(before.subarray(from, to), from);
      return isChanged;
    });
    expect(changed).toEqual(ids.filter((_, n) => n % 7 === 3));
    expect(after).toEqual(before);
  });
});
