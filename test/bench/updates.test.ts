// Updates of `pxtr bench`: who changes in place and who builds anew, and that what was read wrongly is never told as a time.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IpPrefix } from '../../src/base/ip.ts';
import { hasFailed, isFault } from '../../src/bench/contender.ts';
import { Flapping, WrongValues, type StartReader } from '../../src/bench/flapping.ts';
import { ALL_KINDS, BUILT_WHOLE } from '../../src/bench/forms.ts';
import { runBench, type BenchOptions } from '../../src/bench/measure.ts';
import { withUpdates } from '../../src/bench/updates.ts';
import { CHAIN, flaps, watch } from '../../src/bench/update-work.ts';
import { startReader } from '../../src/cli/bench-reader.ts';
import { leastLeafBytes, lpmCapabilities, serves } from '../../src/engine/lpm.ts';
import { researchModuleSync } from '../../src/engine/open-research-node.ts';
import { ResearchTable } from '../../src/engine/research-table.ts';
import { bundleThread } from '../support/bundle-thread.ts';
import { schemaErrors } from '../support/json-schema.ts';
import { idle, NESTED } from './support.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/bench-schema.json', import.meta.url), 'utf8'));
const FOUR = NESTED.filter(({ prefix }) => prefix.address.family === 4);
const OPTIONS: BenchOptions = {
  table: 'nested',
  rows: NESTED,
  traces: ['rand'],
  kinds: ['patricia', 'dir24-stride6', 'poptrie'],
  keys: 256,
  rounds: 1,
  milliseconds: 1,
  batches: [256],
  sample: 0,
  seed: 1,
};
const script = bundleThread('../src/cli/bench-reader-thread');
const realReader: StartReader = (engine, work) => startReader(engine, work, script);

const updated = (reader: StartReader, options: Partial<BenchOptions> = {}, rounds = 3) => {
  const all = { ...OPTIONS, ...options };
  const report = runBench(all, () => undefined);
  return withUpdates(report, { ...all, rounds, updates: 10, startReader: reader }, () => undefined);
};

describe('updates', () => {
  it(
    'have percentiles of all changes, alone and beside a reader, or the time of a build',
    { timeout: 60_000 },
    async () => {
      const steps: number[] = [];
      const run = await withUpdates(
        runBench(OPTIONS, () => undefined),
        { ...OPTIONS, rounds: 3, updates: 10, startReader: realReader },
        (_, done, total) => {
          expect(done).toBeLessThan(total);
          steps.push(done);
        },
      );
      expect(steps).toEqual(steps.map((_, i) => i));
      expect(run.refused).toEqual([]);
      expect(run.settings.updates).toBe(10);
      expect(run.updates.map(({ family, kind, leafBytes, way }) => [family, kind, leafBytes, way])).toEqual([
        [4, 'patricia', 4, 'in place'],
        [4, 'poptrie', 2, 'rebuild'],
        [4, 'poptrie', 4, 'rebuild'],
        [6, 'patricia', 4, 'in place'],
        [6, 'dir24-stride6', 2, 'in place'],
        [6, 'dir24-stride6', 4, 'in place'],
        [6, 'poptrie', 2, 'rebuild'],
        [6, 'poptrie', 4, 'rebuild'],
      ]);
      for (const each of run.updates) {
        if (each.way === 'rebuild') {
          const { family, kind, leafBytes, buildMs } = each;
          const built = run.results.find(
            (other) => other.family === family && other.kind === kind && other.leafBytes === leafBytes,
          );
          expect(buildMs).toBe(built!.buildMs);
          continue;
        }
        for (const { changes, withdraw, announce } of [each.alone, each.beside]) {
          // Ten over three rounds, and none of the one that warms up.
          expect({ changes, withdrawn: withdraw.n, announced: announce.n }).toEqual({
            changes: 1,
            withdrawn: 10,
            announced: 10,
          });
          expect(withdraw.p99Us).toBeGreaterThanOrEqual(withdraw.p50Us);
          expect(announce.p50Us).toBeGreaterThan(0);
        }
        expect(each.alone.lookupsBeside).toBeUndefined();
        // On one core it may not have had its turn before all was over.
        const isMissing = run.absent.some(({ why }) =>
          why.startsWith(`a reader beside IPv${each.family} ${each.kind} ${each.leafBytes} B`),
        );
        expect(each.beside.lookupsBeside === 0).toBe(isMissing);
        expect(each.beside.torn).toBe(0);
      }
      expect(schemaErrors(SCHEMA, JSON.parse(JSON.stringify(run)))).toEqual([]);
    },
  );

  it(
    'with a torn read are refused, which is a fault, and are told of nobody',
    { timeout: 60_000 },
    async () => {
      const run = await updated(idle(3), { kinds: ['patricia', 'poptrie'], rows: FOUR });
      expect(run.refused).toEqual([
        {
          table: 'nested',
          family: 4,
          kind: 'patricia',
          leafBytes: 4,
          during: 'updates',
          why: '3 torn reads, with 256 lookups beside',
        },
      ]);
      expect(run.refused.every(isFault)).toBe(true);
      for (const part of [run.results, run.instruments, run.memory])
        expect(part.map(({ kind }) => kind)).not.toContain('patricia');
      expect(run.results.length).toBeGreaterThan(0);
      expect(run.updates.map(({ kind }) => kind)).toEqual(['poptrie', 'poptrie']);
      expect(schemaErrors(SCHEMA, JSON.parse(JSON.stringify(run)))).toEqual([]);
    },
  );

  it('without a single result have failed, as with a fault', () => {
    const report = runBench({ ...OPTIONS, kinds: ['patricia'], rows: FOUR }, () => undefined);
    expect(hasFailed(report)).toBe(false);
    expect(hasFailed({ ...report, results: [] })).toBe(true);
    const wrong = {
      table: 'nested',
      family: 4,
      trace: 'rand',
      kind: 'sail',
      leafBytes: 2,
      why: 'says 1, not 2',
    } as const;
    expect(hasFailed({ ...report, refused: [wrong] })).toBe(true);
  });

  it('with fewer changes than rounds are counted all the same', { timeout: 60_000 }, async () => {
    const run = await updated(idle(0), { kinds: ['patricia'], rows: FOUR }, 25);
    expect(run.updates).toMatchObject([{ alone: { withdraw: { n: 10 } }, beside: { announce: { n: 10 } } }]);
  });
});

