/**
 * The intermediate configuration: what command handlers write into. Plain data. Every part remembers the place it was
 * entered at (none when it comes from options that were there before), so that mistakes found at the end are located
 * too; parts of the LISP configuration remember their dialect as well.
 */
import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { SiteKey } from '../mapping/site.ts';
import type {
  InterfaceAddress,
  LispOptions,
  LispProfile,
  MissPolicy,
  RipOptions,
  RouterOptions,
  StaticRoute,
} from '../router/options.ts';
import { DEFAULT_MTU, noLisp } from '../router/options.ts';
import type { Place } from './config-error.ts';

export interface Draft {
  hostname: string;
  interfaces: DraftInterface[];
  routes: DraftRoute[];
  rip: DraftRip | undefined;
  lisp: DraftLisp | undefined;
}

export type Located<T> = T & { readonly at?: Place | undefined };

/** How a part of the LISP configuration was entered. */
export interface Entered {
  readonly at?: Place | undefined;
  /** The dialect: absent for a line of `router lisp`, GLOBAL_FORM, or the key of the block it stands in. */
  readonly form?: string | undefined;
}

export type Written<T> = T & Entered;

/** The form of `ip lisp ...`, `ipv6 lisp ...` and `lisp ...`. No key of a block is this word. */
export const GLOBAL_FORM = 'global';

/** `name` is for people: it is kept as it was entered. */
export type DraftRoute = Located<StaticRoute> & { readonly name?: string };

export interface DraftInterface {
  readonly name: string;
  readonly at?: Place;
  /** As it was written, quotes included. */
  description: string | undefined;
  shutdown: boolean;
  mtu: number | undefined;
  ipMtu: number | undefined;
  primary: Located<InterfaceAddress> | undefined;
  secondary: Located<InterfaceAddress>[];
  ipv6: Located<InterfaceAddress>[];
}

export interface DraftRip {
  networks: Located<{ readonly prefix: IpPrefix }>[];
  passiveInterfaces: Located<{ readonly name: string }>[];
  redistributeStatic: boolean;
  originateDefault: boolean;
  timers: RipOptions['timers'];
}

export interface DraftLisp {
  /** `router lisp` was entered. Without it LISP is configured as long as some part is. */
  opened: boolean;
  /** In the order in which they were opened. */
  locatorSets: DraftLocatorSet[];
  /** `eid-table`, `instance-id` and `service` blocks, in the order in which they were opened. */
  blocks: DraftBlock[];
  /** One per line; lines with one EID-Prefix become one mapping. */
  databaseLines: Written<DatabaseLine>[];
  /** One per line; lines with one EID-Prefix become one entry. */
  cacheLines: Written<CacheLine>[];
  ipv4: DraftFamily;
  ipv6: DraftFamily;
  sites: DraftSite[];
  missPolicy: Written<{ readonly value: MissPolicy }> | undefined;
  pitrSourceEid: Written<{ readonly value: 'host' | 'rloc' }> | undefined;
  profile: Written<{ readonly value: LispProfile }> | undefined;
  xtrId: Written<{ readonly value: string }> | undefined;
  siteId: Written<{ readonly value: string }> | undefined;
}

export interface DraftLocatorSet {
  readonly name: string;
  readonly at?: Place;
  locators: Located<LocatorLine>[];
}

export interface LocatorLine {
  /** An address, or the interface that has it. */
  readonly rloc: IpAddress | { readonly interface: string; readonly family: Family };
  readonly priority: number;
  readonly weight: number;
}

export interface DraftBlock {
  /** Its heading behind the headings of the blocks around it: the form of the parts inside. */
  readonly key: string;
  readonly kind: 'service' | 'eid-table' | 'instance-id';
  readonly heading: string;
  /** The key of the block around it; absent directly in `router lisp`. */
  readonly around: string | undefined;
  /** Of the EIDs inside. */
  readonly instanceId: number;
  /** Of a service. */
  readonly family: Family | undefined;
  /** What an `eid-table` line inside names: `default` or `vrf NAME`. */
  table: string | undefined;
}

export type DatabaseLine = { readonly eid: EidPrefix } & (LocatorLine | { readonly locatorSet: string });

export interface CacheLine {
  readonly eid: EidPrefix;
  readonly content:
    | 'map-request'
    | 'native-forward'
    | 'drop'
    | { readonly address: IpAddress; readonly priority: number; readonly weight: number };
}

/** A role that is on; undefined when it is off. */
export type Toggle = Entered | undefined;

export interface DraftFamily {
  itr: Toggle;
  mapResolvers: Written<{ readonly address: IpAddress }>[];
  usePetr: Written<{ readonly address: IpAddress; readonly priority: number; readonly weight: number }>[];
  etr: Toggle;
  /** Undefined: the default. */
  ttl: Written<{ readonly minutes: number }> | undefined;
  mapServers: DraftMapServer[];
  proxyItr: Written<{ readonly rlocs: readonly IpAddress[] }> | undefined;
  advertised: Written<{ readonly prefix: IpPrefix }>[];
  proxyEtr: Toggle;
  acceptSources: Written<{ readonly prefix: IpPrefix }>[];
  mapServer: Toggle;
  mapResolver: Toggle;
}

