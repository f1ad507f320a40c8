// What is right for all keys of a trace, and what is said of answers that are not.
import { describe, expect, it } from 'vitest';
import { RangeOracle } from '../../bench/range-oracle.ts';
import { RightAnswers, type Answers } from '../../bench/right-answers.ts';
import { digestOf } from '../../src/bench/gate.ts';
import { makeKeys } from '../../src/bench/keys.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import { distinctRows } from '../../src/tables/collect.ts';
import { prefixesOf } from './prefix-list.ts';
import { NESTED, rowsOf } from './support.ts';

describe.each([4, 6] as const)('the oracle by ranges, IPv%i', (family) => {
  const ends =
    family === 4
      ? { '0.0.0.0/1': 1, '255.255.255.255/32': 2 }
      : { '::/1': 1, 'ffff::/16': 2, 'ffff::/128': 3 };

  it('says what the oracle by lengths says', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const made = prefixesOf(300, seed).map((prefix, i) => ({ prefix, value: 1 + i }));
      const rows = distinctRows([...made, ...rowsOf(ends)]).filter(
        ({ prefix }) => prefix.address.family === family,
      );
      const [ranges, lengths] = [new RangeOracle(family, rows), new Oracle(family, rows)];
      for (const pattern of ['rand', 'unif', 'scan', 'seq'] as const) {
        const keys = makeKeys(rows, family, pattern, 400, seed);
        expect([...ranges.values(keys)]).toEqual(lengths.sample(keys, 400).map(({ value }) => value));
      }
    }
  });

  it('has no match without a prefix, and one everywhere with a default', () => {
    const keys = new Uint32Array([0, 1, 2, 3, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff]);
    expect(new Set(new RangeOracle(family, []).values(keys))).toEqual(new Set([0]));
    const all = rowsOf(family === 4 ? { '0.0.0.0/0': 5 } : { '::/0': 5 });
    expect(new Set(new RangeOracle(family, all).values(keys))).toEqual(new Set([5]));
  });
});

describe('answers', () => {
  const rows = NESTED.filter(({ prefix }) => prefix.address.family === 4);
  const keys = makeKeys(rows, 4, 'rand', 1024, 1);
  const values = new RangeOracle(4, rows).values(keys);
  const right = new RightAnswers(4, keys, values);
  const given = (of: Uint32Array, more: Partial<Answers> = {}): Answers => ({
    count: of.length,
    isMatch: false,
    digest: (count) => digestOf(of.subarray(0, count)),
    at: (key) => of[key]!,
    sum: () => String(of.reduce((sum, value) => sum + value, 0)),
    ...more,
  });

  it('that are right are not refused, nor the first of them alone', async () => {
    expect(await right.complaint(given(values))).toBeUndefined();
    expect(await right.complaint(given(values.subarray(0, 100)))).toBeUndefined();
    const matches = values.map((value) => Math.min(1, value));
    expect(await right.complaint(given(matches, { isMatch: true }))).toBeUndefined();
    expect(await right.complaint(given(matches))).toMatch(/^answers 1 for 10\./);
  });

  it.each([0, 500, 1000])('of which two have changed places from %i on are refused', async (from) => {
    const at = values.findIndex((value, i) => i >= from && value !== values[i + 1]);
    const wrong = values.slice();
    [wrong[at], wrong[at + 1]] = [values[at + 1]!, values[at]!];
    const sum = given(values).sum();
    expect(given(wrong).sum()).toBe(sum);
    const key = keys[at]!;
    const text = [24, 16, 8, 0].map((shift) => (key >>> shift) & 0xff).join('.');
    expect(await right.complaint(given(wrong))).toBe(
      `answers ${wrong[at]} for ${text}, where ${values[at]!} is right; ` +
        `over 1024 keys ${digestOf(wrong)}, where ${digestOf(values)} is right`,
    );
  });

  it('of which the timed pass finds others are refused', async () => {
    const complaint = await right.complaint(given(values, { sum: () => '17' }));
    expect(complaint).toMatch(/^adds up to 17 in the pass that is timed, where \d+ is right$/);
  });
});
