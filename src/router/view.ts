import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { Counters } from '../engine/data-plane.ts';
import type { Explanation } from '../engine/phases.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { Site } from '../mapping/site.ts';
import type { Registration } from '../mapping/store.ts';
import type { CacheEntry } from '../roles/machine.ts';
import type { MapServerSession } from '../roles/registrar.ts';
import type { InterfaceCounts } from './interface-counters.ts';
import type { DatabaseMapping, RouterOptions } from './options.ts';

/** Read-only state of a router: what `show` commands and inspectors print. Snapshots, owned by the caller. */
export interface RouterView {
  readonly options: RouterOptions;
  /** The hostname that the router began with: its xTR-ID is made from that. */
  readonly firstName: string;
  /** In EID order. */
  mapCache(family: Family, instanceId?: number): readonly CacheEntryView[];
  /** The EID-Prefixes of this site with their locators, in configuration order. */
  database(family: Family): readonly DatabaseMapping[];
  /** Configured sites in configuration order; empty when the router is no Map-Server. */
  sites(): readonly SiteView[];
  /** Underlay routes in use, in prefix order. */
  routes(family: Family): readonly RouteView[];
  /** What RIP does; undefined while it is off. */
  rip(): RipView | undefined;
  /** Configured Map-Servers of the ETR, in configuration order, one for both families where they share a key. */
  mapServers(): readonly MapServerView[];
  /** What the data plane holds per EID-Prefix, in EID order. */
  forwardingEntries(family: Family, instanceId?: number): readonly ForwardingEntryView[];
  /** What the data plane has counted since the start. */
  forwarding(): Counters;
  /** Packets recorded by `traceNext`, oldest first. */
  packetTraces(): readonly PacketTrace[];
  /** Control-plane counters by name: 'map-request-sent', 'drop:bad-nonce'... in order of first use. */
  control(): ReadonlyMap<string, number>;
  /** Packets of an interface; zeros for a name that no interface has. */
  interfaceCounts(name: string): InterfaceCounts;
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

/** A Map-Cache entry as `show ip lisp map-cache` tells it. */
export interface CacheEntryView {
  readonly entry: CacheEntry;
  readonly hits: number;
  readonly locators: readonly LocatorView[];
  /** Packets of this natively-forward entry go to a PETR instead. */
  readonly viaPetr: boolean;
}

/** A locator of an entry, and whether packets go there. */
export interface LocatorView {
  readonly locator: Locator;
  readonly state: 'up' | 'no-route' | 'unusable' | 'down';
  /** When it came up or went down last; of one that did neither when it was learned. */
  readonly since: Micros;
}

/** A configured site of a Map-Server, with what is registered for it. */
export interface SiteView {
  readonly site: Site;
  /** Configured prefixes, each followed by the more-specifics registered under it. */
  readonly prefixes: readonly SitePrefixView[];
}

/** One EID-Prefix of a site. Counts are since the start of the router. */
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

/** A route of the underlay that is in use. */
export interface RouteView {
  readonly prefix: IpPrefix;
  /** 'aggregate': the discard route of an aggregate that a PITR advertises. */
  readonly source: 'connected' | 'local' | 'static' | 'learned' | 'aggregate';
  readonly distance: number;
  /** Hops, of a learned route. */
  readonly metric?: number;
  readonly gateway?: IpAddress;
  /** Absent for a discard route. */
  readonly interfaceName?: string;
}

/** RIP of a router. */
export interface RipView {
  /** Of the next update that is due by itself. */
  readonly nextUpdate: Micros;
  readonly interfaces: readonly { readonly name: string; readonly passive: boolean }[];
  /** In prefix order. */
  readonly routes: readonly RipRouteView[];
  /** Who told routes, and when last. In order of their addresses. */
  readonly neighbours: readonly { readonly address: IpAddress; readonly heard: Micros }[];
}

/** A route of RIP's database. */
export interface RipRouteView {
  readonly prefix: IpPrefix;
  readonly how: 'connected' | 'static' | 'proxy-itr' | 'default' | 'learned';
  /** Of a learned route: hops, 16 when it is lost and about to be forgotten. Own routes have 0. */
  readonly metric: number;
  readonly gateway?: IpAddress;
  readonly interfaceName?: string;
  /** Of a learned route: when it was told last. */
  readonly heard?: Micros;
}

/** How the ETR stands with a configured Map-Server. */
export type MapServerView = MapServerSession;

/** A Map-Cache entry as the data plane has it. */
export interface ForwardingEntryView {
  readonly eid: EidPrefix;
  readonly action: 'forward' | 'natively-forward' | 'send-map-request' | 'drop';
  /** Ways that packets take; for 'natively-forward' those to a PETR when one is used. */
  readonly targets: readonly ForwardingTargetView[];
  readonly hits: number;
}

/** A way out of a forwarding entry. */
export interface ForwardingTargetView {
  /** Outer source and destination. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly priority: number;
  readonly weight: number;
  /** Largest outer packet that goes this way. */
  readonly mtu: number;
  /** Longest packet that fits into it behind the LISP headers. */
  readonly innerMtu: number;
  /** Part of the flows that take this way, 0 to 1; 0 for those of a priority that is not the best. */
  readonly share: number;
  /** Absent when the destination is on the link. */
  readonly gateway?: IpAddress;
  readonly interfaceName: string;
}
