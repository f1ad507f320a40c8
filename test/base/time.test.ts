import { describe, expect, it } from 'vitest';
import { formatAge, micros, millis, minutes, seconds, toSeconds } from '../../src/base/time.ts';

describe('time', () => {
  it('units are microseconds', () => {
    expect([micros(1.4), millis(1), seconds(1.5), minutes(2)]).toEqual([1, 1000, 1_500_000, 120_000_000]);
    expect(toSeconds(seconds(2) - 1)).toBe(1);
  });

  it.each([
    [0, '00:00:00'],
    [seconds(616), '00:10:16'],
    [seconds(86_399), '23:59:59'],
    [seconds(86_400), '1d00h'],
    [seconds(86_400 + 2 * 3600 + 59 * 60), '1d02h'],
    [seconds(7 * 86_400 - 1), '6d23h'],
    [seconds(9 * 86_400), '1w2d'],
    [-5, '00:00:00'],
  ])('%i µs of age print as %s', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });
});
