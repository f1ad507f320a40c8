/** What an AFI-encoded address means to the floors above: an IP address, an instance, an order, a text. */
import { sameBytes, toHex, Writer } from '../base/bytes.ts';
import { addressBits, compareIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import {
  AFI_AS_NUMBER,
  AFI_LCAF,
  AFI_MAC,
  AFI_NAME,
  encodeAddress,
  lispAddressBytes,
  type LispAddress,
} from './afi.ts';
import { LCAF_AFI_LIST, LCAF_INSTANCE_ID, type Lcaf } from './lcaf.ts';

export const NO_ADDRESS: LispAddress = { kind: 'none' };

/** Mask-len is one byte: the widest prefix that a record can say. */
const MAX_MASK_BITS = 255;

/** An IP address as the LISP address that carries it. */
export function lispIp(address: IpAddress): LispAddress {
  return { kind: 'ip', address };
}

/** An EID of an instance: plain in instance 0, an Instance-ID LCAF in every other one. */
export function eidAddress(instanceId: number, address: IpAddress): LispAddress {
  const plain = lispIp(address);
  if (instanceId === 0) return plain;
  return { kind: 'lcaf', lcaf: { type: 'instance-id', instanceId, iidMaskBits: 0, address: plain } };
}

/** The IP address of a plain address or of an Instance-ID LCAF around one. */
export function addressIp(a: LispAddress): IpAddress | undefined {
  if (a.kind === 'ip') return a.address;
  return a.kind === 'lcaf' && a.lcaf.type === 'instance-id' ? addressIp(a.lcaf.address) : undefined;
}

/**
 * The underlay address a locator gives the data plane: that of addressIp, or the first usable one of an AFI-List
 * (RFC 8060 §4.10.5). Undefined when the locator is to be ignored (LC-02).
 */
export function rlocIp(a: LispAddress): IpAddress | undefined {
  if (a.kind !== 'lcaf' || a.lcaf.type !== 'afi-list') return addressIp(a);
  for (const item of a.lcaf.items) {
    const address = rlocIp(item);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The reverse of eidAddress; undefined for anything but an IP address in at most one instance. */
export function splitEid(a: LispAddress): { instanceId: number; address: IpAddress } | undefined {
  if (a.kind === 'ip') return { instanceId: 0, address: a.address };
  if (a.kind !== 'lcaf' || a.lcaf.type !== 'instance-id' || a.lcaf.address.kind !== 'ip') return undefined;
  return { instanceId: a.lcaf.instanceId, address: a.lcaf.address.address };
}

/** False for an LCAF made only of types without a codec: such a locator is ignored, such an EID drops the message. */
export function isUnderstood(a: LispAddress): boolean {
  if (a.kind !== 'lcaf') return true;
  switch (a.lcaf.type) {
    case 'afi-list':
      return a.lcaf.items.some(isUnderstood);
    case 'instance-id':
      return isUnderstood(a.lcaf.address);
    case 'unknown':
      return false;
  }
}

/**
 * Largest mask-len of an EID-Prefix. It counts bits of the address inside an Instance-ID LCAF; types 9 and 12 carry
 * their own masks, so nothing is refused for an unknown type.
 */
export function maxMaskBits(a: LispAddress): number {
  switch (a.kind) {
    case 'none':
      return 0;
    case 'ip':
      return addressBits(a.address.family);
    case 'mac':
      return 48;
    case 'name':
      // RFC 9735 §3: the mask counts the terminating NUL.
      return Math.min(8 * (a.name.length + 1), MAX_MASK_BITS);
    case 'as-number':
      return 32;
    case 'lcaf':
      return maxLcafMaskBits(a.lcaf);
  }
}

function maxLcafMaskBits(lcaf: Lcaf): number {
  switch (lcaf.type) {
    case 'afi-list':
      return lcaf.items.reduce((most, item) => Math.max(most, maxMaskBits(item)), 0);
    case 'instance-id':
      return maxMaskBits(lcaf.address);
    case 'unknown':
      return MAX_MASK_BITS;
  }
}

/**
 * Order of locators in a record: IPv4, IPv6, then the other families by AFI, LCAFs last by type (CP-25, LC-11). Equal
 * keys are ordered by their bytes, so that all ETRs of a site number their locators alike.
 */
export function compareAddress(a: LispAddress, b: LispAddress): number {
  if (a.kind === 'ip' && b.kind === 'ip') return compareIp(a.address, b.address);
  const rank = compareNumbers(sortRank(a), sortRank(b));
  return rank !== 0 ? rank : compareEncoded(a, b);
}

export function sameAddress(a: LispAddress, b: LispAddress): boolean {
  return a.kind === b.kind && sameBytes(encoded(a), encoded(b));
}

/** Leading sort keys: AFI number and, for an LCAF, its type. */
function sortRank(a: LispAddress): readonly [afi: number, type: number] {
  switch (a.kind) {
    case 'none':
      return [0, 0];
    case 'ip':
      return [a.address.family === 4 ? 1 : 2, 0];
    case 'mac':
      return [AFI_MAC, 0];
    case 'name':
      return [AFI_NAME, 0];
    case 'as-number':
      return [AFI_AS_NUMBER, 0];
    case 'lcaf':
      return [AFI_LCAF, lcafCode(a.lcaf)];
  }
}

function lcafCode(lcaf: Lcaf): number {
  if (lcaf.type === 'unknown') return lcaf.code;
  return lcaf.type === 'afi-list' ? LCAF_AFI_LIST : LCAF_INSTANCE_ID;
}

function compareNumbers(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

function compareEncoded(a: LispAddress, b: LispAddress): number {
  const x = encoded(a);
  const y = encoded(b);
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

function encoded(a: LispAddress): Uint8Array {
  const w = new Writer(lispAddressBytes(a));
  encodeAddress(w, a);
  return w.view();
}

/** `10.2.0.7`, `[101] 10.2.0.7`, `02:00:00:00:00:02`, `"ietf"`, `AS65536`, `{a, b}`, `lcaf-77`, `none`. */
export function formatLispAddress(a: LispAddress): string {
  switch (a.kind) {
    case 'none':
      return 'none';
    case 'ip':
      return formatIp(a.address);
    case 'mac':
      return toHex(a.mac).replace(/(..)(?=.)/g, '$1:');
    case 'name':
      return JSON.stringify(a.name);
    case 'as-number':
      return `AS${a.asn}`;
    case 'lcaf':
      return formatLcaf(a.lcaf);
  }
}

function formatLcaf(lcaf: Lcaf): string {
  switch (lcaf.type) {
    case 'afi-list':
      return `{${lcaf.items.map(formatLispAddress).join(', ')}}`;
    case 'instance-id':
      return lcaf.address.kind === 'none'
        ? `[${lcaf.instanceId}/${lcaf.iidMaskBits}]`
        : `[${lcaf.instanceId}] ${formatLispAddress(lcaf.address)}`;
    case 'unknown':
      return `lcaf-${lcaf.code}`;
  }
}

/** `[101] 10.2.0.0/16`. */
export function formatEidPrefix(eid: LispAddress, maskBits: number): string {
  return `${formatLispAddress(eid)}/${maskBits}`;
}
