import type { IpAddress } from '../base/ip.ts';
import { compareIp } from '../base/ip.ts';
import type { Site } from '../mapping/site.ts';
import {
  DEFAULT_MTU,
  noLisp,
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
import type {
  DatabaseLine,
  Draft,
  DraftFamily,
  DraftInterface,
  DraftLisp,
  DraftRip,
  DraftSite,
  LocatorLine,
} from './draft.ts';
import { draftOf } from './draft.ts';
import { plainKey } from './key.ts';
import { partsOf } from './parts.ts';
import { byAddress, groupByEid, sortedDraft } from './sort.ts';

/**
 * The options that a draft describes, whatever the dialect. Lists whose order means nothing are sorted, so that the
 * order of lines does not matter; interfaces, sites and Map-Resolvers keep the order of their lines. The draft has
 * passed `checkDraft`: what cannot stand in options (a Map-Server without a key) is left out.
 */
export function optionsOf(entered: Draft): RouterOptions {
  const draft = sortedDraft(entered);
  const { lisp } = draft;
  const hasLisp = lisp !== undefined && (lisp.opened || partsOf(lisp).length > 0);
  return {
    hostname: draft.hostname,
    interfaces: draft.interfaces.map(interfaceOf),
    staticRoutes: draft.routes.map(plainRoute),
    ...(draft.rip && { rip: ripOf(draft.rip) }),
    ...(hasLisp && { lisp: lispOf(lisp, draft) }),
  };
}

/** The same options in the order that `optionsOf` gives them. */
export function canonicalOptions(options: RouterOptions): RouterOptions {
  return optionsOf(draftOf(options));
}

function interfaceOf(port: DraftInterface): InterfaceOptions {
  const { name, shutdown, mtu, ipMtu, primary, secondary, ipv6 } = port;
  const addresses = [...(primary === undefined ? [] : [primary]), ...secondary, ...ipv6];
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

function ripOf(rip: DraftRip): RipOptions {
  const { networks, passiveInterfaces, redistributeStatic, originateDefault, timers } = rip;
  return {
    networks: networks.map(({ prefix }) => prefix),
    passiveInterfaces: passiveInterfaces.map(({ name }) => name),
    redistributeStatic,
    originateDefault,
    timers,
  };
}

function lispOf(lisp: DraftLisp, draft: Draft): LispOptions {
  const defaults = noLisp();
  const both = <T>(of: (family: DraftFamily) => T): { ipv4: T; ipv6: T } => ({
    ipv4: of(lisp.ipv4),
    ipv6: of(lisp.ipv6),
  });
  return {
    databaseMappings: databaseOf(lisp, draft),
    itr: both(({ itr, mapResolvers, usePetr }) => ({
      enabled: itr !== undefined,
      mapResolvers: mapResolvers.map(({ address }) => address),
      usePetr: locators(usePetr),
    })),
    etr: both(({ etr, mapServers, ttl }) => ({
      enabled: etr !== undefined,
      mapServers: mapServers.flatMap(({ address, key, proxyReply }): EtrMapServer[] =>
        key === undefined ? [] : [{ address, key: plainKey(key), proxyReply }],
      ),
      ttlMinutes: ttl?.minutes ?? defaults.etr.ipv4.ttlMinutes,
    })),
    proxyItr: both(({ proxyItr, advertised }) => ({
      rlocs: proxyItr?.rlocs ?? [],
      advertise: advertised.map(({ prefix }) => prefix),
    })),
    proxyEtr: both(({ proxyEtr, acceptSources }) => ({
      enabled: proxyEtr !== undefined,
      acceptSources: acceptSources.map(({ prefix }) => prefix),
    })),
    mapServer: both(({ mapServer }) => mapServer !== undefined),
    mapResolver: both(({ mapResolver }) => mapResolver !== undefined),
    sites: lisp.sites.map(siteOf),
    staticEntries: staticEntriesOf(lisp),
    missPolicy: lisp.missPolicy?.value ?? defaults.missPolicy,
    ...(lisp.xtrId !== undefined && { xtrId: lisp.xtrId.value }),
    ...(lisp.siteId !== undefined && { siteId: lisp.siteId.value }),
    profile: lisp.profile?.value ?? defaults.profile,
    pitrSourceEid: lisp.pitrSourceEid?.value ?? defaults.pitrSourceEid,
  };
}

function databaseOf(lisp: DraftLisp, draft: Draft): DatabaseMapping[] {
  return groupByEid(lisp.databaseLines).map((lines) => ({
    eid: lines[0].eid,
    locators: locators(lines.flatMap((line) => locatorLines(lisp, line)).flatMap(locatorOf(draft))),
  }));
}

/** The line itself, or those of the locator set that it names. */
export function locatorLines({ locatorSets }: DraftLisp, line: DatabaseLine): readonly LocatorLine[] {
  if (!('locatorSet' in line)) return [line];
  return locatorSets.find(({ name }) => name === line.locatorSet)?.locators ?? [];
}

/** None when it names an interface without an address of the family, or one that does not exist. */
function locatorOf(draft: Draft): (line: LocatorLine) => DatabaseLocator[] {
  return ({ rloc, priority, weight }) => {
    const address = 'interface' in rloc ? interfaceAddress(draft, rloc.interface, rloc.family) : rloc;
    return address === undefined ? [] : [{ address, priority, weight }];
  };
}

/** The first address of the family; undefined when the interface has none or does not exist. */
export function interfaceAddress(draft: Draft, name: string, family: 4 | 6): IpAddress | undefined {
  const port = draft.interfaces.find((candidate) => candidate.name === name);
  return port && interfaceOf(port).addresses.find(({ address }) => address.family === family)?.address;
}

function staticEntriesOf(lisp: DraftLisp): StaticMapCacheEntry[] {
  return groupByEid(lisp.cacheLines).map((lines) => {
    const [{ eid, content }] = lines;
    if (typeof content === 'string') return { eid, action: content, locators: [] };
    const found = lines.flatMap((line) => (typeof line.content === 'string' ? [] : [line.content]));
    return { eid, action: 'locators', locators: locators(found) };
  });
}

function siteOf({ name, key, prefixes, allowedLocators, acceptStaleNonces }: DraftSite): Site {
  return {
    name,
    ...(key && { key: plainKey(key) }),
    prefixes: prefixes.map(({ eid, acceptMoreSpecifics }) => ({ eid, acceptMoreSpecifics })),
    ...(allowedLocators.length > 0 && { allowedLocators }),
    acceptStaleNonces,
  };
}

/** Sorted; the last of several lines with one address counts: at a console both may stand for a while. */
function locators(lines: readonly DatabaseLocator[]): DatabaseLocator[] {
  const plain = lines.map(({ address, priority, weight }) => ({ address, priority, weight })).sort(byAddress);
  return plain.filter(
    (line, i) => plain[i + 1] === undefined || compareIp(line.address, plain[i + 1]!.address) !== 0,
  );
}
