import { anyAddress, sameIp, type IpAddress } from '../base/ip.ts';
import { ACTION_FORWARD } from '../engine/codes.ts';
import type { EncapTarget, ForwardingEntry, NextHop } from '../engine/data-plane.ts';
import { isUnicastRloc, isUsable, PRIORITY_NEVER, type Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { PathMtu } from '../roles/path-mtu.ts';
import type { LocatorView } from './view.ts';
import type { TunnelSources } from './lisp-config.ts';
import type { TrustedTunnels } from './trusted-tunnels.ts';
import type { Underlay } from './underlay.ts';

/**
 * What is needed to encapsulate to a locator: only priority, weight and address matter, and whether it is known to be
 * down.
 */
export type Destination = Pick<Locator, 'address' | 'priority' | 'weight'> & Pick<EncapTarget, 'down'>;

/** Of a locator that packets cannot be sent to. */
const NO_WAY: NextHop = { kind: 'discard', interfaceIndex: 0, mtu: 0 };

/**
 * Turns locators into ways to encapsulate, given the underlay and the router's own RLOCs. Down are own addresses (an
 * encapsulation loop), those without a route, and those without an own RLOC to send from: left out, they would take
 * their part of the split along, and flows of other locators would move. Left out are locators that may never be used
 * (DP-21), and those of a family in which this router has no address at all.
 */
export function encapTargets(
  destinations: readonly Destination[],
  sources: TunnelSources,
  underlay: Underlay,
): EncapTarget[] {
  const possible = destinations.filter(
    ({ address, priority }) =>
      priority !== PRIORITY_NEVER && isUnicastRloc(address) && underlay.hasFamily(address.family),
  );
  return possible.map(({ address: destination, priority, weight, down }) => {
    const nextHop = underlay.resolve(destination);
    const source = sourceRloc(destination, sources, underlay);
    const way = { destination, priority, weight };
    if (nextHop === undefined || nextHop.kind === 'local' || source === undefined)
      return { ...way, source: anyAddress(destination.family), nextHop: NO_WAY, down: true };
    return { ...way, source, nextHop, ...(down && { down }) };
  });
}

/**
 * The own RLOC on the way to `destination` when there is one, else the first of its family; else the address on the
 * way out, unless the RLOCs are exclusive.
 */
export function sourceRloc(
  destination: IpAddress,
  { rlocs, exclusive, hostEids = [] }: TunnelSources,
  underlay: Underlay,
): IpAddress | undefined {
  const outgoing = underlay.sourceFor(destination);
  const sameFamily = rlocs.filter(({ family }) => family === destination.family);
  if (outgoing === undefined || sameFamily.some((rloc) => sameIp(rloc, outgoing))) return outgoing;
  const isEid = hostEids.some((own) => sameIp(own, outgoing));
  return sameFamily[0] ?? (exclusive || isEid ? undefined : outgoing);
}

/**
 * The data plane's form of a Map-Cache entry. Nonces, and which RLOCs are down for all entries, are not for these to
 * say.
 */
export function forwardingEntry(
  mapping: Mapping,
  sources: TunnelSources,
  underlay: Underlay,
  paths?: PathMtu,
  trusted?: Pick<TrustedTunnels, 'isDownBySite' | 'marking'>,
): ForwardingEntry {
  const { eid, action, locators } = mapping;
  if (locators.length === 0) return { eid, action, targets: [] };
  // DP-22
  const isDown = (each: Locator): boolean => !each.reachable || trusted?.isDownBySite(eid, each) === true;
  const destinations = locators.map((each) => (isDown(each) ? { ...each, down: true as const } : each));
  const targets = encapTargets(destinations, sources, underlay);
  const marking = trusted?.marking;
  return {
    eid,
    action: ACTION_FORWARD,
    targets: targets.map((target) => {
      const pathMtu = paths?.of(target.destination);
      return {
        ...target,
        ...(pathMtu === undefined ? {} : { pathMtu }),
        ...(marking === undefined ? {} : { marking }),
      };
    }),
  };
}

/** Why a locator is or is not among the ways to encapsulate. */
export function locatorState(locator: Locator, underlay: Underlay, isDown = false): LocatorView['state'] {
  if (!isUsable(locator)) return 'unusable';
  if (isDown) return 'down';
  const nextHop = underlay.resolve(locator.address);
  if (nextHop === undefined) return 'no-route';
  return nextHop.kind === 'local' ? 'unusable' : 'up';
}
