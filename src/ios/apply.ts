import { compareIp, comparePrefix, type IpAddress } from '../base/ip.ts';
import { compareEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { Site } from '../mapping/site.ts';
import {
  DEFAULT_MTU,
  type DatabaseLocator,
  type DatabaseMapping,
  type EtrMapServer,
  type InterfaceAddress,
  type InterfaceOptions,
  type LispOptions,
  type RipOptions,
  type RouterOptions,
  type StaticMapCacheEntry,
  type StaticRoute,
} from '../router/options.ts';
import { formatTarget } from './commands-global.ts';
import type { Draft, DraftFamily, DraftInterface, DraftLisp, DraftRip, DraftSite } from './draft.ts';
import { draftOf } from './draft.ts';

/**
 * The options that a draft describes. Lists whose order means nothing are sorted, so that the order of lines does
 * not matter; interfaces, sites and Map-Resolvers keep the order of their lines. The draft has passed `checkDraft`:
 * what cannot stand in options (a Map-Server without a key) is left out.
 */
export function optionsOf(draft: Draft): RouterOptions {
  return {
    hostname: draft.hostname,
    interfaces: draft.interfaces.map(interfaceOf),
    staticRoutes: draft.routes.map(plainRoute).sort(compareRoute),
    ...(draft.rip && { rip: ripOf(draft.rip) }),
    ...(draft.lisp && { lisp: lispOf(draft.lisp, draft) }),
  };
}

/** The same options in the order that `optionsOf` gives them. */
export function canonicalOptions(options: RouterOptions): RouterOptions {
  return optionsOf(draftOf(options));
}

function interfaceOf({
  name,
  shutdown,
  mtu,
  ipMtu,
  primary,
  secondary,
  ipv6,
}: DraftInterface): InterfaceOptions {
  const first = primary === undefined ? [] : [primary];
  const addresses = [...first, ...[...secondary].sort(byAddress), ...[...ipv6].sort(byAddress)];
  const least = Math.min(mtu ?? Infinity, ipMtu ?? Infinity);
  return {
    name,
    shutdown,
    mtu: least === Infinity ? DEFAULT_MTU : least,
    addresses: addresses.map(({ address, bits }): InterfaceAddress => ({ address, bits })),
  };
}

function plainRoute({ prefix, target, distance }: StaticRoute): StaticRoute {
  return { prefix, target, distance };
}

function compareRoute(a: StaticRoute, b: StaticRoute): number {
  return (
    comparePrefix(a.prefix, b.prefix) ||
    a.distance - b.distance ||
    compareText(formatTarget(a.target), formatTarget(b.target))
  );
}

function ripOf(rip: DraftRip): RipOptions {
  const { networks, passiveInterfaces, redistributeStatic, originateDefault, timers } = rip;
  return {
    networks: networks.map(({ prefix }) => prefix).sort(comparePrefix),
    passiveInterfaces: passiveInterfaces.map(({ name }) => name).sort(compareText),
    redistributeStatic,
    originateDefault,
    timers,
  };
}

function lispOf(lisp: DraftLisp, draft: Draft): LispOptions {
  const both = <T>(of: (family: DraftFamily) => T): { ipv4: T; ipv6: T } => ({
    ipv4: of(lisp.ipv4),
    ipv6: of(lisp.ipv6),
  });
  return {
    databaseMappings: databaseOf(lisp, draft),
    itr: both(({ itr, mapResolvers, usePetr }) => ({
      enabled: itr !== false,
      mapResolvers: mapResolvers.map(({ address }) => address),
      usePetr: locators(usePetr),
    })),
    etr: both(({ etr, mapServers, ttlMinutes }) => ({
      enabled: etr !== false,
      mapServers: [...mapServers]
        .sort(byAddress)
        .flatMap(({ address, key, proxyReply }): EtrMapServer[] =>
          key === undefined ? [] : [{ address, key, proxyReply }],
        ),
      ttlMinutes,
    })),
    proxyItr: both(({ proxyItr, advertised }) => ({
      rlocs: [...(proxyItr?.rlocs ?? [])].sort(compareIp),
      advertise: advertised.map(({ prefix }) => prefix).sort(comparePrefix),
    })),
    proxyEtr: both(({ proxyEtr, acceptSources }) => ({
      enabled: proxyEtr !== false,
      acceptSources: acceptSources.map(({ prefix }) => prefix).sort(comparePrefix),
    })),
    mapServer: both(({ mapServer }) => mapServer !== false),
    mapResolver: both(({ mapResolver }) => mapResolver !== false),
    sites: lisp.sites.map(siteOf),
    staticEntries: staticEntriesOf(lisp),
    missPolicy: lisp.missPolicy,
    ...(lisp.xtrId !== undefined && { xtrId: lisp.xtrId }),
    ...(lisp.siteId !== undefined && { siteId: lisp.siteId }),
    pitrSourceEid: lisp.pitrSourceEid,
  };
}

function databaseOf(lisp: DraftLisp, draft: Draft): DatabaseMapping[] {
  const groups = groupByEid(lisp.databaseLines);
  return groups.map(([{ eid }, lines]) => ({
    eid,
    locators: locators(
      lines.flatMap(({ rloc, priority, weight }): DatabaseLocator[] => {
        const address = 'interface' in rloc ? interfaceAddress(draft, rloc.interface, rloc.family) : rloc;
        return address === undefined ? [] : [{ address, priority, weight }];
      }),
    ),
  }));
}

/** The first address of the family; undefined when the interface has none or does not exist. */
export function interfaceAddress(draft: Draft, name: string, family: 4 | 6): IpAddress | undefined {
  const port = draft.interfaces.find((candidate) => candidate.name === name);
  return port && interfaceOf(port).addresses.find(({ address }) => address.family === family)?.address;
}

function staticEntriesOf(lisp: DraftLisp): StaticMapCacheEntry[] {
  return groupByEid(lisp.cacheLines).map(([{ eid, content }, lines]) =>
    typeof content === 'string'
      ? { eid, action: content, locators: [] }
      : {
          eid,
          action: 'locators',
          locators: locators(lines.flatMap((l) => (typeof l.content === 'string' ? [] : [l.content]))),
        },
  );
}

function siteOf({ name, key, prefixes, acceptStaleNonces }: DraftSite): Site {
  return {
    name,
    ...(key && { key }),
    prefixes: prefixes
      .map(({ eid, acceptMoreSpecifics }) => ({ eid, acceptMoreSpecifics }))
      .sort((a, b) => compareEidPrefix(a.eid, b.eid)),
    acceptStaleNonces,
  };
}

/** In EID order; within a group in the order of the lines. */
function groupByEid<T extends { readonly eid: EidPrefix }>(lines: readonly T[]): [T, T[]][] {
  const groups: [T, T[]][] = [];
  for (const line of [...lines].sort((a, b) => compareEidPrefix(a.eid, b.eid))) {
    const last = groups.at(-1);
    if (last !== undefined && compareEidPrefix(last[0].eid, line.eid) === 0) last[1].push(line);
    else groups.push([line, [line]]);
  }
  return groups;
}

/** Sorted; the last of several lines with one address counts (two interface names may give one address). */
function locators(lines: readonly DatabaseLocator[]): DatabaseLocator[] {
  const plain = lines.map(({ address, priority, weight }) => ({ address, priority, weight })).sort(byAddress);
  return plain.filter((line, i) => plain[i + 1] === undefined || byAddress(line, plain[i + 1]!) !== 0);
}

function byAddress(a: { readonly address: IpAddress }, b: { readonly address: IpAddress }): number {
  return compareIp(a.address, b.address);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
