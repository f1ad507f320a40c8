/** What one lookup read, step by step. */

/** TOUCH: u32 part, u32 address, u32 bytes, u32 0. */
export const TOUCH_BYTES: u32 = 16;

let next: usize = 0;
let end: usize = 0;
let count: u32 = 0;

/** From now on, touches go to `at`, where there is room for `room` of them; more are counted and not kept. */
export function startTrace(at: usize, room: u32): void {
  next = at;
  end = at + <usize>(room * TOUCH_BYTES);
  count = 0;
}

/** How many there have been. */
export function tracedCount(): u32 {
  return count;
}

export function recordTouch(part: u32, at: usize, bytes: u32): void {
  count += 1;
  if (next == end) return;
  store<u32>(next, part);
  store<u32>(next, <u32>at, 4);
  store<u32>(next, bytes, 8);
  store<u32>(next, 0, 12);
  next += <usize>TOUCH_BYTES;
}
