import { contains, type IpAddress } from '../base/ip.ts';
import { perFamily, type LispOptions } from '../router/options.ts';

/** What a router does in LISP, as its configuration says. */
export type LispRole = 'ITR' | 'ETR' | 'Map-Server' | 'Map-Resolver' | 'PITR' | 'PETR';

/** The roles that are on, for either family of EIDs, always in one order. */
export function lispRoles(lisp: LispOptions | undefined): LispRole[] {
  if (lisp === undefined) return [];
  const { itr, etr, proxyItr, proxyEtr, mapServer, mapResolver } = lisp;
  const roles: [LispRole, boolean][] = [
    ['ITR', itr.ipv4.enabled || itr.ipv6.enabled],
    ['ETR', etr.ipv4.enabled || etr.ipv6.enabled],
    ['Map-Server', mapServer.ipv4 || mapServer.ipv6],
    ['Map-Resolver', mapResolver.ipv4 || mapResolver.ipv6],
    ['PITR', proxyItr.ipv4.rlocs.length + proxyItr.ipv6.rlocs.length > 0],
    ['PETR', proxyEtr.ipv4.enabled || proxyEtr.ipv6.enabled],
  ];
  return roles.filter(([, isOn]) => isOn).map(([role]) => role);
}

/**
 * The role by which a router puts a packet from `source` into LISP packets: an ITR does it for its own site, a PITR
 * for everybody else (RFC 6832 §5). Undefined when it is neither.
 */
export function encapsulatorOf(lisp: LispOptions | undefined, source: IpAddress): 'ITR' | 'PITR' | undefined {
  if (lisp === undefined) return undefined;
  const isItr = perFamily(lisp.itr, source.family).enabled;
  const isPitr = perFamily(lisp.proxyItr, source.family).rlocs.length > 0;
  if (isItr && isPitr) {
    const isOfSite = lisp.databaseMappings.some(({ eid }) => contains(eid.prefix, source));
    return isOfSite ? 'ITR' : 'PITR';
  }
  return isItr ? 'ITR' : isPitr ? 'PITR' : undefined;
}
