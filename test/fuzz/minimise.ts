/** A failure made small: packets, then changes of tables, then bytes are left out as long as it fails. */
import type { GeneratedPacket } from '../support/gen-packets.ts';
import type { Reproduction } from './fuzz-case.ts';

/** `fails` says what is wrong with a reproduction, or undefined. It is asked a few hundred times. */
export function minimise(
  found: Reproduction,
  fails: (each: Reproduction) => string | undefined,
): { readonly reproduction: Reproduction; readonly problem: string | undefined } {
  let best = found;
  const holds = (each: Reproduction): boolean => {
    if (fails(each) === undefined) return false;
    best = each;
    return true;
  };
  // Some failures are of the whole run, and not seen again from here: they stay as they were found.
  if (!holds(found)) return { reproduction: found, problem: undefined };
  const alone = found.packets.find((packet) => holds({ ...found, packets: [packet] }));
  if (alone === undefined) thin(found.packets, (packets) => holds({ ...best, packets }));
  const flat = best.ops.flat();
  if (holds({ ...best, ops: [flat] })) thin(flat, (ops) => holds({ ...best, ops: [ops] }));
  for (let i = 0; i < best.packets.length; i++) {
    const replaced = (packet: GeneratedPacket): Reproduction => ({
      ...best,
      packets: best.packets.map((each, at) => (at === i ? packet : each)),
    });
    shorten(best.packets[i]!, (packet) => holds(replaced(packet)));
  }
  return { reproduction: best, problem: fails(best) };
}

/** Leaves out halves, quarters, ... single items while `holds`. */
function thin<T>(items: readonly T[], holds: (fewer: readonly T[]) => boolean): void {
  let kept = items;
  for (let size = kept.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < kept.length;) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (fewer.length > 0 && holds(fewer)) kept = fewer;
      else at += size;
    }
  }
}

/** Cuts the end, then makes bytes zero. */
function shorten(packet: GeneratedPacket, holds: (packet: GeneratedPacket) => boolean): void {
  let kept = packet;
  for (let size = kept.bytes.length >> 1; size >= 1; size >>= 1) {
    while (kept.bytes.length > size) {
      const shorter = { ...kept, bytes: kept.bytes.slice(0, kept.bytes.length - size) };
      if (!holds(shorter)) break;
      kept = shorter;
    }
  }
  for (let at = 0; at < kept.bytes.length; at++) {
    if (kept.bytes[at] === 0) continue;
    const bytes = kept.bytes.slice();
    bytes[at] = 0;
    if (holds({ ...kept, bytes })) kept = { ...kept, bytes };
  }
}
