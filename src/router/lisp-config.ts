import { contains, sameIp, type Family, type IpAddress } from '../base/ip.ts';
import type { LigParties, LigRequest } from '../roles/lig.ts';
import { perFamily, type LispOptions } from './options.ts';
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

/** The router's own address among the EIDs of its site: what it answers from when only EIDs can be answered from. */
export function ownEid(
  lisp: LispOptions | undefined,
  underlay: Underlay,
  family: Family,
): IpAddress | undefined {
  const eids = lisp?.databaseMappings.map(({ eid }) => eid.prefix) ?? [];
  return underlay
    .ownAddresses()
    .find((own) => own.family === family && eids.some((eid) => contains(eid, own)));
}

/**
 * Whom `lig` asks, and as whom. Its RLOCs are the router's own, on a router without any the address on the way out.
 */
export function ligParties(
  { mapResolver, eid }: Pick<LigRequest, 'mapResolver' | 'eid'>,
  lisp: LispOptions | undefined,
  underlay: Underlay,
): LigParties {
  const configured = lisp === undefined ? [] : perFamily(lisp.itr, eid.address.family).mapResolvers;
  const mapResolvers = (mapResolver === undefined ? configured : [mapResolver]).filter(
    (each) => underlay.sourceFor(each) !== undefined,
  );
  const own = lisp === undefined ? [] : ownRlocs(lisp, underlay);
  const onTheWay = unique(mapResolvers.flatMap((each) => underlay.sourceFor(each) ?? []));
  const sourceEid = ownEid(lisp, underlay, eid.address.family);
  return {
    mapResolvers,
    itrRlocs: own.length > 0 ? own : onTheWay,
    ...(sourceEid === undefined ? {} : { sourceEid: { instanceId: eid.instanceId, address: sourceEid } }),
  };
}

function unique(addresses: readonly IpAddress[]): IpAddress[] {
  return addresses.filter((each, i) => addresses.findIndex((other) => sameIp(each, other)) === i);
}
