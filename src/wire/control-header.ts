/**
 * What every control message shares (RFC 9301 §5.1): a type in the first four bits, flags in the rest of word 0,
 * and for most types a nonce in words 1 and 2.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Type |                  Flags                | Record Count  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Nonce . . .                           |
 * |                         . . . Nonce                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import type { Nonce } from '../base/random.ts';

export const TYPE_MAP_REQUEST = 1;
export const TYPE_MAP_REPLY = 2;
export const TYPE_MAP_REGISTER = 3;
export const TYPE_MAP_NOTIFY = 4;
export const TYPE_MAP_NOTIFY_ACK = 5;
export const TYPE_ECM = 8;

/** Byte offset of the record count in every message that has one. */
export const RECORD_COUNT_OFFSET = 3;
export const NONCE_OFFSET = 4;
export const NONCE_BYTES = 8;
/** Word 0 and the nonce. */
export const CONTROL_HEADER_BYTES = 12;
const MAX_RECORDS_COUNT = 255;

const NAMES: Readonly<Record<number, string>> = {
  0: 'Reserved-0',
  1: 'Map-Request',
  2: 'Map-Reply',
  3: 'Map-Register',
  4: 'Map-Notify',
  5: 'Map-Notify-Ack',
  6: 'Map-Referral',
  7: 'Info',
  8: 'ECM',
  15: 'Shared-Extension',
};

/** Name of a 4-bit message type; `Type-9` for an unassigned one. */
export function controlTypeName(code: number): string {
  return NAMES[code] ?? `Type-${code}`;
}

/** The bit of word 0 that the RFC figures number `position` (0 is the most significant). */
export function flag(position: number, isSet = true): number {
  return isSet ? (1 << (31 - position)) >>> 0 : 0;
}

export function hasFlag(word0: number, position: number): boolean {
  return (word0 & flag(position)) !== 0;
}

/** Word 0 of a message of `type` with `flags`; the record count goes into the last byte. */
export function encodeWord0(w: Writer, type: number, flags: number, recordCount: number): void {
  assert(
    recordCount >= 0 && recordCount <= MAX_RECORDS_COUNT,
    `${recordCount} records do not fit one message`,
  );
  w.u32(((type << 28) | flags | recordCount) >>> 0);
}

export function decodeNonce(r: Reader): Nonce {
  return { hi: r.u32('nonce'), lo: r.u32('nonce') };
}

export function encodeNonce(w: Writer, nonce: Nonce): void {
  w.u32(nonce.hi).u32(nonce.lo);
}

/** Letters of the flags that are set, `PS`; `-` when none is. */
export function describeFlags(flags: Readonly<Record<string, boolean>>): string {
  const letters = Object.entries(flags).flatMap(([letter, isSet]) => (isSet ? [letter] : []));
  return letters.length === 0 ? '-' : letters.join('');
}
