// pxtr fib stats and pxtr fib lookup: what a table is like, and how an address is found in it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FibLookupReport } from '../../src/cli/commands/fib-lookup.ts';
import type { FibStatsReport } from '../../src/cli/commands/fib-stats.ts';
import { ALL_KINDS } from '../../src/bench/forms.ts';
import { serves } from '../../src/engine/lpm.ts';
import { expectGolden, pxtr } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-fib-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = join(folder, 'table.txt');
writeFileSync(
  file,
  ['0.0.0.0/0 1', '10.0.0.0/8 2', '10.1.0.0/16 3', '10.1.2.0/24 4', '10.1.2.128/25 5', '192.0.2.0/24 2']
    .concat(['2001:db8::/32 6', '2001:db8:1::/48 7', '2001:db8:1:2::/64 8'])
    .join('\n'),
);

describe('pxtr fib stats', () => {
  it('tells lengths, nesting and where prefixes lie', async () => {
    const { code, out } = await pxtr('fib', 'stats', file, '--no-build');
    expect(code).toBe(0);
    expectGolden('fib-stats', out);
  });

  it('--json has the same, and what each kind takes', async () => {
    const { out } = await pxtr('fib', 'stats', file, '--json', '--kinds', 'poptrie,dir18-run,tree-bitmap');
    const { families, kinds } = JSON.parse(out) as FibStatsReport;
    expect(families[0]).toMatchObject({
      family: 4,
      prefixes: 6,
      values: 5,
      depths: [
        { inside: 0, prefixes: 1 },
        { inside: 1, prefixes: 2 },
        { inside: 2, prefixes: 1 },
        { inside: 3, prefixes: 1 },
        { inside: 4, prefixes: 1 },
      ],
      regions: [
        { region: 10, prefixes: 4 },
        { region: 192, prefixes: 1 },
      ],
      above: 1,
    });
    expect(families[1]).toMatchObject({ family: 6, prefixes: 3, regions: [{ region: 0x2001, prefixes: 3 }] });
    expect(kinds.map(({ family, kind, leafBytes }) => `${family} ${kind} ${leafBytes}`)).toEqual([
      '4 poptrie 2',
      '4 poptrie 4',
      '4 dir18-run 2',
      '4 dir18-run 4',
      '4 tree-bitmap 4',
      '6 poptrie 2',
      '6 poptrie 4',
      '6 tree-bitmap 4',
    ]);
    for (const { bytesPerPrefix, totalBytesPerPrefix } of kinds) {
      expect(bytesPerPrefix).toBeGreaterThan(0);
      expect(totalBytesPerPrefix).toBeGreaterThanOrEqual(bytesPerPrefix);
    }
  });

  it('--csv has a number a line', async () => {
    const { out } = await pxtr('fib', 'stats', file, '--csv', '--family', '4', '--no-build');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('family,what,of,value');
    expect(lines).toContain('4,prefixes by length,24,2');
    expect(lines).toContain('4,prefixes inside others,4,1');
    expect(lines).toContain('4,prefixes by region,10,4');
    for (const line of lines) expect(line.split(',')).toHaveLength(4);
  });
});

describe('a table that some algorithms do not hold', () => {
  /** More /24 with longer prefixes than leaves of two bytes can number. */
  const hosts = join(folder, 'hosts.txt');
  const narrow = 'dir18-run, 2 B: does not fit: engine: bad-value in dir18-run: needs leaves of four bytes';
  const host = (i: number): string => `${10 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}.1/32 1`;
  writeFileSync(hosts, Array.from({ length: 33_000 }, (_, i) => host(i)).join('\n'));
  /** Prefixes that share few nodes. */
  const deep = join(folder, 'deep.txt');
  const large = 'multibit, 4 B: does not fit: engine: no-room in multibit: needs more than 174940160 bytes';
  const words = (i: number): string => {
    const mixed = Math.imul(i + 1, 0x9e37_79b1) >>> 0;
    return [0x2000 | (mixed >>> 19), mixed >>> 16, mixed & 0xffff].map((word) => word.toString(16)).join(':');
  };
  writeFileSync(deep, Array.from({ length: 14_000 }, (_, i) => `${words(i)}::1/128 1`).join('\n'));

  it('stats say so, and tell of the others', async () => {
    const { code, out } = await pxtr('fib', 'stats', hosts, '--kinds', 'dir18-run,patricia');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}dir18-run {2}4 B .* directory 1,048,576, bitmap [\s\S]*^ {2}patricia {3}4 B /m);
    expect(out).toContain(`\n\n  ${narrow}\n\n`);
    expect(out).toContain(
      '  a router with 176 MiB for tables takes dir18-run: 4096 prefixes or more, spread traffic\n',
    );
    const { out: csv } = await pxtr('fib', 'stats', hosts, '--kinds', 'dir18-run', '--csv');
    expect(csv).toContain('\n4,does not fit,dir18-run 2 B,1\n');
  });

  it('stats --json say so as well', async () => {
    const { out } = await pxtr('fib', 'stats', deep, '--kinds', 'multibit,patricia', '--json');
    const { kinds, refused, auto } = JSON.parse(out) as FibStatsReport;
    expect(refused).toEqual([{ family: 6, kind: 'multibit', leafBytes: 4, why: large.slice(29) }]);
    expect(kinds.map(({ kind }) => kind)).toEqual(['patricia']);
    expect(auto).toMatchObject([{ family: 6, kind: 'dir24-stride6', why: '4096 prefixes or more' }]);
  });

  it('a lookup asks the others, and fails when there are none', async () => {
    const address = `${words(0)}::1`;
    const { code, out } = await pxtr('fib', 'lookup', deep, address, '--kinds', 'multibit,patricia');
    expect(code).toBe(0);
    expect(out).toBe(`${address}\n  ${address}/128 (1)\n  found by patricia\n  ${large}\n`);
    expect(await pxtr('fib', 'lookup', deep, '::1', '--kinds', 'multibit')).toMatchObject({
      code: 1,
      err: expect.stringContaining(large) as string,
    });
  });
});

