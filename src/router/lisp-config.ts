import { addressBits, contains, sameIp, type Family, type IpAddress } from '../base/ip.ts';
import type { LigParties, LigRequest } from '../roles/lig.ts';
import { perFamily, type LispOptions } from './options.ts';
import type { Underlay } from './underlay.ts';

/** What a router puts on the outside of packets. */
export interface TunnelSources {
  /** Own RLOCs. */
  readonly rlocs: readonly IpAddress[];
  /** No other address may take their place. */
  readonly exclusive: boolean;
  /** Own addresses that are EIDs, one by one: no RLOCs, whatever lies on the way out (DP-33). */
  readonly hostEids?: readonly IpAddress[];
}

/**
 * A PITR sends from the addresses of its `proxy-itr` line, and not at all while none of them is an address of an
 * interface that is up: who sees its packets must be able to rely on them. A router that is an ITR as well has its
 * site's RLOCs to send from.
 */
export function tunnelSources(lisp: LispOptions, underlay: Underlay): TunnelSources {
  return {
    rlocs: ownRlocs(lisp, underlay),
    exclusive: isProxyOnly(lisp),
    hostEids: underlay.ownAddresses().filter((own) => isHostEid(lisp, own)),
  };
}

/** DP-33: a database mapping of just this address makes it an EID. */
function isHostEid({ databaseMappings }: LispOptions, address: IpAddress): boolean {
  return databaseMappings.some(({ eid: { prefix } }) => {
    return prefix.bits === addressBits(address.family) && sameIp(prefix.address, address);
  });
}

/**
 * The RLOCs of this router: what it puts into Map-Requests and on the outside of packets. The PITR's own address
 * comes first; locators of a site's other routers do not count. Without any, the address toward the first
 * Map-Resolver serves an ITR.
 */
export function ownRlocs(lisp: LispOptions, underlay: Underlay): IpAddress[] {
  const { ipv4, ipv6 } = lisp.proxyItr;
  const isProxy = isProxyOnly(lisp);
  const ofSite = lisp.databaseMappings.flatMap(({ locators }) => locators.map(({ address }) => address));
  const configured = [...ipv4.rlocs, ...ipv6.rlocs, ...(isProxy ? [] : ofSite)].filter(
    (address) => underlay.isOwn(address) && !isHostEid(lisp, address),
  );
  if (configured.length > 0 || isProxy) return unique(configured);
  const resolvers = [...lisp.itr.ipv4.mapResolvers, ...lisp.itr.ipv6.mapResolvers];
  const onTheWay = resolvers.flatMap((resolver) => underlay.sourceFor(resolver) ?? []);
  return unique(onTheWay.filter((address) => !isHostEid(lisp, address)));
}

function isProxyOnly({ itr, proxyItr }: LispOptions): boolean {
  const isProxy = proxyItr.ipv4.rlocs.length > 0 || proxyItr.ipv6.rlocs.length > 0;
  return isProxy && !itr.ipv4.enabled && !itr.ipv6.enabled;
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
