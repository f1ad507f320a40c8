/** What `show` commands and inspectors see of a router's tables, made from what the parts hold. */
import { comparePrefix, type Family } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import { ACTION_FORWARD } from '../engine/codes.ts';
import { bucketRow } from '../engine/buckets.ts';
import { MAX_OUTER_BYTES } from '../engine/model-forward.ts';
import { overhead } from '../engine/model-packet.ts';
import type { EncapTarget, ForwardingEntry } from '../engine/data-plane.ts';
import { ACTION_NATIVELY_FORWARD, ACTION_SEND_MAP_REQUEST, type Action } from '../mapping/action.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { CacheEntry } from '../roles/machine.ts';
import { locatorState } from './encap-targets.ts';
import type { ForwardingProgram } from './forwarding-program.ts';
import { perFamily, type RouterOptions } from './options.ts';
import { routeView, type Underlay } from './underlay.ts';
import type { CacheEntryView, ForwardingEntryView, ForwardingTargetView, RouteView } from './view.ts';

/** Which entries are asked for. */
export interface TableKey {
  readonly family: Family;
  readonly instanceId: number;
}

/** What the cache itself does not know of its entries. */
export interface CacheFacts {
  readonly hits: (eid: EidPrefix) => number;
  /** When a locator came up or went down last. */
  readonly since: (eid: EidPrefix, locator: Locator) => Micros | undefined;
  /** What its site or an unanswered nonce said of it. */
  readonly isDown: (eid: EidPrefix, locator: Locator) => boolean;
}

export function mapCacheView(
  entries: Iterable<CacheEntry>,
  key: TableKey,
  { lisp }: RouterOptions,
  underlay: Underlay,
  { hits, since, isDown }: CacheFacts,
): CacheEntryView[] {
  const hasPetr = lisp !== undefined && perFamily(lisp.itr, key.family).usePetr.length > 0;
  return [...entries]
    .filter(({ mapping }) => isOf(key, mapping.eid))
    .map((entry) => ({
      entry,
      hits: hits(entry.mapping.eid),
      locators: entry.mapping.locators.map((locator) => ({
        locator,
        state: locatorState(locator, underlay, isDown(entry.mapping.eid, locator)),
        since: since(entry.mapping.eid, locator) ?? entry.installed,
      })),
      viaPetr: hasPetr && isNativelyForwarded(entry),
    }));
}

export function routeViews(family: Family, { interfaces }: RouterOptions, underlay: Underlay): RouteView[] {
  return underlay
    .routes()
    .filter(({ prefix }) => prefix.address.family === family)
    .map((route) => routeView(route, interfaces));
}

export function forwardingEntryViews(
  program: ForwardingProgram,
  key: TableKey,
  { interfaces }: RouterOptions,
  hits: (eid: EidPrefix) => number,
): ForwardingEntryView[] {
  const names = interfaces.map(({ name }) => name);
  return [...program.entries()]
    .filter(({ eid }) => isOf(key, eid))
    .sort((a, b) => comparePrefix(a.eid.prefix, b.eid.prefix))
    .map((entry: ForwardingEntry) => ({
      eid: entry.eid,
      action: forwardingAction(entry.action),
      targets: targetViews(program.targetsOf(entry), (target) => program.isDown(target), names),
      hits: hits(entry.eid),
    }));
}

/** Those that are up. */
function targetViews(
  targets: readonly EncapTarget[],
  isDown: (target: EncapTarget) => boolean,
  names: readonly string[],
): ForwardingTargetView[] {
  const row = bucketRow(targets, (index) => isDown(targets[index]!));
  return targets.flatMap((target, index) => {
    if (isDown(target)) return [];
    const { source, destination, priority, weight, nextHop, pathMtu = Infinity } = target;
    const mtu = Math.min(MAX_OUTER_BYTES, nextHop.mtu, pathMtu);
    const view = {
      source,
      destination,
      priority,
      weight,
      mtu,
      innerMtu: mtu - overhead(destination.family),
      share: row.filter((slot) => slot === index).length / row.length,
      ...(nextHop.gateway === undefined ? {} : { gateway: nextHop.gateway }),
      interfaceName: names[nextHop.interfaceIndex] ?? '?',
    };
    return [view];
  });
}

function forwardingAction(action: Action): ForwardingEntryView['action'] {
  if (action === ACTION_FORWARD) return 'forward';
  if (action === ACTION_NATIVELY_FORWARD) return 'natively-forward';
  return action === ACTION_SEND_MAP_REQUEST ? 'send-map-request' : 'drop';
}

function isOf({ family, instanceId }: TableKey, eid: EidPrefix): boolean {
  return eid.prefix.address.family === family && eid.instanceId === instanceId;
}

function isNativelyForwarded({ mapping }: CacheEntry): boolean {
  return mapping.locators.length === 0 && mapping.action === ACTION_NATIVELY_FORWARD;
}
