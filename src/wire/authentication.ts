/**
 * Key ID to Authentication Data of Map-Register, Map-Notify and Map-Notify-Ack (RFC 9301 §5.6).
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Key ID     | Algorithm ID  |  Authentication Data Length   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ~                     Authentication Data                       ~
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The 16-bit Key ID of RFC 6830 is the same two bytes: Key ID 0 and the old value as Algorithm ID.
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';

export const ALGORITHM_NONE = 0;
export const ALGORITHM_HMAC_SHA1 = 1;
export const ALGORITHM_HMAC_SHA256 = 2;
export const ALGORITHM_HMAC_SHA256_HKDF = 3;

/** Bytes before the Authentication Data. */
const AUTHENTICATION_FIXED_BYTES = 4;

/** Key ID, Algorithm ID and Authentication Data of Register, Notify and Notify-Ack (RFC 9301 §5.6). */
export interface Authentication {
  readonly keyId: number;
  /** 0 none, 1 HMAC-SHA-1-96, 2 HMAC-SHA-256-128, 3 HMAC-SHA256-128 with HKDF. */
  readonly algorithmId: number;
  readonly data: Uint8Array;
}

export function decodeAuthentication(r: Reader): Authentication {
  const keyId = r.u8('key id');
  const algorithmId = r.u8('algorithm id');
  const data = r.take(r.u16('authentication data length'), 'authentication data');
  return { keyId, algorithmId, data };
}

export function encodeAuthentication(w: Writer, x: Authentication): void {
  assert(x.data.length <= 0xffff, 'authentication data has at most 65535 bytes');
  w.u8(x.keyId).u8(x.algorithmId).u16(x.data.length).bytes(x.data);
}

export function authenticationBytes(x: Authentication): number {
  return AUTHENTICATION_FIXED_BYTES + x.data.length;
}

export function describeAuthentication(x: Authentication): string {
  return `key ${x.keyId} algorithm ${x.algorithmId} mac ${x.data.length} bytes`;
}
