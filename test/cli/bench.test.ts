// pxtr bench as people type it: what is measured, what is refused and how that is said.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ALL_KINDS } from '../../src/bench/forms.ts';
import type { BenchReport } from '../../src/bench/results.ts';
import type { FibStatsReport } from '../../src/cli/commands/fib-stats.ts';
import { captureOf, ipv4Packet, lispPacket } from '../bench/packets.ts';
import { pxtr, type CommandRun } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-bench-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const TABLE = write('table.txt', '10.0.0.0/8 7\n10.1.0.0/16 8\n10.1.2.128/25 9\n2001:db8::/32 4\n');
const QUICK = '--rounds 1 --milliseconds 1 --keys 512 --sample 0 --trace rand'.split(' ');

/** A short run over the small table. */
const bench = (...args: readonly string[]): Promise<CommandRun> =>
  pxtr('bench', '--table', TABLE, ...QUICK, ...args);

describe('--kinds', () => {
  it('all is all kinds, for bench and for fib', { timeout: 60_000 }, async () => {
    const { code, out } = await bench('--kinds', 'all', '--json');
    expect(code).toBe(0);
    const { results } = JSON.parse(out) as BenchReport;
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(ALL_KINDS));
    const stats = JSON.parse(
      (await pxtr('fib', 'stats', TABLE, '--kinds', 'all', '--json')).out,
    ) as FibStatsReport;
    expect(new Set(stats.kinds.map(({ kind }) => kind))).toEqual(new Set(ALL_KINDS));
    const lookup = await pxtr('fib', 'lookup', TABLE, '10.1.2.129', '--kinds', 'all');
    expect(lookup).toMatchObject({ code: 0, err: '' });
    expect(lookup.out).toContain(`${ALL_KINDS.length - 1} algorithms agree`);
  });

  it.each([[['bench', '--table', TABLE]], [['fib', 'stats', TABLE]], [['fib', 'lookup', TABLE, '10.0.0.1']]])(
    '%j says which there are when a name is none',
    async (command) => {
      const { code, out, err } = await pxtr(...command, '--kinds', 'sail,foo');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toBe(`pxtr: no kind foo; there are: ${ALL_KINDS.join(', ')}, all\n`);
    },
  );

  it('that serve no prefix of the table are refused', async () => {
    const only6 = ['--kinds', 'dir24-stride6', '--family', '4'];
    for (const run of [await bench(...only6), await pxtr('fib', 'stats', TABLE, ...only6)])
      expect(run).toEqual({ ...run, code: 2, out: '', err: 'pxtr: no kind named serves IPv4\n' });
  });
});

describe('a table', () => {
  it.each([
    ['with numbers', TABLE],
    ['without', write('bare.txt', '10.0.0.0/8\n10.1.0.0/16\n2001:db8::/32\n')],
  ])('%s has one digest in fib stats and in bench, and one name wherever it lies', async (_, file) => {
    const stats = await pxtr('fib', 'stats', file, '--no-build', '--json');
    const { families } = JSON.parse(stats.out) as FibStatsReport;
    const run = await pxtr('bench', '--table', file, ...QUICK, '--kinds', 'patricia', '--json');
    const { tables, settings } = JSON.parse(run.out) as BenchReport;
    const digests = families.map(({ digest }) => digest);
    expect(digests).toEqual(tables.map(({ digest }) => digest));
    expect(digests[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(digests[0]).not.toBe(digests[1]);
    expect(settings.table).toBe(basename(file));
  });
});

describe('standard output', () => {
  const HEADS = {
    json: '{\n  "format": "pxtr-bench"',
    csv: 'table,family,trace,',
    markdown: '# ',
    html: '<!doctype',
  };

  it.each(Object.entries(HEADS))('has what --%s - makes, and nothing else', async (format, head) => {
    const { code, out, err } = await bench('--kinds', 'poptrie', '--family', '4', `--${format}`, '-');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(0, head.length)).toBe(head);
    expect(existsSync('-')).toBe(false);
  });

  it('has one thing at a time', async () => {
    const { code, out, err } = await bench('--json', '--csv', '-');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('pxtr: --json and --csv cannot both go to standard output\n');
  });
});

describe('what cannot be written', () => {
  it.each(['json', 'csv', 'markdown', 'html'])(
    '--%s fails before the work, as fib import --out does',
    async (format) => {
      const inNoFolder = await bench(`--${format}`, join(folder, 'no', 'where'));
      expect(inNoFolder).toMatchObject({ code: 1, out: '' });
      expect(inNoFolder.err).toMatch(/^pxtr: cannot write .*: there is no folder /);
      const aFolder = await bench(`--${format}`, folder);
      expect(aFolder).toMatchObject({ code: 1, out: '' });
      for (const out of [join(folder, 'no', 'where'), folder]) {
        const imported = await pxtr('fib', 'import', TABLE, '--out', out);
        expect(imported.code).toBe(1);
        expect(imported.err).toContain(`pxtr: cannot write ${out}: `);
      }
    },
  );
});

describe('what cannot be measured', () => {
  it('a folder of key files that is not there, and one without them', async () => {
    const none = join(folder, 'none');
    const missing = await bench('--traces', none);
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toBe(
      `pxtr: --traces ${none}: there is no such folder\ndocs/lpm.md, "Measuring", says how key files are made.\n`,
    );
    mkdirSync(none);
    const empty = await bench('--traces', none, '--family', '4');
    expect(empty).toMatchObject({ code: 2, out: '' });
    expect(empty.err).toBe(
      `pxtr: IPv4 rand: no k4rand.bin in ${none}\ndocs/lpm.md, "Measuring", says how key files are made.\n`,
    );
  });

  it('a trace that is none is named once', async () => {
    const { code, err } = await bench('--trace', '/x');
    expect(code).toBe(2);
    expect(err.split('/x')).toHaveLength(2);
    expect(err).toContain('none of rand, miss, zipf, unif, seq, repeat, scan, and no file');
  });

  it('a batch of a size that does not exist is named once', async () => {
    const { code, err } = await bench('--batch', '64,7');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'pxtr: --batch 7: neither 1 nor a multiple of 4 up to 256\n',
    });
  });
});

describe('a capture', () => {
  it('tells what it has, and which family it has nothing for', async () => {
    const file = write(
      'some.pcap',
      captureOf([
        ipv4Packet('192.0.2.1', '10.0.0.1'),
        lispPacket('203.0.113.1', ipv4Packet('10.0.0.1', '10.0.0.1')),
      ]),
    );
    const short = '--rounds 1 --milliseconds 1 --keys 512 --sample 0 --kinds poptrie'.split(' ');
    const { code, out } = await pxtr('bench', '--table', TABLE, ...short, '--trace', file);
    expect(code).toBe(0);
    expect(out).toContain(
      'some.pcap: 512 keys, 100.0 % match; of 2 packets 2 for IPv4, 1 of them inside LISP, 1 distinct destination\n',
    );
    expect(out).toContain('left out:\n  IPv6 some.pcap: none of 2 packets has an IPv6 destination\n');
    expect(out).not.toContain('IPv6,');
    const six = await pxtr('bench', '--table', TABLE, ...short, '--trace', file, '--family', '6');
    expect(six).toMatchObject({ code: 2, out: '' });
    expect(six.err).toBe('pxtr: IPv6 some.pcap: none of 2 packets has an IPv6 destination\n');
  });
});
