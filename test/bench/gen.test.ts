// What bench/native/gen.c makes of a list of one family, or of none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, readRoutes, readTrace, TRACES } from '../../bench/native-data.ts';
import { buildNative } from '../../bench/native-harness.ts';

const programs = buildNative();
if ('skipped' in programs) console.warn(`skipped: ${programs.skipped}`);

describe.skipIf('skipped' in programs)('gen', () => {
  const gen = 'skipped' in programs ? '' : programs.gen;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-gen-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The files it makes of these lines, by name. */
  function made(name: string, lines: string): Record<string, Buffer> {
    const out = join(folder, name);
    mkdirSync(out);
    const done = spawnSync(gen, ['-', out, '--keys4', '4096', '--keys6', '1024'], {
      input: lines,
      encoding: 'utf8',
    });
    expect(done.stderr).toBe('');
    expect(done.status).toBe(0);
    return Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file))]));
  }

  const FOUR = '10.0.0.0/8\n10.1.0.0/16\n192.0.2.0/24\n';
  const SIX = '2001:db8::/32\n2001:db8:1::/48\n';

  it('makes tables and keys of a list of one family, and an empty table of the other', () => {
    const four = made('four', FOUR);
    expect(Object.keys(four).sort()).toEqual([
      'k4rand.bin',
      'k4unif.bin',
      'k4zipf.bin',
      'routes4.bin',
      'routes6.bin',
    ]);
    expect([four['routes4.bin']!.length, four['routes6.bin']!.length]).toEqual([3 * 12, 0]);
    expect([...readRoutes(join(folder, 'four'), 6)]).toEqual([]);
    const keys = readTrace(join(folder, 'four'), 4, 'rand', 0);
    expect(keys).toHaveLength(4096);
    expect(keys.every((key) => key >>> 24 === 10 || key >>> 8 === 0xc00002)).toBe(true);

    const six = made('six', SIX);
    expect(Object.keys(six).sort()).toEqual(['k6rand.bin', 'k6zipf.bin', 'routes4.bin', 'routes6.bin']);
    expect([six['routes4.bin']!.length, six['routes6.bin']!.length]).toEqual([0, 2 * 24]);
    for (const trace of TRACES[6]) {
      const words = readTrace(join(folder, 'six'), 6, trace, 0);
      expect(words).toHaveLength(4 * 1024);
      expect(words.every((word, i) => i % 4 !== 0 || word === 0x2001_0db8)).toBe(true);
    }
  });

  it('refuses a list without prefixes, and what needs both families a list of one', () => {
    const out = join(folder, 'none');
    mkdirSync(out);
    const done = spawnSync(gen, ['-', out], { input: 'nothing\n', encoding: 'utf8' });
    expect([done.status, done.stderr]).toEqual([1, 'gen: no prefixes in -\n']);
    const list = join(folder, 'four.txt');
    writeFileSync(list, FOUR);
    const data = join(folder, 'data');
    expect(() => {
      generate(gen, list, data, { seed: 1, nextHops: 100, keys4: 256, keys6: 256 });
    }).toThrow('four.txt: prefixes of both families are needed');
    expect(readdirSync(folder).filter((name) => name.startsWith('data'))).toEqual([]);
  });
});
