// 'auto' that finds no room in the kind it chose takes another one, before it says no-room.
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, prefix, type Family, type IpPrefix } from '../../src/base/ip.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/engine/errors.ts';
import type { Lpm } from '../../src/engine/lpm-table.ts';
import { LPM_KINDS, serves, type LpmKind, type Traffic } from '../../src/engine/lpm.ts';
import { createEngineSync, createLpmSync } from '../../src/engine/open-inline.ts';
import type { TableRow } from '../../src/tables/collect.ts';

const MIB = 2 ** 20;
/** All over the addresses, none twice. */
const spread = (i: number): number => Math.imul(i + 1, 0x9e37_79b1) >>> 0;
const SHAPES = {
  'scattered /32': (i: number) => prefix(ipv4(spread(i)), 32),
  'scattered /24': (i: number) => prefix(ipv4(Math.imul(i, 0x9e_3779) << 8), 24),
  'dense /24': (i: number) => prefix(ipv4(0x0a00_0000 + i * 256), 24),
  'dense /24 and hosts': (i: number) =>
    i % 2 === 0 ? prefix(ipv4(0x0a00_0000 + i * 256), 24) : prefix(ipv4(spread(i)), 32),
  'scattered /128': (i: number) => prefix(ipv6(spread(i), spread(i * 7), spread(i * 3), i), 128),
  'scattered /48': (i: number) => prefix(ipv6(spread(i), (i & 0xffff) << 16, 0, 0), 48),
} as const satisfies Record<string, (i: number) => IpPrefix>;
type Shape = keyof typeof SHAPES;

const rowsOf = (shape: Shape, first: number, end: number, plus = 1): TableRow[] =>
  Array.from({ length: end - first }, (_, k) => ({
    prefix: SHAPES[shape](first + k),
    value: first + k + plus,
  }));

const familyOf = (shape: Shape): Family => SHAPES[shape](0).address.family;

