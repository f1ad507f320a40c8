import { sameIp, type IpAddress } from '../base/ip.ts';
import type { LispOptions } from './options.ts';
import type { Underlay } from './underlay.ts';

/**
 * The RLOCs of this router: what it puts into Map-Requests and on the outside of packets. The PITR's own address
 * comes first; locators of a site's other routers do not count. Without any, the address toward the first
 * Map-Resolver serves.
 */
export function ownRlocs(lisp: LispOptions, underlay: Underlay): IpAddress[] {
  const configured = [
    ...lisp.proxyItr.ipv4.rlocs,
    ...lisp.proxyItr.ipv6.rlocs,
    ...lisp.databaseMappings.flatMap(({ locators }) => locators.map(({ address }) => address)),
  ].filter((address) => underlay.isOwn(address));
  if (configured.length > 0) return unique(configured);
  const resolvers = [...lisp.itr.ipv4.mapResolvers, ...lisp.itr.ipv6.mapResolvers];
  return unique(resolvers.flatMap((resolver) => underlay.sourceFor(resolver) ?? []));
}

function unique(addresses: readonly IpAddress[]): IpAddress[] {
  return addresses.filter((each, i) => addresses.findIndex((other) => sameIp(each, other)) === i);
}
