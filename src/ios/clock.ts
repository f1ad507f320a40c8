/** Virtual time as a router without a clock tells it: it starts on the first of March. */
import type { Micros } from '../base/time.ts';

/** `00:00:10.001` */
export function timeOfDay(now: Micros): string {
  const millis = Math.floor(now / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours = 0, minutes = 0, seconds = 0] = [millis / 3_600_000, millis / 60_000, millis / 1000].map(
    Math.floor,
  );
  const time = `${two(hours % 24)}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${time}.${String(millis % 1000).padStart(3, '0')}`;
}

/** Day of March, from 1. */
export function dayOfMarch(now: Micros): number {
  return 1 + Math.floor(now / 86_400_000_000);
}
