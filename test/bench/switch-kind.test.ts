import { expect, it } from 'vitest';
import { measureCase } from '../../bench/runner.ts';
import { switchCase } from '../../bench/switch-kind.ts';
import { cidr } from '../../src/index.ts';
import { LARGE_TABLE } from '../../src/engine/lpm.ts';
import type { TableRow } from '../../src/tables/collect.ts';

const SETTINGS = { rounds: 2, seconds: 0.001, seed: 1, keys: 0, unsummed: false };
const rows = (count: number): TableRow[] =>
  Array.from({ length: count }, (_, i) => ({ prefix: cidr(`10.${i >>> 8}.${i & 255}.0/24`), value: i + 1 }));

it('has auto take the other kind in each round, both ways', async () => {
  const { measured } = await measureCase(
    'build',
    switchCase(rows(LARGE_TABLE), 1),
    SETTINGS,
    () => undefined,
  );
  expect(measured.map(({ name }) => name)).toEqual(['dir18-run to dir24-8', 'dir24-8 to dir18-run']);
  // Where nothing is converted, a publish takes some nanoseconds for each of so many prefixes.
  for (const { rounds } of measured) for (const { medianNs } of rounds) expect(medianNs).toBeGreaterThan(100);
});

it('does not time a table that is too small to follow the traffic', async () => {
  const small = switchCase(rows(LARGE_TABLE - 1), 1);
  await expect(measureCase('build', small, SETTINGS, () => undefined)).rejects.toThrow('for spread traffic');
});
