// The lookup bench: its tables and keys, that it refuses what is wrong, and what it makes of a run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatPrefix, ip } from '../../src/base/ip-text.ts';
import type { TableContender } from '../../src/bench/contender.ts';
import { captureKeys } from '../../src/bench/capture-keys.ts';
import { gate } from '../../src/bench/gate.ts';
import { makeKeys, PATTERNS, readKeys } from '../../src/bench/keys.ts';
import { timeBatches } from '../../src/bench/latency.ts';
import { makeTable } from '../../src/bench/made-table.ts';
import { runBench, tableFacts, type BenchOptions } from '../../src/bench/measure.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import { readTable } from '../../src/bench/table-file.ts';
import { LARGEST_BATCH } from '../../src/bench/traces.ts';
import { encodeIp } from '../../src/wire/ip-packet.ts';
import { LISP_KK } from '../../src/wire/lisp-data.ts';
import { captureOf, ipv4Packet, lispPacket } from './packets.ts';
import { NESTED, rowsOf } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-table-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const FOUR = NESTED.filter(({ prefix }) => prefix.address.family === 4);

describe('a table', () => {
  it('of a file has prefixes with their values, or with made ones', () => {
    const valued = readTable(write('valued', '# a comment\n10.0.0.0/8 7\n10.1.0.0/16 8 # nested\n'), 1);
    expect(valued.map(({ value }) => value)).toEqual([7, 8]);
    const made = readTable(write('bare', '10.0.0.0/8\n\n11.0.0.0/8\n'), 1);
    expect(made).toHaveLength(2);
    for (const { value } of made) expect(value).toBeGreaterThanOrEqual(1);
    expect(readTable(join(folder, 'bare'), 1)).toEqual(made);
  });

  it('of a file is refused with the line that is wrong', () => {
    expect(() => readTable(write('bad', '10.0.0.0/8\n10.0.0/8\n'), 1)).toThrow(
      'line 2: 10.0.0/8 is no prefix',
    );
  });

  it('that is made has about 50,000 prefixes, each once, most of IPv4 a /24, and depends on the seed alone', () => {
    const rows = makeTable(1);
    expect(rows.length).toBeGreaterThan(45_000);
    expect(rows.length).toBeLessThan(51_000);
    expect(new Set(rows.map(({ prefix }) => formatPrefix(prefix))).size).toBe(rows.length);
    const { lengths, prefixes } = tableFacts(
      4,
      rows.filter(({ prefix }) => prefix.address.family === 4),
    );
    expect(lengths['24']! / prefixes).toBeGreaterThan(0.5);
    expect(makeTable(1)).toEqual(rows);
    expect(makeTable(2)).not.toEqual(rows);
  });
});

