import { comparePrefix, contains, covers, hostPrefix, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';

/** An endpoint address within an instance. Instance 0 is the default one. */
export interface Eid {
  /** 0 .. 2^24-1: what fits the data header. */
  readonly instanceId: number;
  readonly address: IpAddress;
}

/** An EID-Prefix within an instance. */
export interface EidPrefix {
  readonly instanceId: number;
  readonly prefix: IpPrefix;
}

export const MAX_INSTANCE_ID = 0xff_ffff;

/** An EID-Prefix; Instance ID 0..2^24-1, default 0. */
export function eidPrefix(prefix: IpPrefix, instanceId = 0): EidPrefix {
  return { instanceId, prefix };
}

/** The /32 or /128 of one EID. */
export function hostEid({ instanceId, address }: Eid): EidPrefix {
  return { instanceId, prefix: hostPrefix(address) };
}

/** The lowest EID of a prefix: the one EID of a /32 or /128. */
export function firstEid({ instanceId, prefix }: EidPrefix): Eid {
  return { instanceId, address: prefix.address };
}

export function containsEid(outer: EidPrefix, eid: Eid): boolean {
  return outer.instanceId === eid.instanceId && contains(outer.prefix, eid.address);
}

export function coversEid(outer: EidPrefix, inner: EidPrefix): boolean {
  return outer.instanceId === inner.instanceId && covers(outer.prefix, inner.prefix);
}

/** Total order: instance, family, address, then shorter first. */
export function compareEidPrefix(a: EidPrefix, b: EidPrefix): number {
  return a.instanceId - b.instanceId || comparePrefix(a.prefix, b.prefix);
}

/** Equal exactly for equal EID-Prefixes: a key for maps. Also readable: `[101] 10.2.0.0/16`. */
export function eidKey(eid: EidPrefix): string {
  return formatEidPrefix(eid);
}

/** `192.0.2.0/24`, in an instance `[7] 192.0.2.0/24`. */
export function formatEidPrefix({ instanceId, prefix }: EidPrefix): string {
  return instanceId === 0 ? formatPrefix(prefix) : `[${instanceId}] ${formatPrefix(prefix)}`;
}

export function formatEid({ instanceId, address }: Eid): string {
  return instanceId === 0 ? formatIp(address) : `[${instanceId}] ${formatIp(address)}`;
}
