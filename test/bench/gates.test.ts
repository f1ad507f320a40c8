// Suites that run without being named: their cases open, and all contenders do the same.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ABLATED, ABLATIONS, cutOut } from '../../bench/ablation.ts';
import { forwardCases } from '../../bench/forward.ts';
import { lookupSuite } from '../../bench/lookup.ts';
import { mapCacheCases } from '../../bench/map-cache.ts';
import type { Case, Settings } from '../../bench/runner.ts';

const SETTINGS: Settings = { rounds: 1, seconds: 0.01, seed: 1, keys: 0, unsummed: false };

async function passGates(cases: readonly Case[] | AsyncIterable<Case>): Promise<void> {
  let count = 0;
  for await (const { gate, contenders, baseline } of cases) {
    count++;
    await gate(({ name, why }) => expect.fail(`${name} ${why}`));
    expect(contenders.map(({ name }) => name)).toContain(baseline);
  }
  expect(count).toBeGreaterThan(0);
}

it('bench lookup passes its gates', { timeout: 60_000 }, async () => {
  const cases = await lookupSuite.cases(1, SETTINGS, () => undefined);
  if ('skipped' in cases) throw new Error(cases.skipped);
  await passGates(cases);
});

it('bench forward passes its gates', { timeout: 60_000 }, () =>
  passGates(forwardCases(1, [], () => undefined)),
);

it('bench mapcache passes its gates', { timeout: 60_000 }, () => passGates(mapCacheCases(1, 3000, 0.01)));

it.each(ABLATED)('the sources have what is taken out for %s', (ablation) => {
  for (const cut of ABLATIONS[ablation]) {
    const source = readFileSync(new URL(`../../assembly/${cut.file}`, import.meta.url), 'utf8');
    expect(cutOut(source, cut)).not.toBe(source);
  }
});
