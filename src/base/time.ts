/** Virtual or real time: integer microseconds since the start of the node. Time only moves forward. */
export type Micros = number & { readonly __unit?: 'us' };

/** The time that does not come. */
export const NEVER: Micros = Infinity;

/** Microseconds, rounded to a whole number. */
export function micros(count: number): Micros {
  return Math.round(count);
}

/** Milliseconds as Micros. */
export function millis(count: number): Micros {
  return Math.round(count * 1000);
}

/** Seconds as Micros. */
export function seconds(count: number): Micros {
  return Math.round(count * 1_000_000);
}

/** Minutes as Micros. */
export function minutes(count: number): Micros {
  return seconds(count * 60);
}

/** Whole seconds elapsed, rounded down. */
export function toSeconds(time: Micros): number {
  return Math.floor(time / 1_000_000);
}

/** `hh:mm:ss` below a day, `1d02h` from there, `1w2d` from a week on: the way IOS prints ages. */
export function formatAge(age: Micros): string {
  const total = Math.max(0, toSeconds(age));
  const days = Math.floor(total / 86_400);
  if (days >= 7) return `${Math.floor(days / 7)}w${days % 7}d`;
  if (days >= 1) return `${days}d${two(Math.floor((total % 86_400) / 3600))}h`;
  return `${two(Math.floor(total / 3600))}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
