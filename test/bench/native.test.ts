// The native contenders are held to the project's own tables and packets, over a table of this test's making.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineWorld } from '../../bench/engine-world.ts';
import { CallContender } from '../../bench/full-table.ts';
import { generate, readRoutes, readTrace, TRACES } from '../../bench/native-data.ts';
import { buildNative, NativeHarness } from '../../bench/native-harness.ts';
import { judge } from '../../bench/native-judge.ts';
import type { NativeContender } from '../../bench/native-protocol.ts';
import { digestOf } from '../../src/bench/gate.ts';
import { prefixList } from './prefix-list.ts';

const SEED = 1;
const KEYS = 100_000;
const PREFIXES = 20_000;
const NEXT_HOPS = 100;
/** Room for the tables of this size, in MB; and for those of the engine, in bytes. */
const MEGABYTES = 1536;
const TABLE_BYTES = 192 * 2 ** 20;
const JUDGE = 'patricia';

const programs = buildNative();
if ('skipped' in programs) console.warn(`skipped: ${programs.skipped}`);

describe.skipIf('skipped' in programs)('native contenders', () => {
  let folder: string;
  let harness: NativeHarness;
  let contenders: readonly NativeContender[];

  beforeAll(async () => {
    if ('skipped' in programs) return;
    folder = mkdtempSync(join(tmpdir(), 'pxtr-native-'));
    const list = join(folder, 'prefixes.txt');
    writeFileSync(list, prefixList(PREFIXES, SEED));
    generate(programs.gen, list, join(folder, 'data'), {
      seed: SEED,
      nextHops: NEXT_HOPS,
      keys4: KEYS,
      keys6: KEYS,
    });
    harness = new NativeHarness(programs.harness, MEGABYTES);
    await harness.load(join(folder, 'data'));
    contenders = await harness.list();
  });

  afterAll(() => {
    harness.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const family of [4, 6] as const) {
    it(`find in IPv${family} what the engine finds, in ${KEYS} keys of each trace`, async () => {
      const data = join(folder, 'data');
      expect([...readRoutes(data, family)].length).toBeGreaterThan(PREFIXES / 4);
      const rows = [...readRoutes(data, family)].map(([prefix, value]) => ({ prefix, value }));
      const table = new CallContender(JUDGE, family, rows, TABLE_BYTES);
      const own = contenders.filter((each) => each.work === 'lookup' && each.family === family);
      let judged = 0;
      for (const trace of TRACES[family]) {
        table.setKeys(readTrace(data, family, trace, 0));
        const wanted = digestOf(table.values());
        for (const { name } of own.filter((each) => !each.name.startsWith('null'))) {
          const got = await harness.check(name, trace, 0);
          if ('skipped' in got) continue;
          expect(got.keys).toBe(KEYS);
          expect(`${name} ${trace} ${got.digest} ${got.sum}`).toBe(`${name} ${trace} ${wanted}`);
          judged++;
        }
      }
      expect(judged).toBeGreaterThan(TRACES[family].length);
    });
  }

  it('give the same sum in calls of any size, and none unsummed', async () => {
    for (const { name } of contenders.filter((each) => each.work === 'lookup')) {
      const sums = new Set<bigint>();
      for (const batch of [1, 64, 256, 1000]) {
        const round = await harness.round(name, 'rand', batch, 10_001);
        if (!('skipped' in round)) sums.add(round.sum);
      }
      expect(`${name} ${sums.size}`).toBe(`${name} ${Math.min(1, sums.size)}`);
      const silent = await harness.round(name, 'rand', 256, 10_000, { unsummed: true });
      if (!('skipped' in silent)) expect(silent.sum).toBe(0n);
    }
  });

  for (const [work, plain] of [
    ['forward', 'forward_plain_lpm'],
    ['decapsulate', 'decapsulate_lpm'],
  ] as const) {
    it(`${work} as the Model does, clean packets and dirty ones`, async () => {
      for (const trace of TRACES[4]) {
        for (const dirty of [false, true]) {
          const packets = await harness.show(plain, trace, 1024, { dirty });
          if ('skipped' in packets) throw new Error(packets.skipped);
          expect(judge(work, packets)).toBeUndefined();
        }
      }
    });

    it(`${work} alike in all loops with all features`, async () => {
      const loops = contenders.filter((each) => each.work === work);
      const whole = loops.filter(({ name }) => !name.startsWith('receive') && !name.includes('bare'));
      for (const trace of TRACES[4]) {
        for (const options of [{}, { dirty: true }, { stride: 2048 }]) {
          const digests = new Set<string>();
          for (const { name } of whole) {
            const got = await harness.check(name, trace, 65_536, options);
            if (!('skipped' in got)) digests.add(`${got.digest} ${got.sum}`);
          }
          expect(digests.size).toBe(1);
        }
      }
    });
  }

  it('are told apart from the engine by nothing, packet for packet', { timeout: 60_000 }, async () => {
    const data = join(folder, 'data');
    for (const [work, receive, plain] of [
      ['forward', 'receive', 'forward_plain_lpm'],
      ['decapsulate', 'receive_lisp', 'decapsulate_lpm'],
    ] as const) {
      const world = EngineWorld.open(data, NEXT_HOPS, 'dir18-run', work);
      for (const trace of TRACES[4]) {
        const keys = readTrace(data, 4, trace, 16_384);
        for (const dirty of [false, true]) {
          const frames = await harness.show(receive, trace, 1024, { dirty });
          const wanted = await harness.check(plain, trace, keys.length, { dirty });
          if ('skipped' in frames || 'skipped' in wanted) throw new Error('a loop in plain C is skipped');
          world.setFrames(frames, keys);
          expect(world.digest(keys)).toBe(`${wanted.digest} ${wanted.sum}`);
        }
      }
    }
  });

  it('answers what it does not know with an error', async () => {
    await expect(harness.round('no-such', 'rand', 256, 0)).rejects.toThrow('no such contender');
    await expect(harness.round('rte_lpm_bulk', '../k4rand', 256, 0)).rejects.toThrow('no such trace');
    await expect(harness.round('rte_lpm_bulk', 'rand', 0, 0)).rejects.toThrow('batch');
    await expect(harness.round('forward_plain_lpm', 'rand', 512, 0)).rejects.toThrow('batches');
    await expect(harness.load(folder)).rejects.toThrow('once');
  });
});
