/** What the LISP roles of a router are told, given its configuration and underlay. */
import { fromHex } from '../base/bytes.ts';
import { anyAddress, prefix, type Family } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import {
  ACTION_DROP_NO_REASON,
  ACTION_NATIVELY_FORWARD,
  ACTION_NO_ACTION,
  ACTION_SEND_MAP_REQUEST,
} from '../mapping/action.ts';
import { eidKey, eidPrefix } from '../mapping/eid.ts';
import { sortLocators, type Locator } from '../mapping/locator.ts';
import { databaseMapping, noEtr, type EtrConfig } from '../roles/etr.ts';
import { noItr, type ItrConfig } from '../roles/itr.ts';
import { sendMapRequestEntry, type StaticEntry } from '../roles/map-cache.ts';
import type { MapResolverConfig } from '../roles/map-resolver.ts';
import type { MapServerConfig } from '../roles/map-server.ts';
import type { ItrPolicy } from '../roles/policy.ts';
import type { EtrMapServer } from '../roles/registrar.ts';
import { ownRlocs } from './lisp-config.ts';
import {
  perFamily,
  type DatabaseLocator,
  type LispOptions,
  type PerFamily,
  type StaticMapCacheEntry,
} from './options.ts';
import type { Underlay } from './underlay.ts';
import { xtrIdOf } from './xtr-id.ts';

const STATIC_ACTIONS: Readonly<Record<StaticMapCacheEntry['action'], number>> = {
  'map-request': ACTION_SEND_MAP_REQUEST,
  'native-forward': ACTION_NATIVELY_FORWARD,
  drop: ACTION_DROP_NO_REASON,
  locators: ACTION_NO_ACTION,
};

export function itrConfig(lisp: LispOptions, underlay: Underlay, node: NodeIdentity): ItrConfig {
  const entries = staticEntries(lisp);
  const policy = (family: Family, pitr: boolean): ItrPolicy | undefined => {
    const isOn = pitr
      ? perFamily(lisp.proxyItr, family).rlocs.length > 0
      : perFamily(lisp.itr, family).enabled;
    if (!isOn) return undefined;
    return {
      itrRlocs: ownRlocs(lisp, underlay),
      pitr,
      sourceEid: pitr ? lisp.pitrSourceEid : 'host',
      mapResolvers: perFamily(lisp.itr, family).mapResolvers,
    };
  };
  return {
    ...noItr(),
    localEids: lisp.databaseMappings.map(({ eid }) => eid),
    itr: present({ ipv4: policy(4, false), ipv6: policy(6, false) }),
    pitr: present({ ipv4: policy(4, true), ipv6: policy(6, true) }),
    staticEntries: entries,
    maxEntries: learnedRoom(node.entryCapacity, entries.length),
    ownAddresses: underlay.ownAddresses(),
  };
}

/**
 * How many learned entries the data plane has room for: half of what static entries and PETRs leave, since a new
 * configuration writes every entry anew beside the old ones.
 */
function learnedRoom(capacity: number, staticCount: number): number {
  const petrs = 2;
  return Math.max(1, (capacity >> 1) - staticCount - petrs);
}

/** The configured entries, and "always ask" for everything else where the ITR is on. */
function staticEntries(lisp: LispOptions): StaticEntry[] {
  const configured = lisp.staticEntries.map(({ eid, action, locators }) => ({
    eid,
    action: STATIC_ACTIONS[action],
    locators: sortLocators(locators.map(remoteLocator)),
  }));
  const taken = new Set(configured.map(({ eid }) => eidKey(eid)));
  const defaults = ([4, 6] as const)
    .filter((family) => perFamily(lisp.itr, family).enabled)
    .map((family) => eidPrefix(prefix(anyAddress(family), 0)))
    .filter((eid) => !taken.has(eidKey(eid)));
  return [...configured, ...defaults.map(sendMapRequestEntry)];
}

function remoteLocator({ address, priority, weight }: DatabaseLocator): Locator {
  return {
    address,
    priority,
    weight,
    multicastPriority: 255,
    multicastWeight: 0,
    local: false,
    reachable: true,
  };
}

/** Leaves out what is undefined. */
function present<T>(settings: { ipv4: T | undefined; ipv6: T | undefined }): Partial<PerFamily<T>> {
  return {
    ...(settings.ipv4 === undefined ? {} : { ipv4: settings.ipv4 }),
    ...(settings.ipv6 === undefined ? {} : { ipv6: settings.ipv6 }),
  };
}

export function etrConfig(lisp: LispOptions, underlay: Underlay, node: NodeIdentity): EtrConfig {
  return {
    ...noEtr(),
    database: lisp.databaseMappings.flatMap(({ eid, locators }) => {
      const { enabled, ttlMinutes } = perFamily(lisp.etr, eid.prefix.address.family);
      const local = locators.map((locator) => localLocator(locator, underlay));
      return enabled ? [databaseMapping(eid, ttlMinutes, local)] : [];
    }),
    mapServers: mapServers(lisp),
    ids: { xtrId: xtrIdOf(lisp, node.firstName), siteId: idBytes(lisp.siteId, 8) ?? new Uint8Array(8) },
    clockSec: node.clockSec,
    canEcho: lisp.profile === 'trusted',
  };
}

/** What the configuration of LISP alone does not say. */
export interface NodeIdentity {
  /** The hostname of the beginning. */
  readonly firstName: string;
  /** Wall-clock seconds at time 0; register nonces rise from there (CP-29). 0..2^32-1. */
  readonly clockSec: number;
  /** Map-Cache entries that fit the data plane. */
  readonly entryCapacity: number;
}

/** A locator of this site: L says that it is this router's own, R that the underlay reaches it. */
function localLocator(locator: DatabaseLocator, underlay: Underlay): Locator {
  return {
    ...remoteLocator(locator),
    local: underlay.isOwn(locator.address),
    reachable: underlay.resolve(locator.address) !== undefined && !underlay.isShut(locator.address),
  };
}

/** A Map-Server given in `ipv4` and `ipv6` lines with one key is one Map-Server for both families. */
function mapServers(lisp: LispOptions): EtrMapServer[] {
  const found = new Map<string, EtrMapServer>();
  for (const family of [4, 6] as const) {
    const { enabled, mapServers: configured } = perFamily(lisp.etr, family);
    if (!enabled) continue;
    for (const server of configured) {
      const { address, key, proxyReply } = server;
      const id = [formatIp(address), key.keyId, key.algorithmId, key.secret, proxyReply].join(' ');
      const families = [...(found.get(id)?.families ?? []), family];
      found.set(id, { ...server, families });
    }
  }
  return [...found.values()];
}

function idBytes(hex: string | undefined, bytes: number): Uint8Array | undefined {
  const value = hex === undefined ? undefined : fromHex(hex);
  return value?.length === bytes ? value : undefined;
}

/** Without LISP the role is there, and off. */
export function mapServerConfig(lisp: LispOptions | undefined): MapServerConfig {
  return { families: familiesOf(lisp?.mapServer), underlay: [4, 6], replyLimit: 'eid-prefix' };
}

export function mapResolverConfig(lisp: LispOptions | undefined): MapResolverConfig {
  return {
    families: familiesOf(lisp?.mapResolver),
    underlay: [4, 6],
    hasMapServer: familiesOf(lisp?.mapServer).length > 0,
    replyLimit: 'eid-prefix',
  };
}

function familiesOf(settings: PerFamily<boolean> | undefined): Family[] {
  return ([4, 6] as const).filter((family) => settings !== undefined && perFamily(settings, family));
}
