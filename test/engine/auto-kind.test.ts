// 'auto': a table takes the kind that suits its prefixes, and gives the same answers before and after.
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, prefix, type IpPrefix } from '../../src/base/ip.ts';
import { EngineError } from '../../src/engine/errors.ts';
import type { Lpm } from '../../src/engine/lpm-table.ts';
import { createLpmSync } from '../../src/engine/open-inline.ts';

const dense = (i: number): IpPrefix => prefix(ipv4((0x0a00_0000 + i * 256) >>> 0), 24);
const sparse = (i: number): IpPrefix => prefix(ipv4(Math.imul(i + 1, 0x9e37_79b1)), 32);

function insert(lpm: Lpm, of: (i: number) => IpPrefix, first: number, end: number, plus = 1): void {
  for (let i = first; i < end; i++) lpm.insert(of(i), i + plus);
  lpm.publish();
}

function remove(lpm: Lpm, of: (i: number) => IpPrefix, first: number, end: number): void {
  for (let i = first; i < end; i++) lpm.remove(of(i));
  lpm.publish();
}

function expectValues(
  lpm: Lpm,
  of: (i: number) => IpPrefix,
  count: number,
  wanted: (i: number) => number,
): void {
  const keys = Uint32Array.from({ length: count }, (_, i) => of(i).address.w0);
  expect([...lpm.lookupBatch(4, keys)]).toEqual(Array.from({ length: count }, (_, i) => wanted(i)));
}

describe("kind 'auto'", () => {
  it('goes up and down with the number of prefixes, a few at a time', () => {
    const lpm = createLpmSync({ tableBytes: 32 << 20 });
    const seen: string[] = [];
    const note = (): void => {
      if (seen.at(-1) !== lpm.kindOf(4)) seen.push(lpm.kindOf(4));
    };
    for (let n = 0; n < 6000; n += 8) {
      insert(lpm, dense, n, n + 8);
      note();
    }
    expectValues(lpm, dense, 6100, (i) => (i < 6000 ? i + 1 : 0));
    for (let n = 6000; n > 0; n -= 8) {
      remove(lpm, dense, n - 8, n);
      note();
    }
    expect(seen).toEqual(['compare', 'patricia', 'dir18-run', 'patricia', 'compare']);
    expectValues(lpm, dense, 100, () => 0);
    expect(lpm.stats().liveBytes).toBe(0);
  });

  it('takes a large table at once, and large values later', () => {
    const lpm = createLpmSync({ tableBytes: 64 << 20 });
    insert(lpm, dense, 0, 20_000);
    expect(lpm.kindOf(4)).toBe('dir18-run');
    insert(lpm, dense, 5000, 6000, 100_000);
    expectValues(lpm, dense, 20_000, (i) => i + (i >= 5000 && i < 6000 ? 100_000 : 1));
    remove(lpm, dense, 0, 20_000);
    expect(lpm.kindOf(4)).toBe('compare');
  });

  it('leaves prefixes that lie far apart to patricia', () => {
    const lpm = createLpmSync({ tableBytes: 64 << 20 });
    insert(lpm, sparse, 0, 10_000);
    expect(lpm.kindOf(4)).toBe('patricia');
    expectValues(lpm, sparse, 10_000, (i) => i + 1);
  });

  it('does without dir18-run where there is no room for it', () => {
    const lpm = createLpmSync({ tableBytes: 2 << 20 });
    insert(lpm, dense, 0, 10_000);
    expect(lpm.kindOf(4)).toBe('patricia');
    expectValues(lpm, dense, 10_000, (i) => i + 1);
  });

  it('is what it was after a publish that found no room', () => {
    const lpm = createLpmSync({ tableBytes: 128 * 1024 });
    insert(lpm, dense, 0, 10);
    const { liveBytes } = lpm.stats();
    expect(() => insert(lpm, dense, 10, 20_000)).toThrow(EngineError);
    expect(lpm.kindOf(4)).toBe('compare');
    expect(lpm.stats().liveBytes).toBe(liveBytes);
    expectValues(lpm, dense, 20, (i) => (i < 10 ? i + 1 : 0));
    insert(lpm, dense, 10, 100);
    expectValues(lpm, dense, 120, (i) => (i < 100 ? i + 1 : 0));
    expect(lpm.kindOf(4)).toBe('patricia');
  });

  it('takes dir24-stride6 for a large IPv6 table, and leaves it at half', () => {
    const lpm = createLpmSync({ tableBytes: 32 << 20 });
    const site = (i: number): IpPrefix => prefix(ipv6(0x2001_0db8, Math.imul(i, 0x10001) >>> 0, 0, 0), 64);
    const answers = (count: number): number[] => {
      const keys = Array.from({ length: count }, (_, i) => site(i).address).flatMap(({ w0, w1 }) => [
        w0,
        w1,
        5,
        6,
      ]);
      return [...lpm.lookupBatch(6, Uint32Array.from(keys))];
    };
    insert(lpm, site, 0, 4000);
    expect(lpm.kindOf(6)).toBe('patricia');
    insert(lpm, site, 4000, 4600);
    expect(lpm.kindOf(6)).toBe('dir24-stride6');
    expect(answers(4700)).toEqual(Array.from({ length: 4700 }, (_, i) => (i < 4600 ? i + 1 : 0)));
    insert(lpm, site, 100, 200, 70_000);
    expect(lpm.kindOf(6)).toBe('dir24-stride6');
    expect(answers(300)[150]).toBe(70_150);
    remove(lpm, site, 2100, 4600);
    expect(lpm.kindOf(6)).toBe('dir24-stride6');
    remove(lpm, site, 1500, 2100);
    expect(lpm.kindOf(6)).toBe('patricia');
    expect(answers(1600)[1499]).toBe(1500);
    remove(lpm, site, 0, 1500);
    expect(lpm.stats().liveBytes).toBe(0);
  });

  it('leaves an IPv6 table to patricia where there is no room for more', () => {
    const lpm = createLpmSync({ tableBytes: 8 << 20 });
    insert(lpm, (i) => prefix(ipv6(0x2001_0000 + i, 0, 0, 0), 32), 0, 5000);
    expect(lpm.kindOf(6)).toBe('patricia');
  });
});