describe('keys', () => {
  const keysOf = (pattern: (typeof PATTERNS)[number], count = 2048): Uint32Array =>
    makeKeys(FOUR, 4, pattern, count, 3);

  it.each(['rand', 'zipf', 'repeat', 'scan'] as const)('of %s are in prefixes of the table', (pattern) => {
    for (const key of keysOf(pattern)) expect(key >>> 24).toBe(10);
  });

  it('of zipf come again', () => {
    expect(new Set(keysOf('zipf')).size).toBeLessThan(1900);
  });

  it('of repeat stand sixteen times in a row', () => {
    const keys = keysOf('repeat');
    for (let i = 0; i < keys.length; i++) expect(keys[i]).toBe(keys[i - (i % 16)]);
    expect(new Set(keys).size).toBeGreaterThan(100);
  });

  it('of scan are of each prefix in turn', () => {
    const keys = keysOf('scan', 6);
    expect([...keys].map((key) => key >>> 16).slice(1, 3)).toEqual([0x0a01, 0x0a01]);
    expect(keys[2]! >>> 7).toBe(0x0a01_0280 >>> 7);
    expect(keys[5]! >>> 7).toBe(0x0a01_0280 >>> 7);
  });

  it('of seq follow each other, past the end of a word as well', () => {
    const keys = keysOf('seq');
    for (let i = 1; i < keys.length; i++) expect(keys[i]).toBe((keys[i - 1]! + 1) >>> 0);
    const rows = rowsOf({ '2001:db8:0:1:0:0:ffff:ffff/128': 1 });
    expect([...makeKeys(rows, 6, 'seq', 2, 1).subarray(4)]).toEqual([0x2001_0db8, 1, 1, 0]);
  });

  it.each(PATTERNS)('of %s depend on the seed alone', (pattern) => {
    expect(keysOf(pattern)).toEqual(keysOf(pattern));
  });

  it('are read from files of the native generator', () => {
    write('k4rand.bin', new Uint8Array(Uint32Array.of(0x0a01_0203, 5).buffer));
    write(
      'k6rand.bin',
      Uint8Array.from({ length: 16 }, (_, i) => i),
    );
    expect([...readKeys(folder, 4, 'rand')!]).toEqual([0x0a01_0203, 5]);
    expect([...readKeys(folder, 6, 'rand')!]).toEqual([0x0001_0203, 0x0405_0607, 0x0809_0a0b, 0x0c0d_0e0f]);
    expect(readKeys(folder, 4, 'unif')).toBeUndefined();
  });

  it('of a capture are destinations of its packets, in turn', () => {
    const file = write(
      'some.pcap',
      captureOf([ipv4Packet('192.0.2.1', '10.0.0.1'), ipv4Packet('192.0.2.1', '10.0.0.2')]),
    );
    expect([...captureKeys(file, 4, 3).keys]).toEqual([0x0a00_0001, 0x0a00_0002, 0x0a00_0001]);
    expect(captureKeys(file, 4, 3).facts).toEqual({ packets: 2, used: 2, insideLisp: 0, destinations: 2 });
    expect(captureKeys(file, 6, 3).keys).toHaveLength(0);
  });

  it('of LISP data packets are those of the packets inside, and none where these cannot be read', () => {
    const inner = ipv4Packet('10.0.0.9', '10.0.0.1');
    const six = encodeIp(
      { source: ip('2001:db8::9'), destination: ip('2001:db8::1'), ttl: 64, protocol: 253 },
      new Uint8Array(0),
    );
    const file = write(
      'lisp.pcap',
      captureOf([
        lispPacket('203.0.113.1', inner),
        lispPacket('203.0.113.1', lispPacket('203.0.113.2', inner)),
        lispPacket('203.0.113.1', six),
        lispPacket('203.0.113.1', inner, LISP_KK),
        lispPacket('203.0.113.1', Uint8Array.of(0)),
        ipv4Packet('192.0.2.1', '10.0.0.2'),
        encodeIp({ source: ip('192.0.2.1'), destination: ip('203.0.113.3'), ttl: 64, protocol: 4 }, inner),
      ]),
    );
    const { keys, facts } = captureKeys(file, 4, 5);
    expect([...keys]).toEqual([0x0a00_0001, 0x0a00_0001, 0x0a00_0002, 0x0a00_0001, 0x0a00_0001]);
    expect(facts).toEqual({ packets: 7, used: 4, insideLisp: 2, destinations: 2 });
    expect([...captureKeys(file, 6, 1).keys]).toEqual([0x2001_0db8, 0, 0, 1]);
    expect(captureKeys(file, 6, 1).facts).toEqual({ packets: 7, used: 1, insideLisp: 1, destinations: 1 });
  });

  it('of what is no capture are refused', () => {
    expect(() => captureKeys(write('no.pcap', 'nothing'), 4, 3)).toThrow('is no capture');
  });
});

