import type { LispOptions } from '../router/options.ts';

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
