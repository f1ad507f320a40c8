/** A field of a packet as filters, differences and lists see it: a name, a value, the bytes it came from. */
import { toHex } from '../base/bytes.ts';
import type { Nonce } from '../base/random.ts';
import type { LispAddress } from './address.ts';
import { formatEidPrefix, formatLispAddress } from './lisp-address.ts';

/** What a field holds; `name` is the word for a number that has one. */
export type FieldValue =
  | { readonly kind: 'protocol' }
  | { readonly kind: 'number'; readonly number: number; readonly name?: string }
  | { readonly kind: 'flag'; readonly isSet: boolean }
  | { readonly kind: 'address'; readonly address: LispAddress }
  | { readonly kind: 'prefix'; readonly eid: LispAddress; readonly bits: number }
  | { readonly kind: 'nonce'; readonly nonce: Nonce }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export type FieldKind = FieldValue['kind'];

/** One occurrence: a field may occur in several layers, and several times in one. */
export interface PacketField {
  readonly name: string;
  readonly value: FieldValue;
  /** Bytes [start, end) of the outermost buffer. Bits that share bytes with others have the bytes that hold them. */
  readonly start: number;
  readonly end: number;
  /** Number of the layer it is in, from 0, outermost first. */
  readonly layer: number;
}

/** A name that filters know. */
export interface FieldDefinition {
  readonly name: string;
  readonly kind: FieldKind;
  /** A few words for the list of fields. */
  readonly about: string;
  /** Other names for it, Wireshark's among them. */
  readonly aliases?: readonly string[];
  /** The words that its numbers have. */
  readonly words?: readonly string[];
  /** Stands for any of these fields; has no occurrences of its own. */
  readonly anyOf?: readonly string[];
}

/** The value as text: `64`, `map-request`, `yes`, `10.0.0.1`, `4.4.4.4/32`, `0x1122334455667788`, hexadecimal bytes. */
export function formatFieldValue(value: FieldValue): string {
  switch (value.kind) {
    case 'protocol':
      return 'present';
    case 'number':
      return value.name === undefined ? String(value.number) : `${value.number} (${value.name})`;
    case 'flag':
      return value.isSet ? 'set' : 'not set';
    case 'address':
      return formatLispAddress(value.address);
    case 'prefix':
      return formatEidPrefix(value.eid, value.bits);
    case 'nonce':
      return formatHexNonce(value.nonce);
    case 'text':
      return JSON.stringify(value.text);
    case 'bytes':
      return value.bytes.length === 0 ? '(empty)' : toHex(value.bytes);
  }
}

/** `0x` and 16 digits. */
export function formatHexNonce({ hi, lo }: Nonce): string {
  return `0x${hi.toString(16).padStart(8, '0')}${lo.toString(16).padStart(8, '0')}`;
}

/** The reverse of formatHexNonce; fewer digits, decimals and `0x11223344-0x55667788` as well. */
export function parseNonce(text: string): Nonce | undefined {
  const halves = /^0x([0-9a-f]{1,8})-0x([0-9a-f]{1,8})$/i.exec(text);
  if (halves !== null) return { hi: parseInt(halves[1]!, 16), lo: parseInt(halves[2]!, 16) };
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(text)) return undefined;
  const value = BigInt(text);
  if (value >= 1n << 64n) return undefined;
  return { hi: Number(value >> 32n), lo: Number(value & 0xffff_ffffn) };
}