describe('the gate', () => {
  const keys = makeKeys(FOUR, 4, 'rand', 1024, 1);
  const oracle = new Oracle(4, FOUR);
  const right = Uint32Array.from(keys, (_, i) => oracle.lookup(keys.subarray(i, i + 1)));
  const saying = (
    kind: string,
    values: Uint32Array,
    answers: 'values' | 'match' = 'values',
  ): TableContender => ({
    kind,
    leafBytes: 4,
    family: 4,
    answers,
    buildMs: 0,
    readerBytes: 0,
    liveBytes: 0,
    setKeys: () => undefined,
    pass: () => 0,
    values: () => values,
  });
  const whys = (...contenders: TableContender[]): (string | undefined)[] =>
    gate(contenders, keys, oracle).judged.map(({ why }) => why);
  const wrongAt = (at: number): Uint32Array => right.map((value, i) => (i === at ? value + 1 : value));

  it('lets those through whose answers are the table’s', () => {
    expect(whys(saying('a', right), saying('b', right))).toEqual([undefined, undefined]);
  });

  it('refuses a single wrong answer that the oracle was asked for', () => {
    const [why, other] = whys(saying('a', wrongAt(700)), saying('b', right));
    expect(why).toMatch(/^answers \d+ for 10\.\d+\.\d+\.\d+, where \d is right$/);
    expect(other).toBeUndefined();
  });

  it('refuses one that differs from most where the oracle was not asked', () => {
    const half = { sample: (all: Uint32Array) => oracle.sample(all.subarray(0, 512), 8192) };
    const { judged } = gate([saying('a', wrongAt(700)), saying('b', right), saying('c', right)], keys, half);
    expect(judged.map(({ why }) => why === undefined)).toEqual([false, true, true]);
  });

  it('asks those without values for the match only', () => {
    const match = right.map((value) => Math.min(1, value));
    const none = match.map((value, i) => (i === 9 ? 0 : value));
    expect(whys(saying('a', right), saying('b', match, 'match'))).toEqual([undefined, undefined]);
    expect(whys(saying('a', right), saying('b', none, 'match'))[1]).toContain('answers 0 for');
  });
});

describe('latency', () => {
  it.each([
    [1, 256],
    [64, 256],
    [100, 200],
    [192, 192],
    [256, 256],
  ])('of batches of %i is that of %i keys in such batches', (batch, keys) => {
    const asked: number[][] = [];
    const contender: TableContender = {
      kind: 'a',
      leafBytes: 4,
      family: 4,
      answers: 'values',
      buildMs: 0,
      readerBytes: 0,
      liveBytes: 0,
      setKeys: () => undefined,
      pass: (...args) => asked.push(args),
      values: () => new Uint32Array(0),
    };
    const latency = timeBatches(contender, batch, 512, () => undefined);
    expect(latency).toMatchObject({ batch, keys, times: asked.length });
    expect(new Set(asked.map(([count, size]) => `${count} ${size}`))).toEqual(new Set([`${keys} ${batch}`]));
    for (const [, , from] of asked) expect(from! + keys).toBeLessThanOrEqual(512);
  });
});

