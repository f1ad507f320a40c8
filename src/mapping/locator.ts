import { compareIp, isMulticast, type IpAddress } from '../base/ip.ts';

/** Priority that forbids use (RFC 9300 §9). */
export const PRIORITY_NEVER = 255;

/** One RLOC of a mapping. */
export interface Locator {
  readonly address: IpAddress;
  /** 0..254, lower is better; 255 = never use. */
  readonly priority: number;
  /** 0..255, share within the group of the best priority. */
  readonly weight: number;
  readonly multicastPriority: number;
  readonly multicastWeight: number;
  /** L: local to the sender. */
  readonly local: boolean;
  /** R: the sender has a route to it. */
  readonly reachable: boolean;
}

/** Ascending, every IPv4 before every IPv6 (CP-25): locator-status-bit ordinals depend on it. */
export function sortLocators(locators: readonly Locator[]): Locator[] {
  return [...locators].sort((a, b) => compareIp(a.address, b.address));
}

/** DP-21, DP-22: priority 255 and R=0 are never used for encapsulation. */
export function isUsable(locator: Locator): boolean {
  return locator.priority !== PRIORITY_NEVER && locator.reachable && isUnicastRloc(locator.address);
}

/** CP-20: neither unspecified, broadcast nor multicast. */
export function isUnicastRloc(address: IpAddress): boolean {
  const unspecified = (address.w0 | address.w1 | address.w2 | address.w3) === 0;
  const broadcast = address.family === 4 && address.w0 === 0xffff_ffff;
  return !unspecified && !broadcast && !isMulticast(address);
}

/** What a mapping may send traffic to: a unicast address that is not a loopback one. */
export function isLegalRloc(address: IpAddress): boolean {
  const { family, w0, w1, w2, w3 } = address;
  const isLoopback = family === 4 ? w0 >>> 24 === 127 : (w0 | w1 | w2) === 0 && w3 === 1;
  return isUnicastRloc(address) && !isLoopback;
}
