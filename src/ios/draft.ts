/**
 * The intermediate configuration: what command handlers write into. Every part remembers the place it was entered
 * at (none when it comes from options that were there before), so that mistakes found at the end are located too.
 */
import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { SiteKey } from '../mapping/site.ts';
import type {
  InterfaceAddress,
  LispOptions,
  MissPolicy,
  RipOptions,
  RouterOptions,
  StaticRoute,
} from '../router/options.ts';
import { DEFAULT_MTU } from '../router/options.ts';
import type { Place } from './config-error.ts';

export interface Draft {
  hostname: string;
  interfaces: DraftInterface[];
  routes: Located<StaticRoute>[];
  rip: DraftRip | undefined;
  lisp: DraftLisp | undefined;
}

export type Located<T> = T & { readonly at?: Place };

export interface DraftInterface {
  readonly name: string;
  readonly at?: Place;
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
  /** One per line; lines with one EID-Prefix become one mapping. */
  databaseLines: Located<DatabaseLine>[];
  /** One per line; lines with one EID-Prefix become one entry. */
  cacheLines: Located<CacheLine>[];
  ipv4: DraftFamily;
  ipv6: DraftFamily;
  sites: DraftSite[];
  missPolicy: MissPolicy;
  pitrSourceEid: 'host' | 'rloc';
  xtrId: string | undefined;
  siteId: string | undefined;
}

export interface DatabaseLine {
  readonly eid: EidPrefix;
  /** An address, or the interface that has it. */
  readonly rloc: IpAddress | { readonly interface: string; readonly family: Family };
  readonly priority: number;
  readonly weight: number;
}

export interface CacheLine {
  readonly eid: EidPrefix;
  readonly content:
    | 'map-request'
    | 'native-forward'
    | 'drop'
    | { readonly address: IpAddress; readonly priority: number; readonly weight: number };
}

/** The place when it was switched on here, `true` when it was on before. */
export type Toggle = Place | boolean;

export interface DraftFamily {
  itr: Toggle;
  mapResolvers: Located<{ readonly address: IpAddress }>[];
  usePetr: Located<{ readonly address: IpAddress; readonly priority: number; readonly weight: number }>[];
  etr: Toggle;
  ttlMinutes: number;
  mapServers: DraftMapServer[];
  proxyItr: Located<{ readonly rlocs: readonly IpAddress[] }> | undefined;
  advertised: Located<{ readonly prefix: IpPrefix }>[];
  proxyEtr: Toggle;
  acceptSources: Located<{ readonly prefix: IpPrefix }>[];
  mapServer: Toggle;
  mapResolver: Toggle;
}

export interface DraftMapServer {
  readonly address: IpAddress;
  readonly at?: Place;
  key: SiteKey | undefined;
  proxyReply: boolean;
}

export interface DraftSite {
  readonly name: string;
  readonly at?: Place;
  key: SiteKey | undefined;
  prefixes: Located<{ readonly eid: EidPrefix; readonly acceptMoreSpecifics: boolean }>[];
  acceptStaleNonces: boolean;
}

export const DEFAULT_HOSTNAME = 'Router';

export function newInterface(name: string, at?: Place): DraftInterface {
  return {
    name,
    ...(at && { at }),
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

export function draftOfLisp(lisp: LispOptions): DraftLisp {
  return {
    databaseLines: lisp.databaseMappings.flatMap(({ eid, locators }) =>
      locators.map(({ address, priority, weight }) => ({ eid, rloc: address, priority, weight })),
    ),
    cacheLines: lisp.staticEntries.flatMap(({ eid, action, locators }): CacheLine[] =>
      action === 'locators' ? locators.map((content) => ({ eid, content })) : [{ eid, content: action }],
    ),
    ipv4: draftOfFamily(lisp, 'ipv4'),
    ipv6: draftOfFamily(lisp, 'ipv6'),
    sites: lisp.sites.map(({ name, key, prefixes, acceptStaleNonces }) => ({
      name,
      key,
      prefixes: [...prefixes],
      acceptStaleNonces,
    })),
    missPolicy: lisp.missPolicy,
    pitrSourceEid: lisp.pitrSourceEid,
    xtrId: lisp.xtrId,
    siteId: lisp.siteId,
  };
}

function draftOfFamily(lisp: LispOptions, family: 'ipv4' | 'ipv6'): DraftFamily {
  const { rlocs, advertise } = lisp.proxyItr[family];
  return {
    itr: lisp.itr[family].enabled,
    mapResolvers: lisp.itr[family].mapResolvers.map((address) => ({ address })),
    usePetr: [...lisp.itr[family].usePetr],
    etr: lisp.etr[family].enabled,
    ttlMinutes: lisp.etr[family].ttlMinutes,
    mapServers: lisp.etr[family].mapServers.map((server) => ({ ...server })),
    proxyItr: rlocs.length === 0 ? undefined : { rlocs },
    advertised: advertise.map((prefix) => ({ prefix })),
    proxyEtr: lisp.proxyEtr[family].enabled,
    acceptSources: lisp.proxyEtr[family].acceptSources.map((prefix) => ({ prefix })),
    mapServer: lisp.mapServer[family],
    mapResolver: lisp.mapResolver[family],
  };
}
