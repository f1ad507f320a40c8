// The short form of `npm run test:stress`. That it can fail is tested as well: without grace, batches are torn.
import { describe, expect, it } from 'vitest';
import { CONTROL_NO_GRACE } from '../../assembly/layout.ts';
import { bundleThread } from '../support/bundle-thread.ts';
import { STRESS_KINDS, type StressKind } from './plan.ts';
import { runStress, type Outcome, type StressOptions } from './run.ts';

const GRACE_MS = 400;
/** However slow the machine. */
const LIMIT_MS = 30_000;
const READERS = 2;
const SEED = 1;

const script = bundleThread('stress/reader');

function run(kind: StressKind, flags: number, isEnough: StressOptions['isEnough']): Promise<Outcome> {
  return runStress({
    kind,
    readers: READERS,
    seed: SEED,
    flags,
    killEveryMs: flags === 0 ? 100 : 0,
    script,
    isEnough: (outcome, elapsedMs) => elapsedMs > LIMIT_MS || isEnough(outcome, elapsedMs),
  });
}

describe.each(STRESS_KINDS)(`${READERS} readers and a writer in threads, %s tables`, (kind) => {
  it(
    'with grace no batch is torn, though readers are ended wherever they are',
    { timeout: 2 * LIMIT_MS },
    async () => {
      const outcome = await run(kind, 0, ({ batches, publishes, kills }, elapsedMs) => {
        return elapsedMs > GRACE_MS && batches > 10_000 && publishes > 10 && kills > 0;
      });
      console.log(`${kind}, grace: ${JSON.stringify(outcome)}`);
      expect(outcome.torn).toBe(0);
      expect(outcome.publishes).toBeGreaterThan(10);
      expect(outcome.batches).toBeGreaterThan(10_000);
      expect(outcome.kills).toBeGreaterThan(0);
    },
  );

  it('without grace batches are torn: the test can see it', { timeout: 2 * LIMIT_MS }, async () => {
    const outcome = await run(kind, CONTROL_NO_GRACE, ({ torn }) => torn > 0);
    console.log(`${kind}, no grace: ${JSON.stringify(outcome)}`);
    expect(outcome.torn).toBeGreaterThan(0);
  });
});
