// 'auto': a table takes the kind that suits its prefixes, and gives the same answers before and after.
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, prefix, type IpPrefix } from '../../src/base/ip.ts';
import { EngineError } from '../../src/engine/errors.ts';
import type { Lpm } from '../../src/engine/lpm-table.ts';
import { createEngineSync, createLpmSync } from '../../src/engine/open-inline.ts';

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
    const reasons: string[] = [];
    const note = (): void => {
      if (seen.at(-1) === lpm.kindOf(4)) return;
      seen.push(lpm.kindOf(4));
      reasons.push(lpm.whyKind(4));
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
    expect(reasons).toEqual([
      '8 prefixes or fewer, and then up to 16',
      'fewer than 4096 prefixes',
      '4096 prefixes or more, spread traffic',
      'fewer than 2048 prefixes',
      '8 prefixes or fewer, and then up to 16',
    ]);
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
    expect(lpm.whyKind(4)).toMatch(
      /^prefixes lie too far apart for dir18-run, which would take 1\d{3} bytes for each$/,
    );
    expectValues(lpm, sparse, 10_000, (i) => i + 1);
  });

  it('takes dir24-8 where traffic is said to be skewed, and answers as without', () => {
    const tableBytes = 192 << 20;
    const lpms = (['skewed', 'spread'] as const).map((traffic) => createLpmSync({ tableBytes, traffic }));
    const seen: string[][] = [[], []];
    const both = (change: (lpm: Lpm) => void): void => {
      for (const [i, lpm] of lpms.entries()) {
        change(lpm);
        if (seen[i]!.at(-1) !== lpm.kindOf(4)) seen[i]!.push(lpm.kindOf(4));
      }
      const keys = Uint32Array.from({ length: 9000 }, (_, i) => dense(i).address.w0 + (i & 255));
      expect(lpms[0]!.lookupBatch(4, keys)).toEqual(lpms[1]!.lookupBatch(4, keys));
    };
    const host = (i: number): IpPrefix => prefix(ipv4(dense(i).address.w0 + (i & 255)), 32);
    both((lpm) => insert(lpm, dense, 0, 3000));
    both((lpm) => insert(lpm, dense, 3000, 8000));
    expect(lpms[0]!.whyKind(4)).toBe('4096 prefixes or more, skewed traffic');
    both((lpm) => insert(lpm, host, 0, 500, 9000));
    both((lpm) => insert(lpm, dense, 100, 200, 100_000));
    both((lpm) => remove(lpm, dense, 1000, 7900));
    both((lpm) => remove(lpm, host, 0, 500));
    both((lpm) => remove(lpm, dense, 0, 8000));
    expect(seen).toEqual([
      ['patricia', 'dir24-8', 'patricia', 'compare'],
      ['patricia', 'dir18-run', 'patricia', 'compare'],
    ]);
    expect(lpms[0]!.stats().liveBytes).toBe(0);
  });

  it('takes dir18-run for skewed traffic where dir24-8 has no room', () => {
    const lpm = createLpmSync({ tableBytes: 64 << 20, traffic: 'skewed' });
    insert(lpm, dense, 0, 5000);
    expect(lpm.kindOf(4)).toBe('dir18-run');
    expect(lpm.whyKind(4)).toMatch(/^dir24-8 would take 100\.\d MiB, at most 48\.0 of 64\.0 are worth it$/);
    expect(createLpmSync({ traffic: 'skewed' }).stats().memoryBytes).toBeGreaterThan(192 << 20);
  });

  it.each(['skew', ''])('refuses the traffic %j', (text) => {
    const traffic = text as 'skewed';
    expect(() => createLpmSync({ traffic })).toThrow(
      `bad-options in traffic: spread, skewed or observed, not ${text}`,
    );
    expect(() => createEngineSync({ traffic })).toThrow(
      `bad-options in traffic: spread or skewed, not ${text}`,
    );
  });

  it('is told of the traffic by the options of an engine', () => {
    const out = { kind: 'connected', interfaceIndex: 1, mtu: 1500 } as const;
    const live = (['skewed', 'spread'] as const).map((traffic) => {
      const engine = createEngineSync({ fibBytes: 192 << 20, traffic });
      for (let i = 0; i < 5000; i++) engine.setRoute(0, dense(i), out);
      engine.publish();
      return engine.stats().fibLiveBytes;
    });
    expect(live[0]).toBeGreaterThan(32 << 20);
    expect(live[1]).toBeLessThan(8 << 20);
  });

  it('says of a kind that was asked for that it was, or does not serve', () => {
    const lpm = createLpmSync({ kind: 'dir18-run' });
    expect(lpm.whyKind(4)).toBe('asked for');
    expect(lpm.whyKind(6)).toBe('dir18-run does not serve IPv6');
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
    expect(lpm.whyKind(4)).toBe('8 prefixes or fewer, and then up to 16');
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
    expect(lpm.whyKind(6)).toBe('dir24-stride6 would take 6.5 MiB, at most 4.0 of 8.0 are worth it');
  });
});
