// Lpm: the lookup structures of the engine as a table of their own.
import { describe, expect, it } from 'vitest';
import { ARENA_HEADER_BYTES } from '../../assembly/layout.ts';
import { contains, ipv4, ipv6, prefix, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { LPM_KINDS, type RouterLpmKind } from '../../src/engine/lpm.ts';
import { Lpm, type LpmOptions } from '../../src/engine/lpm-table.ts';
import { createEngineSync, createLpm, createLpmSync } from '../../src/engine/open-inline.ts';
import { ENGINE_BUILDS, engineModule } from './engine-builds.ts';

/** What a table has to answer, in the obvious way. */
function longest(rows: ReadonlyMap<string, readonly [IpPrefix, number]>, address: IpAddress): number {
  let best: readonly [IpPrefix, number] | undefined;
  for (const row of rows.values())
    if (contains(row[0], address) && (best === undefined || row[0].bits > best[0].bits)) best = row;
  return best?.[1] ?? 0;
}

function keysOf(addresses: readonly IpAddress[]): Uint32Array {
  return Uint32Array.from(
    addresses.flatMap(({ family, w0, w1, w2, w3 }) => (family === 4 ? [w0] : [w0, w1, w2, w3])),
  );
}

/** What a table takes before anything of size is in it, in bytes. */
const EMPTY_BYTES: Readonly<Record<RouterLpmKind, number>> = {
  linear: 0,
  compare: 0,
  patricia: 0,
  'dir18-run': (4 << 20) + 192 * 1024,
  'dir24-8': (35 << 20) + 192 * 1024,
  // And what stays for removals.
  'dir24-stride6': 4_723_840 + 129 * 48,
};

describe.each(LPM_KINDS)('a table of kind %s', (kind: RouterLpmKind) => {
  const open = (options: LpmOptions = {}): Lpm => createLpmSync({ kind, ...options });

  it('answers with the longest prefix, 0 for none, families apart', () => {
    const lpm = open();
    lpm.insert(cidr('0.0.0.0/0'), 1);
    lpm.insert(cidr('10.0.0.0/8'), 0x7fff_ffff);
    lpm.insert(cidr('10.1.2.3/32'), 3);
    lpm.insert(cidr('2001:db8::/32'), 4);
    lpm.publish();
    const found = ['192.0.2.1', '10.0.0.1', '10.1.2.3', '2001:db8::1', '::1'].map((text) =>
      lpm.lookup(ip(text)),
    );
    expect(found).toEqual([1, 0x7fff_ffff, 3, 4, 0]);
    expect(lpm.kind).toBe(kind);
    for (const family of [4, 6] as const) {
      expect(lpm.capabilities(family).families).toContain(family);
      if (lpm.kindOf(family) !== kind) expect(lpm.kindOf(family)).toBe('patricia');
    }
  });

  it('shows changes at publish and not before, the last of each prefix', () => {
    const lpm = open();
    lpm.insert(cidr('10.0.0.0/8'), 1);
    expect(lpm.lookup(ip('10.0.0.1'))).toBe(0);
    lpm.publish();
    lpm.insert(cidr('10.0.0.0/8'), 2);
    lpm.remove(cidr('10.0.0.0/8'));
    lpm.insert(cidr('10.0.0.0/8'), 3);
    expect(lpm.lookup(ip('10.0.0.1'))).toBe(1);
    lpm.publish();
    expect(lpm.lookup(ip('10.0.0.1'))).toBe(3);
    lpm.remove(cidr('10.0.0.0/8'));
    lpm.remove(cidr('11.0.0.0/8'));
    lpm.publish();
    expect(lpm.lookup(ip('10.0.0.1'))).toBe(0);
  });

  it('agrees with a search row by row, in batches of any size and one by one', () => {
    const seed = 7;
    const random = new SeededRandom(seed);
    const lpm = open();
    const rows = new Map<string, readonly [IpPrefix, number]>();
    // Few distinct leading bits, so that prefixes cover each other.
    const address = (family: 4 | 6): IpAddress => {
      const [head, tail] = [random.u32() & 0xf0f0_0000, random.u32()];
      return family === 4 ? ipv4(head | (tail & 0xffff)) : ipv6(head, tail & 0xf000_000f, 0, tail & 3);
    };
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 40; i++) {
        const family = random.u32() % 2 === 0 ? 4 : 6;
        const row = prefix(address(family), random.u32() % (family === 4 ? 33 : 129));
        const key = JSON.stringify(row);
        if (random.u32() % 4 === 0) {
          lpm.remove(row);
          rows.delete(key);
        } else {
          const value = (random.u32() >>> 2) + 1;
          lpm.insert(row, value);
          rows.set(key, [row, value]);
        }
      }
      lpm.publish();
      for (const family of [4, 6] as const) {
        const addresses = Array.from({ length: [0, 1, 255, 256, 257, 700][round % 6]! }, () =>
          address(family),
        );
        const wanted = addresses.map((each) => longest(rows, each));
        expect([...lpm.lookupBatch(family, keysOf(addresses))], `seed ${seed} round ${round}`).toEqual(
          wanted,
        );
        expect(addresses.slice(0, 50).map((each) => lpm.lookup(each))).toEqual(wanted.slice(0, 50));
        const few = addresses.slice(0, 256);
        lpm.keys.set(keysOf(few));
        const values = lpm.lookupInPlace(family, few.length);
        expect([...values.subarray(0, few.length)]).toEqual(wanted.slice(0, 256));
      }
    }
  });

  it('without room stays as it was, forgets the changes, and goes on', () => {
    const lpm = open({ tableBytes: EMPTY_BYTES[kind] + 4096 });
    lpm.insert(cidr('10.0.0.0/8'), 1);
    lpm.insert(cidr('2001:db8::/32'), 2);
    lpm.publish();
    const before = lpm.stats();
    lpm.remove(cidr('10.0.0.0/8'));
    lpm.remove(cidr('2001:db8::/32'));
    for (let i = 0; i < 3000; i++) lpm.insert(prefix(ipv6(0x3000_0000 + i, 0, 0, 0), 64), i + 1);
    expect(() => lpm.publish()).toThrow(EngineError);
    expect([lpm.lookup(ip('10.0.0.1')), lpm.lookup(ip('2001:db8::1')), lpm.lookup(ip('3000::'))]).toEqual([
      1, 2, 0,
    ]);
    expect(lpm.stats().liveBytes).toBe(before.liveBytes);
    lpm.publish();
    lpm.insert(cidr('2001:db8::/32'), 5);
    lpm.publish();
    expect([lpm.lookup(ip('10.0.0.1')), lpm.lookup(ip('2001:db8::1'))]).toEqual([1, 5]);
  });

  it('uses the room of replaced prefixes again', () => {
    const lpm = open({ tableBytes: EMPTY_BYTES[kind] + 64 * 1024 });
    for (let round = 1; round <= 2000; round++) {
      lpm.insert(cidr('10.0.0.0/8'), round);
      lpm.insert(cidr('10.1.0.0/16'), round);
      lpm.publish();
    }
    expect(lpm.lookup(ip('10.1.0.1'))).toBe(2000);
  });
});

