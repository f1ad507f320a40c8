/** Message authentication codes: one synchronous interface, so that a daemon may inject a faster implementation. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Full-length outputs; truncation is the caller's. Any key length, including zero, is accepted. */
export interface Mac {
  /** 20 bytes (RFC 2104, RFC 2202). */
  hmacSha1(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** 32 bytes (RFC 2104, RFC 4231). */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** `length` bytes, at most 8160 (RFC 5869, extract then expand). */
  hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}

/** On @noble/hashes: no platform parts, so it runs wherever the library does. */
export const nobleMac: Mac = {
  hmacSha1: (key, data) => hmac(sha1, key, data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hkdfSha256: (ikm, salt, info, length) => hkdf(sha256, ikm, salt, info, length),
};

/** Equality whose time depends on the lengths only, not on where the bytes differ. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
