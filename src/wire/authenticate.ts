/**
 * MACs of Map-Register, Map-Notify and Map-Notify-Ack (RFC 9301 §5.6, §5.7), on bytes as received or about to be
 * sent and apart from decoding.
 *
 * The MAC is computed with the Authentication Data zeroed, from the type field to the end of the last locator record.
 * That end is where the record decoder stops on these very bytes: `locate` walks header, authentication and records
 * with the same functions as decodeControl and notes the position. Literally read, xTR-ID and Site-ID lie outside the
 * MAC; deployed software includes them. Signing follows the text by default, verifying accepts both.
 */
import { assert } from '../base/assert.ts';
import { Reader } from '../base/bytes.ts';
import { equalConstantTime, nobleMac, type Mac } from '../base/mac.ts';
import {
  ALGORITHM_HMAC_SHA1,
  ALGORITHM_HMAC_SHA256,
  ALGORITHM_HMAC_SHA256_HKDF,
  decodeAuthentication,
  type Authentication,
} from './authentication.ts';
import {
  NONCE_BYTES,
  NONCE_OFFSET,
  TYPE_MAP_NOTIFY,
  TYPE_MAP_NOTIFY_ACK,
  TYPE_MAP_REGISTER,
} from './control-header.ts';
import { encodeControl } from './control.ts';
import { decodeEidRecords } from './eid-record.ts';
import { decoded, type Decoded } from './error.ts';
import type { MapNotify } from './map-notify.ts';
import type { MapRegister } from './map-register.ts';

/** A pre-shared key and how it is used. */
export interface AuthKey {
  /** 0..255. */
  readonly keyId: number;
  /** 1 HMAC-SHA-1-96, 2 HMAC-SHA-256-128, 3 HMAC-SHA256-128 with HKDF-SHA256. */
  readonly algorithmId: 1 | 2 | 3;
  readonly secret: Uint8Array;
  /** Bytes of MAC to send: 12 or 20 for algorithm 1, 16 or 32 for 2, 16 for 3. The RFC's (the shorter) by default. */
  readonly length?: 12 | 16 | 20 | 32;
}

/** How much of a message the MAC covers: to the last record as the RFC says, or all of it as deployed software does. */
export type MacCoverage = 'records' | 'message';

/** How to sign. */
export interface SignOptions {
  readonly coverage?: MacCoverage;
  readonly mac?: Mac;
}

/** What to accept. */
export interface VerifyOptions {
  /** Accept this coverage only; either one by default. */
  readonly coverage?: MacCoverage;
  readonly mac?: Mac;
}

/** Why a message is not accepted. All but `malformed` count as a MAC failure (CP-32). */
export type AuthFailure =
  | 'malformed'
  /** Not a Map-Register, Map-Notify or Map-Notify-Ack. */
  | 'not-authenticated'
  | 'key-id'
  | 'algorithm'
  /** Authentication Data Length does not suit the algorithm. */
  | 'length'
  | 'mac';

/** Lengths that an algorithm may have on the wire, the RFC's first. */
const LENGTHS: Readonly<Record<1 | 2 | 3, readonly number[]>> = {
  [ALGORITHM_HMAC_SHA1]: [12, 20],
  [ALGORITHM_HMAC_SHA256]: [16, 32],
  [ALGORITHM_HMAC_SHA256_HKDF]: [16],
};

/** The s of KDF(nonce ‖ PSK, s), used as HKDF salt. */
const KDF_SALTS: Readonly<Record<number, Uint8Array>> = {
  [TYPE_MAP_REGISTER]: ascii('Map-Register Authentication'),
  [TYPE_MAP_NOTIFY]: ascii('Map-Notify Authentication'),
  [TYPE_MAP_NOTIFY_ACK]: ascii('Map-Notify-Ack Authentication'),
};
const PER_MESSAGE_KEY_BYTES = 32;

interface AuthLayout {
  readonly type: number;
  readonly authentication: Authentication;
  readonly dataOffset: number;
  /** End of the last locator record. */
  readonly recordsEnd: number;
}

/** The Authentication field of a message still to be signed with `key`: its IDs and zeroed data of the right length. */
export function blankAuthentication(key: AuthKey): Authentication {
  return { keyId: key.keyId, algorithmId: key.algorithmId, data: new Uint8Array(macLength(key)) };
}

/** Encodes a message with the authentication of `key` in place of its own. */
export function encodeSigned(
  message: MapRegister | MapNotify,
  key: AuthKey,
  options?: SignOptions,
): Uint8Array {
  const bytes = encodeControl({ ...message, authentication: blankAuthentication(key) });
  signControl(bytes, key, options);
  return bytes;
}