function publish(lpm: Lpm, rows: readonly TableRow[], isRemoval = false): EngineError | undefined {
  for (const { prefix, value } of rows) {
    if (isRemoval) lpm.remove(prefix);
    else lpm.insert(prefix, value);
  }
  try {
    lpm.publish();
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** Addresses of all the rows, and next to them. */
function keysOf(family: Family, rows: readonly TableRow[]): Uint32Array {
  const words = rows.flatMap(({ prefix: { address } }, i) => {
    const { w0, w1, w2, w3 } = address;
    return family === 4 ? [w0, (w0 + i) >>> 0] : [w0, w1, w2, w3, w0, w1, w2, (w3 ^ i) >>> 0];
  });
  return Uint32Array.from(words);
}

/** Answers as each length in turn, for the prefixes of the table and for `others` that it does not have. */
function expectRows(lpm: Lpm, family: Family, rows: readonly TableRow[], others: readonly TableRow[]): void {
  const some = [...rows, ...others].filter((_, i) => i % 4 === 0 || i < 4096);
  const keys = keysOf(family, some);
  const count = some.length * 2;
  const wanted = new Oracle(family, rows).sample(keys, count).map(({ value }) => value);
  expect(wanted).toHaveLength(count);
  const got = lpm.lookupBatch(family, keys);
  expect(wanted.findIndex((value, i) => value !== got[i])).toBe(-1);
}

const fits = (kind: LpmKind, tableBytes: number, rows: readonly TableRow[]): boolean =>
  publish(createLpmSync({ kind, tableBytes }), rows) === undefined;

describe("'auto' in one publish", () => {
  const CASES: [Shape, number, number, Traffic][] = (Object.keys(SHAPES) as Shape[]).flatMap((shape) =>
    [
      [6, 4500],
      [12, 9000],
      [3, 40_000],
    ].map(([mib, count]): [Shape, number, number, Traffic] => [shape, count!, mib!, 'spread']),
  );
  CASES.push(['scattered /32', 60_000, 64, 'spread'], ['scattered /32', 20_000, 110, 'skewed']);

  it.each(CASES)(
    '%s, %i of them in %i MiB, %s traffic: fits if it does in any kind',
    (shape, n, mib, traffic) => {
      const family = familyOf(shape);
      const rows = rowsOf(shape, 0, n);
      const lpm = createLpmSync({ tableBytes: mib * MIB, traffic });
      const error = publish(lpm, rows);
      const able = LPM_KINDS.filter(
        (kind) =>
          serves(kind, family) && kind !== 'linear' && kind !== 'compare' && fits(kind, mib * MIB, rows),
      );
      expect({ error: error?.code, able: able.length > 0 }).toEqual({
        error: able.length > 0 ? undefined : 'no-room',
        able: able.length > 0,
      });
      if (error === undefined) expectRows(lpm, family, rows, rowsOf(shape, n, n + 1000));
      else expect(lpm.stats().liveBytes).toBe(0);
    },
  );

  it('says why it has the kind that it has', () => {
    const lpm = createLpmSync({ tableBytes: 64 * MIB });
    expect(publish(lpm, rowsOf('scattered /32', 0, 60_000))).toBeUndefined();
    expect(lpm.kindOf(4)).toBe('patricia');
    expect(lpm.whyKind(4)).toBe('no room in dir18-run, in an arena of 64.0 MiB');
    // As if dir18-run had not been tried.
    expect(lpm.stats().liveBytes).toBe(119_999 * 32);
  });
});

describe("'auto' after it fell back", () => {
  it('takes further publishes, in all of the memory', () => {
    const lpm = createLpmSync({ tableBytes: 16 * MIB });
    const other: Shape = 'scattered /32';
    let rows = rowsOf('dense /24', 0, 5000);
    publish(lpm, rows);
    expect(lpm.kindOf(4)).toBe('dir18-run');
    rows = [...rows, ...rowsOf(other, 0, 14_000)];
    expect(publish(lpm, rowsOf(other, 0, 14_000))).toBeUndefined();
    expect([lpm.kindOf(4), lpm.whyKind(4)]).toEqual([
      'patricia',
      'no room in dir18-run, in an arena of 16.0 MiB',
    ]);
    expectRows(lpm, 4, rows, rowsOf(other, 14_000, 15_000));

    const changed = rowsOf(other, 100, 200, 1_000_000);
    expect(publish(lpm, changed)).toBeUndefined();
    expect(publish(lpm, rowsOf('dense /24', 0, 4000), true)).toBeUndefined();
    rows = [
      ...rowsOf('dense /24', 4000, 5000),
      ...rowsOf(other, 0, 100),
      ...changed,
      ...rowsOf(other, 200, 14_000),
    ];
    expectRows(lpm, 4, rows, rowsOf('dense /24', 0, 4000));

    // Most of the memory was dir18-run's.
    expect(publish(lpm, rowsOf(other, 14_000, 150_000))).toBeUndefined();
    rows = [...rows, ...rowsOf(other, 14_000, 150_000)];
    expect(lpm.kindOf(4)).toBe('patricia');
    expectRows(lpm, 4, rows, rowsOf(other, 150_000, 151_000));

    expect(publish(lpm, rows, true)).toBeUndefined();
    // A list of dir18-run's writer that grew in the try that failed.
    expect(lpm.stats().liveBytes).toBeLessThan(16 * 1024);
  });

  it('takes the kind for large tables again, when there is room for it', () => {
    const lpm = createLpmSync({ tableBytes: 64 * MIB });
    const hosts = rowsOf('scattered /32', 0, 60_000);
    publish(lpm, hosts);
    publish(lpm, hosts, true);
    const rows = rowsOf('dense /24', 0, 20_000);
    expect(publish(lpm, rows)).toBeUndefined();
    expect(lpm.kindOf(4)).toBe('dir18-run');
    expectRows(lpm, 4, rows, hosts.slice(0, 1000));
  });

  it('leaves the other family its room', () => {
    const lpm = createLpmSync({ tableBytes: 16 * MIB });
    const [four, six] = [rowsOf('scattered /32', 0, 9000), rowsOf('scattered /128', 0, 80_000)];
    expect(publish(lpm, [...four, ...six])).toBeUndefined();
    expectRows(lpm, 4, four, []);
    expectRows(lpm, 6, six, []);
  });
});

describe("'auto' with a table that fits nowhere", () => {
  it.each([
    ['scattered /32', 110_000, 'scattered /32', 100],
    ['scattered /32', 110_000, 'scattered /32', 3000],
    ['scattered /32', 110_000, 'dense /24', 6000],
    ['scattered /128', 75_000, 'scattered /48', 3000],
  ] as const)('%s, %i of them, beside %s, %i of them', (shape, many, before, few) => {
    const lpm = createLpmSync({ tableBytes: 6 * MIB });
    const family = familyOf(shape);
    const rows = rowsOf(before, 0, few);
    publish(lpm, rows);
    const state = (): unknown => [lpm.kindOf(family), lpm.whyKind(family), lpm.stats().liveBytes];
    const was = state();
    for (let turn = 0; turn < 2; turn++) {
      const error = publish(lpm, rowsOf(shape, few, many));
      expect(error).toMatchObject({ code: 'no-room', section: 'tableBytes', have: 6 * MIB });
      expect(error!.message).toBe(
        `engine: no-room in tableBytes: have ${6 * MIB}, ${error!.wanted} would do`,
      );
      expect(state()).toEqual(was);
      expectRows(lpm, family, rows, rowsOf(shape, few, few + 1000));
      if (turn > 0) continue;
      const larger = createLpmSync({ tableBytes: error!.wanted });
      expect(publish(larger, rows) ?? publish(larger, rowsOf(shape, few, many))).toBeUndefined();
    }
    const more = rowsOf(before, few, few + 500);
    expect(publish(lpm, more)).toBeUndefined();
    expectRows(lpm, family, [...rows, ...more], []);
  });

  it('has tried nothing when the other family is what fits nowhere', () => {
    const lpm = createLpmSync({ tableBytes: 16 * MIB });
    const rows = rowsOf('dense /24', 0, 20_000);
    publish(lpm, rows);
    const state = (): readonly string[] => [lpm.kindOf(4), lpm.whyKind(4)];
    const was = state();
    expect(was[0]).toBe('dir18-run');
    const hostile = [...rowsOf('scattered /32', 0, 14_000), ...rowsOf('scattered /128', 0, 250_000)];
    expect(publish(lpm, hostile)?.code).toBe('no-room');
    expect(publish(lpm, rowsOf('dense /24', 20_000, 20_001))).toBeUndefined();
    expect(state()).toEqual(was);
    expectRows(lpm, 4, rows, []);
  });

  it('a kind that was asked for is all that is tried', () => {
    const lpm = createLpmSync({ kind: 'dir18-run', tableBytes: 16 * MIB });
    publish(lpm, rowsOf('dense /24', 0, 5000));
    const { liveBytes } = lpm.stats();
    for (let turn = 0; turn < 3; turn++) {
      const error = publish(lpm, rowsOf('scattered /32', 0, 14_000));
      expect(error?.message).toBe(`engine: no-room in tableBytes: more than ${16 * MIB} wanted`);
      expect(error?.wanted).toBe(16 * MIB + 1);
    }
    // Lists of the writer that have grown stay.
    expect(lpm.stats().liveBytes).toBeLessThan(liveBytes + 2 * MIB);
    expectRows(lpm, 4, rowsOf('dense /24', 0, 5000), rowsOf('scattered /32', 0, 1000));
  });
});

describe("an engine's tables of kind 'auto'", () => {
  const out = (n: number) => ({ kind: 'connected', interfaceIndex: n, mtu: 1500 }) as const;

  const routes = (engine: Engine, instanceId: number, shape: Shape, count: number): number[] => {
    const keys = Uint32Array.from({ length: count }, (_, i) => SHAPES[shape](i).address.w0);
    const values = new Uint32Array(count);
    engine.lookupBatch('routes', instanceId, 4, keys, values);
    return [...values];
  };

  it('fall back with everything else of the publish, in an instance that it makes', () => {
    const engine = createEngineSync({ fibBytes: 16 * MIB, nextHops: 64 });
    engine.setRoute(0, SHAPES['dense /24'](0), out(1));
    engine.publish();
    engine.setProxyEtr(true);
    for (let i = 0; i < 14_000; i++) engine.setRoute(7, SHAPES['scattered /32'](i), out(1 + (i % 50)));
    engine.setRoute(0, SHAPES['dense /24'](1), out(2));
    engine.publish();
    expect(routes(engine, 0, 'dense /24', 2)).not.toContain(0);
    expect(routes(engine, 0, 'dense /24', 3)[2]).toBe(0);
    const values = routes(engine, 7, 'scattered /32', 14_000);
    expect(values.every((value, i) => value > 0 && value === values[i % 50])).toBe(true);
    expect(new Set(values).size).toBe(50);
    expect(engine.stats().fibLiveBytes).toBeLessThan(MIB);
  });

  it('name fibBytes when there is no room in any kind, and forget the instance', () => {
    const engine = createEngineSync({ fibBytes: 2 * MIB });
    const before = engine.stats();
    for (let i = 0; i < 40_000; i++) engine.setRoute(7, SHAPES['scattered /32'](i), out(1));
    expect(() => engine.publish()).toThrow('engine: no-room in fibBytes: ');
    expect(engine.stats()).toEqual(before);
    expect(routes(engine, 7, 'scattered /32', 1)).toEqual([0]);
  });
});
