// The twins on the same random tables and packets: verdicts, bytes, counters, hits and matches are equal.
// PXTR_LONG=1 runs for two minutes; PXTR_SEED=n repeats one seed.
import { describe, expect, it } from 'vitest';
import {
  REASON_COUNT,
  REASON_NONE,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import * as layout from '../../assembly/layout.ts';
import { Model } from '../../src/engine/model.ts';
import type { DataPlane, Verdict } from '../../src/engine/data-plane.ts';
import { compareFromSeed, type Tally } from './differential-run.ts';
import { makeEngine } from './engine-builds.ts';

const SEEDS = 60;
const LONG_MS = 120_000;

function emptyTally(): Tally {
  return { packets: 0, outcomes: new Map() };
}

function runSeeds(makeSubject: () => DataPlane): Tally {
  const tally = emptyTally();
  const only = process.env['PXTR_SEED'];
  if (only !== undefined) {
    compareFromSeed(Number(only), makeSubject, tally);
  } else if (process.env['PXTR_LONG'] === '1') {
    const start = Math.floor(Math.random() * 0x7fff_0000);
    const end = performance.now() + LONG_MS;
    for (let seed = start; performance.now() < end; seed++) compareFromSeed(seed, makeSubject, tally);
  } else {
    for (let seed = 1; seed <= SEEDS; seed++) compareFromSeed(seed, makeSubject, tally);
  }
  return tally;
}

/** Every way a packet can end, as "verdict/reason". */
const ALL_OUTCOMES = [
  `${VERDICT_NATIVE}/${REASON_NONE}`,
  `${VERDICT_ENCAP}/${REASON_NONE}`,
  ...Object.entries(layout)
    .filter(([name]) => name.startsWith('REASON_') && name !== 'REASON_NONE' && name !== 'REASON_COUNT')
    .map(([, code]) => `${code < layout.REASON_TRUNCATED ? VERDICT_PUNT : VERDICT_DROP}/${code}`),
];

describe('Engine and Model', () => {
  it(
    'do the same with random tables, churned between batches, and random packets',
    { timeout: 180_000 },
    () => {
      const tally = runSeeds(() => makeEngine('release'));
      if (process.env['PXTR_SEED'] !== undefined) return;
      expect(tally.packets).toBeGreaterThanOrEqual(20_000);
      // The generator reaches every outcome, some of them only a few times.
      expect([...tally.outcomes.keys()].sort()).toEqual(ALL_OUTCOMES.toSorted());
      expect(REASON_COUNT).toBeGreaterThan(ALL_OUTCOMES.length);
    },
  );
});

describe('Engine and Model, with less usual engines', () => {
  it.each([
    ['the debug build', (): DataPlane => makeEngine('debug')],
    ['the shared build', (): DataPlane => makeEngine('shared')],
    ['linear tables', (): DataPlane => makeEngine('release', { lpm: 'linear' })],
  ])('do the same with %s', (_, makeSubject) => {
    const tally = emptyTally();
    for (let seed = 1001; seed <= 1006; seed++) compareFromSeed(seed, makeSubject, tally);
    expect(tally.packets).toBeGreaterThan(3000);
  });

  it('do the same when a batch is larger than an engine takes between two looks at its tables', () => {
    const packets = 2 * layout.BATCH_MAX + 88;
    const makeSubject = (): DataPlane => makeEngine('release', { buffers: packets });
    for (let seed = 2001; seed <= 2002; seed++) compareFromSeed(seed, makeSubject, emptyTally(), packets);
  });
});

describe('the comparison', () => {
  /** A Model that lies in one respect. */
  class Liar extends Model {
    override collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
      super.collect((verdict, bytes) =>
        visit(verdict.mtu === 0 ? verdict : { ...verdict, mtu: verdict.mtu + 1 }, bytes),
      );
    }
  }

  it('notices a single wrong field and names seed and packet', () => {
    const run = (): void => {
      for (let seed = 1; seed <= 5; seed++) compareFromSeed(seed, () => new Liar(), emptyTally());
    };
    expect(run).toThrow(/seed \d+, batch \d+, packet \d+: mtu: model \d+, engine \d+/);
  });

  it('notices a wrong counter', () => {
    class Miscounter extends Model {
      override counters() {
        const counters = super.counters();
        return { ...counters, punted: counters.punted + 1 };
      }
    }
    expect(() => compareFromSeed(1, () => new Miscounter(), emptyTally())).toThrow(
      /seed 1, batch 0: counters/,
    );
  });
});
