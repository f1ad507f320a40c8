/** RLOCs of this router with priority and weight: in `database-mapping` lines and in locator sets. */
import { sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { isUnicastRloc } from '../mapping/locator.ts';
import type { Args } from './args.ts';
import type { LocatorLine } from './draft.ts';

export const RLOC = '(<rloc:ip> | ipv4-interface <v4:interface> | ipv6-interface <v6:interface>)';
export const PREFERENCE = 'priority <priority:0-255> weight <weight:0-255>';

/** Undefined after a refusal. */
export function readLocator(args: Args): LocatorLine | undefined {
  const rloc = readRlocOrInterface(args);
  return rloc && { rloc, ...readPreference(args) };
}

export function readPreference(args: Args): { priority: number; weight: number } {
  return { priority: args.number('priority'), weight: args.number('weight') };
}

/** Undefined after a refusal. */
export function readRlocOrInterface(args: Args): LocatorLine['rloc'] | undefined {
  if (args.has('rloc')) return readRloc(args);
  const family: Family = args.hasKeyword('ipv4-interface') ? 4 : 6;
  const name = args.optionalInterface(family === 4 ? 'v4' : 'v6');
  if (name !== undefined) return { interface: name, family };
  args.refuse(undefined, 'Bad interface name');
  return undefined;
}

/** Undefined after a refusal. */
export function readRloc(args: Args): IpAddress | undefined {
  const address = args.ip('rloc');
  if (isUnicastRloc(address)) return address;
  args.refuse('rloc', `${formatIp(address)} is no unicast address`);
  return undefined;
}

/** IOS XE writes the word for an interface with capitals: `IPv4-interface`. */
export function formatLocator({ rloc, ...preference }: LocatorLine, ipv: 'ipv' | 'IPv'): string {
  const where = 'interface' in rloc ? `${ipv}${rloc.family}-interface ${rloc.interface}` : formatIp(rloc);
  return `${where} ${formatPreference(preference)}`;
}

export function formatPreference({ priority, weight }: { priority: number; weight: number }): string {
  return `priority ${priority} weight ${weight}`;
}

type Named = { readonly rloc: LocatorLine['rloc'] } | { readonly locatorSet: string };

/** Both name the same address, the same interface or the same locator set. */
export function sameLocator(a: Named, b: Named): boolean {
  if ('locatorSet' in a || 'locatorSet' in b)
    return 'locatorSet' in a && 'locatorSet' in b && a.locatorSet === b.locatorSet;
  const [left, right] = [a.rloc, b.rloc];
  if ('interface' in left || 'interface' in right)
    return (
      'interface' in left &&
      'interface' in right &&
      left.interface === right.interface &&
      left.family === right.family
    );
  return sameIp(left, right);
}