/**
 * Fills the Authentication Data of an encoded message in place. The message must have been encoded with
 * `blankAuthentication(key)`, or at least with its IDs and length.
 */
export function signControl(bytes: Uint8Array, key: AuthKey, options: SignOptions = {}): void {
  const layout = locate(bytes);
  assert(layout.ok && layout.value !== undefined, 'only a valid authenticated message can be signed');
  const { authentication, dataOffset, recordsEnd } = layout.value;
  assert(authentication.keyId === key.keyId, 'the message names another key');
  assert(authentication.algorithmId === key.algorithmId, 'the message names another algorithm');
  assert(authentication.data.length === macLength(key), 'the message has another MAC length');
  const end = options.coverage === 'message' ? bytes.length : recordsEnd;
  const mac = computeMac(bytes, layout.value, key, end, options.mac ?? nobleMac);
  bytes.set(mac.subarray(0, authentication.data.length), dataOffset);
}

/** Checks a received message against one key; neither changes the bytes nor keeps them. */
export function verifyControl(
  bytes: Uint8Array,
  key: AuthKey,
  options: VerifyOptions = {},
): 'ok' | AuthFailure {
  const layout = locate(bytes);
  if (!layout.ok) return 'malformed';
  if (layout.value === undefined) return 'not-authenticated';
  const { authentication, recordsEnd } = layout.value;
  if (authentication.keyId !== key.keyId) return 'key-id';
  if (authentication.algorithmId !== key.algorithmId) return 'algorithm';
  if (!LENGTHS[key.algorithmId].includes(authentication.data.length)) return 'length';
  const ends = new Set<number>();
  if (options.coverage !== 'message') ends.add(recordsEnd);
  if (options.coverage !== 'records') ends.add(bytes.length);
  for (const end of ends) {
    const mac = computeMac(bytes, layout.value, key, end, options.mac ?? nobleMac);
    if (equalConstantTime(mac.subarray(0, authentication.data.length), authentication.data)) return 'ok';
  }
  return 'mac';
}

/** Key ID and Algorithm ID of an authenticated message, for choosing the key; undefined for any other bytes. */
export function authenticationOf(bytes: Uint8Array): Authentication | undefined {
  const layout = locate(bytes);
  return layout.ok ? layout.value?.authentication : undefined;
}

/** Undefined for a message type that carries no MAC. */
function locate(bytes: Uint8Array): Decoded<AuthLayout | undefined> {
  return decoded(() => {
    const r = new Reader(bytes);
    const word0 = r.u32('flags');
    const type = word0 >>> 28;
    if (KDF_SALTS[type] === undefined) return undefined;
    r.take(NONCE_BYTES, 'nonce');
    const authentication = decodeAuthentication(r);
    const dataOffset = r.position - authentication.data.length;
    decodeEidRecords(r, word0 & 0xff, 'defined');
    return { type, authentication, dataOffset, recordsEnd: r.position };
  });
}

/** The untruncated MAC of `bytes[0, end)` with its Authentication Data zeroed. */
function computeMac(bytes: Uint8Array, layout: AuthLayout, key: AuthKey, end: number, mac: Mac): Uint8Array {
  // Not slice(): a Node Buffer, which sockets deliver, would share its memory.
  const covered = new Uint8Array(bytes.subarray(0, end));
  covered.fill(0, layout.dataOffset, layout.dataOffset + layout.authentication.data.length);
  switch (key.algorithmId) {
    case ALGORITHM_HMAC_SHA1:
      return mac.hmacSha1(key.secret, covered);
    case ALGORITHM_HMAC_SHA256:
      return mac.hmacSha256(key.secret, covered);
    case ALGORITHM_HMAC_SHA256_HKDF:
      return mac.hmacSha256(perMessageKey(bytes, layout.type, key.secret, mac), covered);
  }
}

/** KDF(nonce ‖ PSK, s) read as HKDF with salt s and empty info, 32 bytes (the RFC leaves info and length open). */
function perMessageKey(bytes: Uint8Array, type: number, secret: Uint8Array, mac: Mac): Uint8Array {
  const material = new Uint8Array(NONCE_BYTES + secret.length);
  material.set(bytes.subarray(NONCE_OFFSET, NONCE_OFFSET + NONCE_BYTES));
  material.set(secret, NONCE_BYTES);
  return mac.hkdfSha256(material, KDF_SALTS[type]!, new Uint8Array(0), PER_MESSAGE_KEY_BYTES);
}

function macLength(key: AuthKey): number {
  const lengths = LENGTHS[key.algorithmId];
  const length = key.length ?? lengths[0]!;
  assert(lengths.includes(length), `algorithm ${key.algorithmId} has no MAC of ${length} bytes`);
  return length;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
