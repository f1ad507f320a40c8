import { Reader } from '../base/bytes.ts';
import { decoded, type Decoded } from './error.ts';

/*
 *  0                   1                   2                   3        RFC 9300 §5.3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1      RFC 9305 §3 (P)
 * +-+-+-+-+-+-+---+-----------------------------------------------+
 * |N|L|E|V|I|P|KK |  Nonce (24)                                   |
 * |               |  Source Map-Version (12) | Dest Map-Version   |
 * |               |  0 (16)                  | Next Protocol (8)  |
 * +-+-+-+-+-+-+---+-------------------------------+---------------+
 * |  I=0: Locator-Status-Bits (32)  ·  I=1: Instance ID (24), LSB |
 * +---------------------------------------------------------------+
 */
/** UDP port of the LISP data plane. */
export const DATA_PORT = 4341;
/** Bytes of the LISP data header. */
export const LISP_HEADER_BYTES = 8;

/** LISP data header (RFC 9300 §5.3). Field values are kept as received even where a flag says to ignore them. */
export interface LispDataHeader {
  /** First byte: N 0x80, L 0x40, E 0x20, V 0x10, I 0x08, R/P 0x04, KK 0x03. */
  readonly flags: number;
  /** The 24 bits after the flags: nonce, or source and destination map-version, or next protocol. */
  readonly word0: number;
  /** Instance ID and Locator-Status-Bits. */
  readonly word1: number;
}

export const LISP_N = 0x80;
export const LISP_L = 0x40;
export const LISP_E = 0x20;
export const LISP_V = 0x10;
export const LISP_I = 0x08;
export const LISP_P = 0x04;
export const LISP_KK = 0x03;

/** LISP-GPE next protocols (RFC 9305 §7). */
export const NEXT_IPV4 = 1;
export const NEXT_IPV6 = 2;
export const NEXT_ETHERNET = 3;
export const NEXT_NSH = 4;

/** Decodes the first 8 bytes of a UDP payload to port 4341. Fails only when there are fewer. */
export function decodeLispData(bytes: Uint8Array, base = 0): Decoded<LispDataHeader> {
  return decoded(() => readLispData(new Reader(bytes, base)));
}

/** Reads 8 bytes. Throws WireFault. */
export function readLispData(reader: Reader): LispDataHeader {
  return {
    flags: reader.u8('lisp.flags'),
    word0: reader.u24('lisp.nonce'),
    word1: reader.u32('lisp.instance'),
  };
}

/** 8 bytes owned by the caller. */
export function encodeLispData({ flags, word0, word1 }: LispDataHeader): Uint8Array {
  const bytes = new Uint8Array(LISP_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (flags << 24) | word0);
  view.setUint32(4, word1);
  return bytes;
}

/** What a sender wants to say; what is absent is sent as 0. */
export interface LispDataFields {
  /** I=1 when present; 24 bits. */
  readonly instanceId?: number;
  /** L=1 when present; 8 bits with an instance ID, otherwise 32. */
  readonly locatorStatusBits?: number;
  /** N=1 when present; 24 bits. Excludes `versions` and `nextProtocol` (DP-07, DP-40). */
  readonly nonce?: number;
  /** E=1: asks for the nonce back. Only with `nonce`. */
  readonly echo?: boolean;
  /** V=1 when present; 12 bits each. */
  readonly versions?: MapVersions;
  /** P=1 when present. */
  readonly nextProtocol?: number;
}

/** Map-Version numbers of the source and the destination RLOC, 12 bits each (RFC 9302). */
export interface MapVersions {
  readonly source: number;
  readonly destination: number;
}

/** A header that follows the sender column of the flag table: never N with V, nothing in word 0 unless said. */
export function lispDataHeader(fields: LispDataFields = {}): LispDataHeader {
  const { instanceId, locatorStatusBits: lsb, nonce, versions, nextProtocol } = fields;
  let flags = (instanceId !== undefined ? LISP_I : 0) | (lsb !== undefined ? LISP_L : 0);
  let word0 = 0;
  if (nextProtocol !== undefined) {
    flags |= LISP_P;
    word0 = nextProtocol & 0xff;
  } else if (nonce !== undefined) {
    flags |= LISP_N | (fields.echo === true ? LISP_E : 0);
    word0 = nonce & 0xffffff;
  } else if (versions !== undefined) {
    flags |= LISP_V;
    word0 = ((versions.source & 0xfff) << 12) | (versions.destination & 0xfff);
  }
  const word1 = instanceId !== undefined ? (instanceId << 8) | ((lsb ?? 0) & 0xff) : (lsb ?? 0);
  return { flags, word0, word1: word1 >>> 0 };
}

/** Instance ID; undefined with I=0, which means the default instance. */
export function instanceOf({ flags, word1 }: LispDataHeader): number | undefined {
  return has(flags, LISP_I) ? word1 >>> 8 : undefined;
}

/** Locator-Status-Bits, bit 0 = ordinal 0: 8 of them with I=1, otherwise 32. Undefined with L=0 (DP-11). */
export function locatorStatusBits({ flags, word1 }: LispDataHeader): number | undefined {
  if (!has(flags, LISP_L)) return undefined;
  return has(flags, LISP_I) ? word1 & 0xff : word1;
}

/** Nonce; N=1 with V=1 is read as a nonce (DP-07). Undefined with N=0 or P=1 (DP-40). */
export function nonceOf({ flags, word0 }: LispDataHeader): number | undefined {
  return has(flags, LISP_N) && !has(flags, LISP_P) ? word0 : undefined;
}

/** True when the sender asks for its nonce back; E without N is ignored (DP-08). */
export function echoRequested(header: LispDataHeader): boolean {
  return has(header.flags, LISP_E) && nonceOf(header) !== undefined;
}

/** Map-versions; undefined with V=0, N=1 or P=1. */
export function mapVersionsOf({ flags, word0 }: LispDataHeader): MapVersions | undefined {
  if (!has(flags, LISP_V) || has(flags, LISP_N) || has(flags, LISP_P)) return undefined;
  return { source: word0 >>> 12, destination: word0 & 0xfff };
}

/** LISP-GPE next protocol; undefined with P=0. */
export function nextProtocolOf({ flags, word0 }: LispDataHeader): number | undefined {
  return has(flags, LISP_P) ? word0 & 0xff : undefined;
}

/** Key ID; 0 = clear text (RFC 8061). */
export function keyIdOf({ flags }: LispDataHeader): number {
  return flags & LISP_KK;
}

/** The header as a box without LISP-GPE sees it: the R bit is ignored on receipt (DP-09). */
export function withoutGpe(header: LispDataHeader): LispDataHeader {
  return { ...header, flags: header.flags & ~LISP_P };
}

/** Flags as letters, for example `N--VI---`; the last two are the key ID in binary, `-` for 0. */
export function describeLispFlags(flags: number): string {
  return Array.from('NLEVIPKK', (letter, i) => ((flags & (0x80 >>> i)) === 0 ? '-' : letter)).join('');
}

function has(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}
