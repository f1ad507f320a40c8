/** Values of options, read by commander. */
import { InvalidArgumentError } from 'commander';
import type { Micros } from '../base/time.ts';
import { parseDuration } from '../sim/lab-units.ts';

export function parseSeed(text: string): number {
  const seed = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError('A seed is a whole number from 0.');
  return seed;
}

export function parseTime(text: string): Micros {
  const time = parseDuration(text);
  if (time === undefined) throw new InvalidArgumentError('A time looks like 30s, 1500ms or 2m.');
  return time;
}
