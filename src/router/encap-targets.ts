import { sameIp, type IpAddress } from '../base/ip.ts';
import { ACTION_FORWARD } from '../engine/codes.ts';
import type { EncapTarget, ForwardingEntry } from '../engine/data-plane.ts';
import { isUsable, type Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { PathMtu } from '../roles/path-mtu.ts';
import type { LocatorView } from './view.ts';
import type { TunnelSources } from './lisp-config.ts';
import type { TrustedTunnels } from './trusted-tunnels.ts';
import type { Underlay } from './underlay.ts';

/** What is needed to encapsulate to a locator: only priority, weight and address matter. */
export type Destination = Pick<Locator, 'address' | 'priority' | 'weight'>;

/**
 * Turns locators into ways to encapsulate, given the underlay and the router's own RLOCs. Left out: locators that
 * may not be used (DP-21, DP-22), own addresses (an encapsulation loop), those without a route, and those of a
 * family in which this router has no RLOC to send from.
 */
export function encapTargets(
  destinations: readonly Destination[],
  sources: TunnelSources,
  underlay: Underlay,
): EncapTarget[] {
  return destinations.flatMap(({ address, priority, weight }) => {
    const nextHop = underlay.resolve(address);
    if (nextHop === undefined || nextHop.kind === 'local') return [];
    const source = sourceRloc(address, sources, underlay);
    return source === undefined ? [] : [{ source, destination: address, priority, weight, nextHop }];
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

/** The data plane's form of a Map-Cache entry. */
export function forwardingEntry(
  mapping: Mapping,
  sources: TunnelSources,
  underlay: Underlay,
  paths?: PathMtu,
  trusted?: Pick<TrustedTunnels, 'isDown' | 'marking'>,
): ForwardingEntry {
  const { eid, action, locators } = mapping;
  if (locators.length === 0) return { eid, action, targets: [] };
  const usable = locators.filter((each) => isUsable(each) && trusted?.isDown(eid, each) !== true);
  const targets = encapTargets(usable, sources, underlay);
  return {
    eid,
    action: ACTION_FORWARD,
    targets: targets.map((target) => {
      const pathMtu = paths?.of(target.destination);
      const marking = trusted?.marking(target.destination);
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