/** `masked`: as it was written, when that was type 7. */
export interface DraftKey extends SiteKey {
  readonly masked?: string;
}

export interface DraftMapServer {
  readonly address: IpAddress;
  readonly at?: Place;
  form?: string | undefined;
  key: DraftKey | undefined;
  proxyReply: boolean;
}

export interface DraftSite extends Entered {
  readonly name: string;
  /** As it was written, quotes included. */
  description: string | undefined;
  key: DraftKey | undefined;
  prefixes: DraftSitePrefix[];
  /** None: any. */
  allowedLocators: readonly IpAddress[];
  acceptStaleNonces: boolean;
}

export interface DraftSitePrefix {
  readonly eid: EidPrefix;
  readonly acceptMoreSpecifics: boolean;
  readonly at?: Place;
  /** What IOS and IOS XE call it. */
  readonly word: 'eid-prefix' | 'eid-record';
}

export const DEFAULT_HOSTNAME = 'Router';

export function newInterface(name: string, at?: Place): DraftInterface {
  return {
    name,
    ...(at && { at }),
    description: undefined,
    shutdown: false,
    mtu: undefined,
    ipMtu: undefined,
    primary: undefined,
    secondary: [],
    ipv6: [],
  };
}

export function familyOf(lisp: DraftLisp, family: Family): DraftFamily {
  return family === 4 ? lisp.ipv4 : lisp.ipv6;
}

/** A draft that says what the options say; the options stay untouched. */
export function draftOf(options: RouterOptions): Draft {
  return {
    hostname: options.hostname,
    interfaces: options.interfaces.map((port) => {
      const [primary, ...secondary] = port.addresses.filter(({ address }) => address.family === 4);
      return {
        ...newInterface(port.name),
        shutdown: port.shutdown,
        mtu: port.mtu === DEFAULT_MTU ? undefined : port.mtu,
        primary,
        secondary,
        ipv6: port.addresses.filter(({ address }) => address.family === 6),
      };
    }),
    routes: [...options.staticRoutes],
    rip: options.rip && draftOfRip(options.rip),
    lisp: options.lisp && draftOfLisp(options.lisp),
  };
}

export function draftOfRip(rip: RipOptions): DraftRip {
  return {
    ...rip,
    networks: rip.networks.map((prefix) => ({ prefix })),
    passiveInterfaces: rip.passiveInterfaces.map((name) => ({ name })),
  };
}

/** A LISP configuration in which nothing was entered. */
export function newLisp(): DraftLisp {
  const lisp = draftOfLisp(noLisp());
  lisp.ipv4.ttl = lisp.ipv6.ttl = undefined;
  return { ...lisp, opened: false, missPolicy: undefined, pitrSourceEid: undefined, profile: undefined };
}

function draftOfLisp(lisp: LispOptions): DraftLisp {
  return {
    opened: true,
    locatorSets: [],
    blocks: [],
    databaseLines: lisp.databaseMappings.flatMap(({ eid, locators }) =>
      locators.map(({ address, priority, weight }) => ({ eid, rloc: address, priority, weight })),
    ),
    cacheLines: lisp.staticEntries.flatMap(({ eid, action, locators }): CacheLine[] =>
      action === 'locators' ? locators.map((content) => ({ eid, content })) : [{ eid, content: action }],
    ),
    ipv4: draftOfFamily(lisp, 'ipv4'),
    ipv6: draftOfFamily(lisp, 'ipv6'),
    sites: lisp.sites.map(({ name, key, prefixes, allowedLocators = [], acceptStaleNonces }) => ({
      name,
      key,
      description: undefined,
      prefixes: prefixes.map((prefix) => ({ ...prefix, word: 'eid-prefix' })),
      allowedLocators,
      acceptStaleNonces,
    })),
    missPolicy: { value: lisp.missPolicy },
    pitrSourceEid: { value: lisp.pitrSourceEid },
    profile: { value: lisp.profile },
    xtrId: lisp.xtrId === undefined ? undefined : { value: lisp.xtrId },
    siteId: lisp.siteId === undefined ? undefined : { value: lisp.siteId },
  };
}

function draftOfFamily(lisp: LispOptions, family: 'ipv4' | 'ipv6'): DraftFamily {
  const { rlocs, advertise } = lisp.proxyItr[family];
  const toggle = (isOn: boolean): Toggle => (isOn ? {} : undefined);
  return {
    itr: toggle(lisp.itr[family].enabled),
    mapResolvers: lisp.itr[family].mapResolvers.map((address) => ({ address })),
    usePetr: [...lisp.itr[family].usePetr],
    etr: toggle(lisp.etr[family].enabled),
    ttl: { minutes: lisp.etr[family].ttlMinutes },
    mapServers: lisp.etr[family].mapServers.map((server) => ({ ...server })),
    proxyItr: rlocs.length === 0 ? undefined : { rlocs },
    advertised: advertise.map((prefix) => ({ prefix })),
    proxyEtr: toggle(lisp.proxyEtr[family].enabled),
    acceptSources: lisp.proxyEtr[family].acceptSources.map((prefix) => ({ prefix })),
    mapServer: toggle(lisp.mapServer[family]),
    mapResolver: toggle(lisp.mapResolver[family]),
  };
}
