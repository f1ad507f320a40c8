/** The order in which a draft is written: lists whose order means nothing are sorted. */
import { compareIp, comparePrefix, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { compareEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { StaticRoute } from '../router/options.ts';
import {
  GLOBAL_FORM,
  type DatabaseLine,
  type Draft,
  type DraftBlock,
  type DraftFamily,
  type DraftInterface,
  type DraftLisp,
  type DraftLocatorSet,
  type DraftRip,
  type DraftSite,
  type Entered,
  type LocatorLine,
} from './draft.ts';
import { formatTarget } from './route-target.ts';

/**
 * The same configuration in the order in which it is written, so that reading the text again gives the same draft.
 * Interfaces, sites and Map-Resolvers keep the order of their lines, as far as they were entered in one dialect.
 */
export function sortedDraft(draft: Draft): Draft {
  return {
    ...draft,
    interfaces: draft.interfaces.map(sortedInterface),
    routes: [...draft.routes].sort(compareRoute),
    rip: draft.rip && sortedRip(draft.rip),
    lisp: draft.lisp && sortedLisp(draft.lisp),
  };
}

export function sortedInterface(port: DraftInterface): DraftInterface {
  return {
    ...port,
    secondary: [...port.secondary].sort(byAddress),
    ipv6: [...port.ipv6].sort(byAddress),
  };
}

function sortedRip(rip: DraftRip): DraftRip {
  return {
    ...rip,
    networks: [...rip.networks].sort(byPrefix),
    passiveInterfaces: [...rip.passiveInterfaces].sort((a, b) => compareText(a.name, b.name)),
  };
}

function sortedLisp(lisp: DraftLisp): DraftLisp {
  const forms = formsInOrder(lisp);
  const byForm = (a: Entered, b: Entered): number => forms.indexOf(a.form) - forms.indexOf(b.form);
  return {
    ...lisp,
    locatorSets: lisp.locatorSets.map(sortedSet),
    databaseLines: [...lisp.databaseLines].sort(
      (a, b) => compareEidPrefix(a.eid, b.eid) || compareLocator(a, b),
    ),
    cacheLines: [...lisp.cacheLines].sort(
      (a, b) =>
        compareEidPrefix(a.eid, b.eid) ||
        (typeof a.content === 'string' || typeof b.content === 'string'
          ? 0
          : byAddress(a.content, b.content)),
    ),
    ipv4: sortedFamily(lisp.ipv4, byForm),
    ipv6: sortedFamily(lisp.ipv6, byForm),
    sites: lisp.sites.map(sortedSite).sort(byForm),
  };
}

function sortedFamily(family: DraftFamily, byForm: (a: Entered, b: Entered) => number): DraftFamily {
  return {
    ...family,
    mapResolvers: [...family.mapResolvers].sort(byForm),
    usePetr: [...family.usePetr].sort(byAddress),
    mapServers: [...family.mapServers].sort(byAddress),
    proxyItr: family.proxyItr && { ...family.proxyItr, rlocs: [...family.proxyItr.rlocs].sort(compareIp) },
    advertised: [...family.advertised].sort(byPrefix),
    acceptSources: [...family.acceptSources].sort(byPrefix),
  };
}

function sortedSet(set: DraftLocatorSet): DraftLocatorSet {
  return { ...set, locators: [...set.locators].sort(compareLocator) };
}

function sortedSite(site: DraftSite): DraftSite {
  return {
    ...site,
    prefixes: [...site.prefixes].sort((a, b) => compareEidPrefix(a.eid, b.eid)),
    allowedLocators: [...site.allowedLocators].sort(compareIp),
  };
}

/** The blocks directly inside another, or directly in `router lisp`. */
export function blocksIn({ blocks }: DraftLisp, around: DraftBlock | undefined): DraftBlock[] {
  return blocks.filter((block) => block.around === around?.key);
}

/** Dialects in the order of the text: blocks before the lines around them, the global form last. */
function formsInOrder(lisp: DraftLisp): (string | undefined)[] {
  const tops = blocksIn(lisp, undefined);
  const ordered = (['service', 'eid-table', 'instance-id'] as const).flatMap((kind) =>
    tops.filter((block) => block.kind === kind),
  );
  const withInner = ordered.flatMap((block) => [...blocksIn(lisp, block), block]);
  return [...withInner.map(({ key }) => key), undefined, GLOBAL_FORM];
}

export function compareRoute(a: StaticRoute, b: StaticRoute): number {
  return (
    comparePrefix(a.prefix, b.prefix) ||
    a.distance - b.distance ||
    compareText(formatTarget(a.target), formatTarget(b.target))
  );
}

/** Addresses, then interfaces, then references to locator sets; these keep their order. */
function compareLocator(a: DatabaseLine | LocatorLine, b: DatabaseLine | LocatorLine): number {
  const rank = (line: DatabaseLine | LocatorLine): number =>
    'locatorSet' in line ? 2 : 'interface' in line.rloc ? 1 : 0;
  const [left, right] = [addressOf(a), addressOf(b)];
  return rank(a) - rank(b) || (left && right ? compareIp(left, right) : 0);
}

function addressOf(line: DatabaseLine | LocatorLine): IpAddress | undefined {
  return 'locatorSet' in line || 'interface' in line.rloc ? undefined : line.rloc;
}

export function byAddress(a: { readonly address: IpAddress }, b: { readonly address: IpAddress }): number {
  return compareIp(a.address, b.address);
}

function byPrefix(a: { readonly prefix: IpPrefix }, b: { readonly prefix: IpPrefix }): number {
  return comparePrefix(a.prefix, b.prefix);
}

/** In groups of one EID-Prefix; the lines are in EID order. */
export function groupByEid<T extends { readonly eid: EidPrefix }>(lines: readonly T[]): [T, ...T[]][] {
  const groups: [T, ...T[]][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last !== undefined && compareEidPrefix(last[0].eid, line.eid) === 0) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
