import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { Site, SiteKey } from '../mapping/site.ts';

/**
 * The one plain object that configures a router. A router keeps it and never changes it; nor may the caller.
 * `parseConfig` makes one of a text, `checkRouterOptions` checks one made by hand.
 */
export interface RouterOptions {
  /** Also the name of the node. The xTR-ID is made from the first one that a router has, and stays. */
  readonly hostname: string;
  readonly interfaces: readonly InterfaceOptions[];
  readonly staticRoutes: readonly StaticRoute[];
  /** Absent: the router neither tells nor learns routes. */
  readonly rip?: RipOptions;
  /** Absent: the router knows nothing of LISP. */
  readonly lisp?: LispOptions;
}

/** An interface of a router. */
export interface InterfaceOptions {
  /** Full name as IOS writes it: FastEthernet0/0, Loopback0. Its place in the list is its interface index. */
  readonly name: string;
  /** Sends and receives nothing, and has no connected routes. */
  readonly shutdown: boolean;
  /** Largest IP packet in bytes; 68..65535. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
}

/** An address of an interface, host bits included. */
export interface InterfaceAddress {
  readonly address: IpAddress;
  /** Length of the connected prefix. */
  readonly bits: number;
}

/** A static route of the underlay. */
export interface StaticRoute {
  readonly prefix: IpPrefix;
  readonly target:
    | { readonly kind: 'via'; readonly gateway: IpAddress }
    | { readonly kind: 'interface'; readonly name: string }
    /** Null0 */
    | { readonly kind: 'discard' };
  /** 1..255; the least wins. */
  readonly distance: number;
}

/** RIP version 2 (RFC 2453): routes of the underlay, told to neighbours. IPv4 only. */
export interface RipOptions {
  /** Classful networks; interfaces with an address in one of them speak RIP, and their subnets are told. */
  readonly networks: readonly IpPrefix[];
  /** These listen only. */
  readonly passiveInterfaces: readonly string[];
  readonly redistributeStatic: boolean;
  /** Tell a default route as well. */
  readonly originateDefault: boolean;
  /** Seconds between updates; until a route unheard of is unusable; until it is forgotten. Default 30, 180, 240. */
  readonly timers: { readonly update: number; readonly invalid: number; readonly flush: number };
}

/** All of `router lisp`. `noLisp()` is the empty one to start from. */
export interface LispOptions {
  readonly databaseMappings: readonly DatabaseMapping[];
  readonly itr: PerFamily<ItrOptions>;
  readonly etr: PerFamily<EtrOptions>;
  readonly proxyItr: PerFamily<ProxyItrOptions>;
  readonly proxyEtr: PerFamily<ProxyEtrOptions>;
  readonly mapServer: PerFamily<boolean>;
  readonly mapResolver: PerFamily<boolean>;
  readonly sites: readonly Site[];
  readonly staticEntries: readonly StaticMapCacheEntry[];
  readonly missPolicy: MissPolicy;
  /** 16 bytes in hexadecimal. Without one the router makes one from its first hostname. */
  readonly xtrId?: string;
  /** 8 bytes in hexadecimal; default 0, "unspecified". */
  readonly siteId?: string;
  /** Source EID of a PITR's Map-Requests: the host that caused them (RFC 9301 §5.2), or the proxy-itr address. */
  readonly pitrSourceEid: 'host' | 'rloc';
  /**
   * 'trusted': LISP headers ask for nonces and send them back, and carry Locator-Status-Bits, and those that come are
   * believed. Only where nobody else can send packets between the RLOCs (RFC 9300 §16). 'public': none of it.
   */
  readonly profile: LispProfile;
}

/** How far a router trusts what LISP headers say. */
export type LispProfile = 'public' | 'trusted';

/** Settings per EID family: `ipv4 ...` and `ipv6 ...` lines. Both always present. */
export interface PerFamily<T> {
  readonly ipv4: T;
  readonly ipv6: T;
}

/** The setting of one EID family. */
export function perFamily<T>(settings: PerFamily<T>, family: Family): T {
  return family === 4 ? settings.ipv4 : settings.ipv6;
}

/**
 * What happens to a packet while its EID is being resolved: 'hold' keeps one packet per EID for at most 3 s, 'drop'
 * keeps none, as IOS does.
 */
export type MissPolicy = 'drop' | 'hold';

/** An EID-Prefix of this site and its locators. */
export interface DatabaseMapping {
  readonly eid: EidPrefix;
  readonly locators: readonly DatabaseLocator[];
}

/** A locator as configured. Priority 0..255, the least wins, 255 = never used; weight 0..255, a share of the flows. */
export interface DatabaseLocator {
  readonly address: IpAddress;
  readonly priority: number;
  readonly weight: number;
}

/** ITR of one EID family. */
export interface ItrOptions {
  readonly enabled: boolean;
  /** Asked in this order; used by the PITR as well. */
  readonly mapResolvers: readonly IpAddress[];
  /** Where natively-forwarded packets go instead. */
  readonly usePetr: readonly PetrOptions[];
}

/** A Proxy ETR to use (`use-petr`). Priority and weight as of a locator. */
export interface PetrOptions {
  readonly address: IpAddress;
  readonly priority: number;
  readonly weight: number;
}

/** ETR of one EID family. */
export interface EtrOptions {
  readonly enabled: boolean;
  readonly mapServers: readonly EtrMapServer[];
  /** Minutes, of the records registered and answered; 1..525600, default 1440. */
  readonly ttlMinutes: number;
}

/** A Map-Server that an ETR registers with. */
export interface EtrMapServer {
  readonly address: IpAddress;
  readonly key: SiteKey;
  /** Ask it to answer Map-Requests for this site. */
  readonly proxyReply: boolean;
}

/** Proxy ITR of one EID family. */
export interface ProxyItrOptions {
  /** Own RLOCs, outer source of encapsulated packets; none = not a PITR. At most one of each family. */
  readonly rlocs: readonly IpAddress[];
  /**
   * Aggregates told to the underlay by RIP, so that traffic for EIDs finds this PITR (RFC 6832 §5.1). Each has a
   * discard route: what lies in a hole of the aggregate ends here (IW-15). RIP tells those of IPv4 only.
   */
  readonly advertise: readonly IpPrefix[];
}

/** Proxy ETR of one EID family. */
export interface ProxyEtrOptions {
  readonly enabled: boolean;
  /** Inner sources accepted beside the configured sites. 0/0 accepts any. */
  readonly acceptSources: readonly IpPrefix[];
}

/** A Map-Cache entry from the configuration; it never expires. */
export interface StaticMapCacheEntry {
  readonly eid: EidPrefix;
  /** 'locators': a positive entry. */
  readonly action: 'map-request' | 'native-forward' | 'drop' | 'locators';
  readonly locators: readonly DatabaseLocator[];
}

/** Bytes; what an interface takes when its configuration does not say. */
export const DEFAULT_MTU = 1500;

/** RIP that speaks on no interface, with the timers of RFC 2453. A fresh object, to be spread and changed. */
export function noRip(): RipOptions {
  return {
    networks: [],
    passiveInterfaces: [],
    redistributeStatic: false,
    originateDefault: false,
    timers: { update: 30, invalid: 180, flush: 240 },
  };
}

/** LISP with every role off. A fresh object, to be spread and changed. */
export function noLisp(): LispOptions {
  const itr: ItrOptions = { enabled: false, mapResolvers: [], usePetr: [] };
  const etr: EtrOptions = { enabled: false, mapServers: [], ttlMinutes: 1440 };
  const proxyEtr: ProxyEtrOptions = { enabled: false, acceptSources: [] };
  return {
    databaseMappings: [],
    itr: { ipv4: itr, ipv6: itr },
    etr: { ipv4: etr, ipv6: etr },
    proxyItr: { ipv4: { rlocs: [], advertise: [] }, ipv6: { rlocs: [], advertise: [] } },
    proxyEtr: { ipv4: proxyEtr, ipv6: proxyEtr },
    mapServer: { ipv4: false, ipv6: false },
    mapResolver: { ipv4: false, ipv6: false },
    sites: [],
    staticEntries: [],
    missPolicy: 'hold',
    pitrSourceEid: 'host',
    profile: 'public',
  };
}
