import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { Counters } from '../engine/data-plane.ts';
import type { Explanation } from '../engine/phases.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { Site } from '../mapping/site.ts';
import type { Registration } from '../mapping/store.ts';
import type { CacheEntry } from '../roles/machine.ts';
import type { DatabaseMapping, RouterOptions } from './options.ts';

/** Read-only state of a router: what `show` commands and inspectors print. Snapshots, owned by the caller. */
export interface RouterView {
  readonly options: RouterOptions;
  /** In EID order. */
  mapCache(family: Family, instanceId?: number): readonly CacheEntryView[];
  database(family: Family): readonly DatabaseMapping[];
  /** Configured sites in configuration order; empty when the router is no Map-Server. */
  sites(): readonly SiteView[];
  /** Underlay routes in use, in prefix order. */
  routes(family: Family): readonly RouteView[];
  forwarding(): Counters;
  /** Control-plane counters by name: 'map-request-sent', 'drop:bad-nonce'... in order of first use. */
  control(): ReadonlyMap<string, number>;
}

/** A packet that the data plane of a router took up while it was tracing, and why it did what it did. */
export interface PacketTrace {
  readonly time: Micros;
  /** Absent for packets of the router's own making. */
  readonly interfaceName?: string;
  /** One line about the packet as it was taken up. */
  readonly packet: string;
  readonly explanation: Explanation;
}

export interface CacheEntryView {
  readonly entry: CacheEntry;
  readonly hits: number;
  readonly locators: readonly LocatorView[];
  /** Packets of this natively-forward entry go to a PETR instead. */
  readonly viaPetr: boolean;
}

export interface LocatorView {
  readonly locator: Locator;
  readonly state: 'up' | 'no-route' | 'unusable';
  readonly since: Micros;
}

export interface SiteView {
  readonly site: Site;
  /** Configured prefixes, each followed by the more-specifics registered under it. */
  readonly prefixes: readonly SitePrefixView[];
}

export interface SitePrefixView {
  readonly eid: EidPrefix;
  /** Absent when the prefix itself is configured. */
  readonly moreSpecificOf?: EidPrefix;
  readonly acceptMoreSpecifics: boolean;
  /** In order of first registration; empty when nobody registered. */
  readonly registrations: readonly Registration[];
  readonly authenticationFailures: number;
  readonly locatorMismatches: number;
}

export interface RouteView {
  readonly prefix: IpPrefix;
  readonly source: 'connected' | 'local' | 'static' | 'learned';
  readonly distance: number;
  readonly gateway?: IpAddress;
  /** Absent for a discard route. */
  readonly interfaceName?: string;
}