describe('a run', () => {
  const OPTIONS: BenchOptions = {
    table: 'nested',
    rows: NESTED,
    traces: ['rand', 'zipf', 'unif'],
    kinds: ['linear', 'compare', 'patricia', 'dir18-run'],
    keys: 512,
    rounds: 2,
    milliseconds: 1,
    batches: [1, 64, 256],
    sample: 100,
    seed: 1,
  };

  it(
    'has a result for each family, trace, kind, size of leaves and batch, with equal digests',
    { timeout: 60_000 },
    () => {
      let last = 0;
      const { results, instruments, refused } = runBench(OPTIONS, (_, done, total) => {
        expect(done).toBeGreaterThanOrEqual(last);
        expect(done).toBeLessThan(total);
        last = done;
      });
      expect(refused).toEqual([]);
      const named = (family: 4 | 6): string[] =>
        results
          .filter((each) => each.family === family && each.trace === 'rand' && each.batch === LARGEST_BATCH)
          .map(({ kind, leafBytes }) => `${kind} ${leafBytes}`);
      expect(named(4)).toEqual(['linear 4', 'compare 4', 'patricia 4', 'dir18-run 2', 'dir18-run 4']);
      expect(named(6)).toEqual(['linear 4', 'patricia 4']);
      expect(results).toHaveLength(7 * 3 * 3);
      for (const family of [4, 6] as const) {
        for (const trace of OPTIONS.traces) {
          const own = results.filter((each) => each.family === family && each.trace === trace);
          expect(new Set(own.map(({ digest }) => digest)).size).toBe(1);
        }
      }
      for (const { batch, mlps, bytesPerPrefix, totalBytesPerPrefix, latency } of results) {
        expect(latency.batch).toBe(batch);
        expect(mlps.median).toBeGreaterThan(0);
        expect(mlps.rounds).toHaveLength(2);
        expect(totalBytesPerPrefix).toBeGreaterThanOrEqual(bytesPerPrefix!);
        const ns = latency.percentiles.map((each) => each.ns);
        expect(ns).toEqual(ns.toSorted((a, b) => a - b));
      }
      expect(instruments).toHaveLength(7 * 3);
      for (const { sample } of instruments) expect(sample).toBe(100);
    },
  );

  it('tells which kind does not fit, and goes on without it', { timeout: 60_000 }, () => {
    const rows = rowsOf({ '10.0.0.0/8': 1 });
    const { refused, results } = runBench(
      {
        ...OPTIONS,
        rows,
        traces: ['rand'],
        kinds: ['linear'],
        batches: [256],
        sample: 0,
        peers: [
          {
            kind: 'wrong',
            families: [4],
            open: () => ({
              kind: 'wrong',
              leafBytes: 4,
              family: 4,
              answers: 'values',
              buildMs: 0,
              readerBytes: 1,
              liveBytes: 1,
              setKeys: () => undefined,
              pass: () => {
                throw new Error('it was timed');
              },
              values: () => new Uint32Array(512).fill(2),
            }),
          },
        ],
      },
      () => undefined,
    );
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ family: 4, trace: 'rand', kind: 'wrong' });
    expect(results.map(({ kind }) => kind)).toEqual(['linear']);
  });

  it('goes on without a family that no kind named serves, and says so', { timeout: 60_000 }, () => {
    const run = runBench(
      { ...OPTIONS, traces: ['rand'], kinds: ['dir24-stride6'], batches: [256], sample: 0 },
      () => undefined,
    );
    expect(run.absent).toEqual([{ table: 'nested', family: 4, why: 'no kind named serves IPv4' }]);
    expect(run.tables.map(({ family }) => family)).toEqual([6]);
    expect(run.results.map(({ kind }) => kind)).toContain('dir24-stride6');
  });

  it('is refused where no kind named serves any prefix', () => {
    expect(() => runBench({ ...OPTIONS, rows: FOUR, kinds: ['dir24-stride6'] }, () => undefined)).toThrow(
      /^no kind named serves IPv4$/,
    );
  });

  it('is refused without keys or prefixes', () => {
    expect(() => runBench({ ...OPTIONS, rows: [] }, () => undefined)).toThrow('nested has no prefixes');
    const keyFiles = join(folder, 'none');
    expect(() => runBench({ ...OPTIONS, keyFiles }, () => undefined)).toThrow(
      'none: there is no such folder',
    );
    mkdirSync(keyFiles);
    expect(() => runBench({ ...OPTIONS, traces: ['rand'], keyFiles }, () => undefined)).toThrow(
      `IPv4 rand: no k4rand.bin in ${keyFiles}\nIPv6 rand: no k6rand.bin in ${keyFiles}`,
    );
    expect(() => runBench({ ...OPTIONS, keys: 100 }, () => undefined)).toThrow('at least 256 keys');
  });
});