describe('a table that flaps', () => {
  const lists = flaps(FOUR, 1, 4, 1);
  const setting = { family: 4 as const, rows: FOUR, lists, watched: watch(4, FOUR, lists, 256, 1) };
  const form = { kind: 'patricia', leafBytes: 4 } as const;

  it('that does not hold what it was given is not measured', async () => {
    const others = FOUR.map(({ prefix, value }) => ({ prefix, value: value + 1 }));
    await expect(new Flapping(form, { ...setting, rows: others }).open()).rejects.toThrow(WrongValues);
  });

  it('that is not as it was after a change is not measured', async () => {
    const forgets = lists.map((list) => list.map(({ prefix }) => ({ prefix, value: 0 })));
    await expect(new Flapping(form, { ...setting, lists: forgets }).open()).rejects.toThrow('not as it was');
  });

  it('whose thread reads what no state of the table has is refused by it', { timeout: 60_000 }, async () => {
    const deceived: StartReader = (engine, work) =>
      realReader(engine, { ...work, allowed: work.allowed.map((value) => (value === 0 ? 0 : value + 1)) });
    const flapping = new Flapping(form, { ...setting, startReader: deceived });
    try {
      await flapping.open();
      await expect(flapping.flap(lists)).rejects.toThrow(/^\d+ torn reads, with \d+ lookups beside$/);
    } finally {
      await flapping.close();
    }
  });

  it(
    'is checked in all that its thread reads, not in the first batch alone',
    { timeout: 60_000 },
    async () => {
      const watched = watch(4, FOUR, lists, 1024, 1);
      const allowed = watched.allowed.map((value, i) =>
        i >= 256 * CHAIN && i < 512 * CHAIN && value !== 0 ? value + 1 : value,
      );
      const deceived: StartReader = (engine, work) => realReader(engine, { ...work, allowed });
      const flapping = new Flapping(form, { ...setting, watched, startReader: deceived });
      try {
        await flapping.open();
        // A pass looks 1,024 addresses up; passes go on until the changes are done.
        let torn = '';
        for (let i = 0; i < 100 && torn === ''; i++)
          await flapping.flap(lists).catch((problem: unknown) => {
            torn = String(problem);
          });
        expect(torn).toMatch(/\d+ torn reads/);
      } finally {
        await flapping.close();
      }
    },
  );

  it('stops its reader when a change fails', async () => {
    const calls: string[] = [];
    const told = (call: string): Promise<void> => Promise.resolve(void calls.push(call));
    const listed: StartReader = () =>
      Promise.resolve({
        begin: () => told('begin'),
        end: () => told('end').then(() => ({ lookups: 1, torn: 0 })),
        close: () => told('close'),
      });
    const flapping = new Flapping(form, { ...setting, startReader: listed });
    await flapping.open();
    const none = [[{ prefix: undefined as unknown as IpPrefix, value: 1 }]];
    await expect(flapping.flap(none)).rejects.toThrow(TypeError);
    expect(calls).toEqual(['begin', 'end']);
    await flapping.close();
  });

  it('hears of a thread that ends', { timeout: 60_000 }, async () => {
    const broken: StartReader = (engine, work) =>
      realReader(engine, { ...work, keys: undefined as unknown as Uint32Array });
    const flapping = new Flapping(form, { ...setting, startReader: broken });
    try {
      await flapping.open();
      await expect(flapping.flap(lists)).rejects.toThrow(/undefined/);
    } finally {
      await flapping.close();
    }
  });
});

it('kinds that build anew are those that cannot insert', () => {
  const cannot = ALL_KINDS.filter((kind) => {
    const family = serves(kind, 4) ? 4 : 6;
    const options = { kind, leafBytes: leastLeafBytes(kind), family } as const;
    const { engine } = ResearchTable.build(researchModuleSync(), [], options);
    return !lpmCapabilities(engine.exports, kind).incremental;
  });
  expect(BUILT_WHOLE).toEqual(cannot);
});