describe('Lpm', () => {
  it('fills the array it is given and touches nothing beyond', () => {
    const lpm = createLpmSync();
    lpm.insert(cidr('0.0.0.0/0'), 7);
    lpm.publish();
    const out = new Uint32Array(5).fill(99);
    const keys = Uint32Array.of(1, 2, 3);
    expect(lpm.lookupBatch(4, keys, out)).toBe(out);
    expect([...out]).toEqual([7, 7, 7, 99, 99]);
    expect([...keys]).toEqual([1, 2, 3]);
  });

  it.each([0, -1, 1.5, 2 ** 31, Number.NaN])('refuses the value %d', (value) => {
    const lpm = createLpmSync();
    const insert = (): void => lpm.insert(cidr('10.0.0.0/8'), value);
    expect(insert).toThrow(EngineError);
    expect(insert).toThrow(`engine: bad-value in 10.0.0.0/8: a value is 1 .. 2^31-1, not ${value}`);
    lpm.publish();
    expect(lpm.lookup(ip('10.0.0.1'))).toBe(0);
  });

  it.each(['nope', 'toString', ''])('refuses the kind %j and lists those there are', (text) => {
    const kind = text as RouterLpmKind;
    const kinds = 'auto, linear, compare, patricia, dir18-run, dir24-8, dir24-stride6';
    for (const open of [() => createLpmSync({ kind }), () => createLpmSync({ kind, tableBytes: 1 << 20 })]) {
      expect(open).toThrow(EngineError);
      expect(open).toThrow(`engine: bad-options in kind: no kind ${kind}, but ${kinds}`);
    }
    for (const lpm of [kind, { cache: kind }]) {
      expect(() => createEngineSync({ lpm })).toThrow(EngineError);
      expect(() => createEngineSync({ lpm })).toThrow(
        `engine: bad-options in lpm: no kind ${kind}, but ${kinds}`,
      );
    }
  });

  it('refuses half a key and an array that is too short', () => {
    const lpm = createLpmSync();
    expect(() => lpm.lookupBatch(6, new Uint32Array(6))).toThrow('four words');
    expect(() => lpm.lookupBatch(4, new Uint32Array(6), new Uint32Array(5))).toThrow('room for each value');
  });

  it('refuses text for addresses and prefixes, other families and arrays of other kinds', () => {
    const lpm = createLpmSync();
    const family = 5 as 4;
    const list = [1, 2] as unknown as Uint32Array;
    const address = '1.2.3.4' as unknown as IpAddress;
    const range = '1.0.0.0/8' as unknown as IpPrefix;
    const calls: [call: () => unknown, hint: string][] = [
      [() => lpm.lookup(address), 'address: use ip()'],
      [() => createEngineSync().matchEntry(0, address), 'address: use ip()'],
      [() => lpm.insert(range, 1), 'prefix: use cidr()'],
      [() => lpm.insert(range, 0), 'prefix: use cidr()'],
      [() => lpm.remove(range), 'prefix: use cidr()'],
      [() => lpm.remove({ address, bits: 8 }), 'prefix: use cidr()'],
      [() => lpm.lookupInPlace(family, 1), 'family: 4 or 6, not 5'],
      [() => lpm.lookupBatch(family, new Uint32Array(4)), 'family: 4 or 6, not 5'],
      [() => lpm.lookupBatch(4, list), 'lookupBatch: use Uint32Array'],
      [() => lpm.lookupBatch(4, new Uint32Array(2), list), 'lookupBatch: use Uint32Array'],
    ];
    for (const [call, hint] of calls) {
      expect(call).toThrow(EngineError);
      expect(call).toThrow(`engine: bad-options in ${hint}`);
    }
  });

  it.each([-1, 257, 1.5, Number.NaN])('refuses to look for %d keys in their place', (count) => {
    expect(() => createLpmSync().lookupInPlace(4, count)).toThrow(
      `engine: bad-options in lookupInPlace: 0 .. 256 keys at once, not ${count}`,
    );
  });

  it('holds as many prefixes as its docstring says', () => {
    const count = 1000;
    const room = { 4: 64 * count + ARENA_HEADER_BYTES, 6: 96 * count + ARENA_HEADER_BYTES };
    for (const family of [4, 6] as const) {
      const lpm = createLpmSync({ tableBytes: room[family] });
      for (let i = 0; i < count; i++)
        lpm.insert(
          family === 4 ? prefix(ipv4(i * 4_000_037), 32) : prefix(ipv6(i * 4_000_037, i, 0, 0), 64),
          i + 1,
        );
      lpm.publish();
      expect(lpm.lookup(family === 4 ? ipv4(999 * 4_000_037) : ipv6(999 * 4_000_037, 999, 0, 1))).toBe(1000);
    }
  });

  it('opens on each build that has its kind of memory, and says when it is the other', async () => {
    for (const build of ENGINE_BUILDS) {
      const open = (): Lpm => Lpm.open(engineModule(build));
      if (build === 'shared') expect(open).toThrow(EngineError);
      else expect(open().lookup(ip('10.0.0.1'))).toBe(0);
    }
    expect((await createLpm()).stats().memoryBytes).toBeGreaterThan(16 * 1024 * 1024);
  });

  it.each([0, -5, 1.5, 2 ** 32])('refuses %d bytes for its prefixes', (tableBytes) => {
    expect(() => createLpmSync({ tableBytes })).toThrow(EngineError);
  });
});