describe('what a router would take', () => {
  const far = join(folder, 'far.txt');
  const hosts = Array.from({ length: 5000 }, (_, i) => `${1 + (i >>> 8)}.${i & 255}.0.1/32 1`);
  writeFileSync(far, hosts.join('\n'));
  const told =
    /router with 162 MiB for tables takes patricia: prefixes lie too far apart for dir18-run, which would take 1176 bytes/;

  it('heeds the room that prefixes far apart would take, in stats and in a lookup', async () => {
    expect((await pxtr('fib', 'stats', far, '--kinds', 'patricia')).out).toMatch(told);
    const { out } = await pxtr('fib', 'lookup', far, '1.2.0.1', '--explain');
    expect(out).toMatch(told);
    expect(out).toMatch(/^ {2}patricia, values of 4 bytes: \d+ reads/m);
  });
});

describe('pxtr fib lookup', () => {
  it('finds the longest prefix by all algorithms, and what is around it', async () => {
    const { code, out } = await pxtr(
      'fib',
      'lookup',
      file,
      '10.1.2.200',
      '192.0.2.1',
      '2001:db8:1:2::1',
      '::1',
    );
    expect(code).toBe(0);
    const of = (family: 4 | 6): number => ALL_KINDS.filter((kind) => serves(kind, family)).length;
    expect(out).toBe(
      [
        `10.1.2.200\n  10.1.2.128/25 (5)\n  inside 10.1.2.0/24 (4), 10.1.0.0/16 (3), 10.0.0.0/8 (2), 0.0.0.0/0 (1)`,
        `  ${of(4)} algorithms agree\n`,
        `192.0.2.1\n  192.0.2.0/24 (2)\n  inside 0.0.0.0/0 (1)\n  ${of(4)} algorithms agree\n`,
        `2001:db8:1:2::1\n  2001:db8:1:2::/64 (8)\n  inside 2001:db8:1::/48 (7), 2001:db8::/32 (6)`,
        `  ${of(6)} algorithms agree\n`,
        `::1\n  no prefix covers it\n  ${of(6)} algorithms agree\n`,
      ].join('\n'),
    );
  });

  it('--explain tells each read, its lines and what it means', async () => {
    const { out } = await pxtr(
      'fib',
      'lookup',
      file,
      '10.1.2.3',
      '--explain',
      '--kinds',
      'sail,poptrie,linear',
    );
    expect(out).toMatch(
      /^ {2}sail, values of 2 bytes: 3 reads in 3 lines of 64 bytes\n {4}1 {2}C16 {2}0x[0-9a-f]{8} {2}4 B {2}new line {2}slot 2,561 /m,
    );
    expect(out).toMatch(/^ {2}poptrie, values of 2 bytes: 4 reads in \d lines/m);
    expect(out).toMatch(/^ {2}linear, values of 4 bytes: 6 reads in \d lines/m);
    expect(out.match(/value 4 = 10\.1\.2\.0\/24$/gm)).toHaveLength(3);
    const { out: json } = await pxtr(
      'fib',
      'lookup',
      file,
      '10.1.2.3',
      '--explain',
      '--kinds',
      'sail',
      '--json',
    );
    const [report] = JSON.parse(json) as FibLookupReport[];
    expect(report).toMatchObject({ match: { prefix: '10.1.2.0/24', value: 4 }, kinds: ['sail'] });
    expect(report!.walks![0]!.reads.map(({ part, bytes }) => [part, bytes])).toEqual([
      ['C16', 4],
      ['C24', 4],
      ['N32', 2],
    ]);
    expect(report!.valuesAre).toBe('numbers');
    expect(report!.walks![0]).toMatchObject({ leafBytes: 2, lines: 3 });
    expect(report!.walks![0]!.reads.at(-1)).toMatchObject({
      content: '0400',
      newLines: 1,
      meaning: 'slot 3 of 256 (10.1.2.3/32): value 4 = 10.1.2.0/24',
    });
  });

  it('without a choice explains by what a router would take', async () => {
    const { out } = await pxtr('fib', 'lookup', file, '10.1.2.3', '--explain');
    expect(out).toMatch(
      /^ {2}a router with 160 MiB for tables takes compare: 8 prefixes or fewer, and then up to 16\n {2}compare, values of 4 bytes: 6 reads/m,
    );
    const { out: json } = await pxtr('fib', 'lookup', file, '10.1.2.3', '--explain', '--json');
    const [{ auto }] = JSON.parse(json) as [FibLookupReport];
    expect(auto).toMatchObject({ family: 4, kind: 'compare', why: '8 prefixes or fewer, and then up to 16' });
  });

  it('explains prefixes without a value, where others have one, by values of their own', async () => {
    const mixed = join(folder, 'mixed.txt');
    writeFileSync(mixed, '10.0.0.0/8\n10.1.0.0/16 1\n11.0.0.0/8\n');
    const { out } = await pxtr(
      'fib',
      'lookup',
      mixed,
      '10.2.3.4',
      '10.1.2.3',
      '--explain',
      '--kinds',
      'dir24-8',
    );
    expect(out).toContain('some prefixes have no value in the file: theirs below are behind its largest');
    expect(out).toContain('value 2 = 10.0.0.0/8');
    expect(out).toContain('value 1 = 10.1.0.0/16');
  });

  it('explains a table without values by places in it, and one with large values in leaves of four bytes', async () => {
    const bare = join(folder, 'bare.txt');
    writeFileSync(bare, '10.0.0.0/8\n10.1.0.0/16\n');
    const { out } = await pxtr('fib', 'lookup', bare, '10.1.2.3', '--explain', '--kinds', 'dir24-8');
    expect(out).toContain(
      'the file has no values, so those below are places in it\n  dir24-8, values of 2 bytes: 1 read',
    );
    expect(out).toContain('value 2 = 10.1.0.0/16');
    const large = join(folder, 'large.txt');
    writeFileSync(large, '10.0.0.0/8 40000\n10.1.0.0/16 50000\n');
    const { out: wide } = await pxtr('fib', 'lookup', large, '10.1.2.3', '--explain', '--kinds', 'dir24-8');
    expect(wide).toContain('dir24-8, values of 4 bytes');
    expect(wide).toContain('value 50000 = 10.1.0.0/16');
  });

  it('shows of a long list what was read first, and last', async () => {
    const long = join(folder, 'long.txt');
    writeFileSync(long, Array.from({ length: 60 }, (_, i) => `10.0.${i}.0/24 ${i + 1}`).join('\n'));
    const { out } = await pxtr('fib', 'lookup', long, '10.0.1.1', '--explain', '--kinds', 'linear');
    expect(out).toMatch(
      /^ +47 {2}prefix .*\n +12 more like these\n +60 {2}prefix .*; (?:\n +)?ends with\s+value 2 = 10\.0\.1\.0\/24$/m,
    );
  });

  it('explains a table that has nothing to read', async () => {
    const alone = join(folder, 'alone.txt');
    writeFileSync(alone, '0.0.0.0/0 9\n');
    const { out } = await pxtr(
      'fib',
      'lookup',
      alone,
      '10.0.1.1',
      '2001:db8::1',
      '--explain',
      '--kinds',
      'hash-length',
    );
    expect(out).toContain('0 reads in 0 lines of 64 bytes\n       nothing to read: value 9 = 0.0.0.0/0\n');
    expect(out).toContain('0 reads in 0 lines of 64 bytes\n       nothing to read: no prefix\n');
  });

  it('says what is no address, no algorithm, and none for this family', async () => {
    expect(await pxtr('fib', 'lookup', file, '10.1.2')).toMatchObject({
      code: 2,
      err: expect.stringContaining('10.1.2 is no address') as string,
    });
    expect(await pxtr('fib', 'lookup', file, '::1', '--kinds', 'foo')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no kind foo; there are: linear,') as string,
    });
    expect(await pxtr('fib', 'lookup', file, '::1', '--kinds', 'sail')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no kind named serves IPv6') as string,
    });
  });
});
