import type { DraftFamily, DraftLisp, Entered } from './draft.ts';

/** Everything that was entered of LISP, apart from empty blocks and locator sets. */
export function partsOf(lisp: DraftLisp): Entered[] {
  const { databaseLines, cacheLines, sites, missPolicy, pitrSourceEid, profile, xtrId, siteId } = lisp;
  return [
    ...databaseLines,
    ...cacheLines,
    ...partsOfFamily(lisp.ipv4),
    ...partsOfFamily(lisp.ipv6),
    ...sites,
    ...present([missPolicy, pitrSourceEid, profile, xtrId, siteId]),
  ];
}

function partsOfFamily(family: DraftFamily): Entered[] {
  const { itr, etr, ttl, proxyItr, proxyEtr, mapServer, mapResolver } = family;
  return [
    ...family.mapResolvers,
    ...family.usePetr,
    ...family.mapServers,
    ...family.advertised,
    ...family.acceptSources,
    ...present([itr, etr, ttl, proxyItr, proxyEtr, mapServer, mapResolver]),
  ];
}

function present(parts: readonly (Entered | undefined)[]): Entered[] {
  return parts.filter((part) => part !== undefined);
}

/** Removes what `isMeant` picks. */
export function removeParts(lisp: DraftLisp, isMeant: (part: Entered) => boolean): void {
  const isKept = (part: Entered): boolean => !isMeant(part);
  lisp.databaseLines = lisp.databaseLines.filter(isKept);
  lisp.cacheLines = lisp.cacheLines.filter(isKept);
  lisp.sites = lisp.sites.filter(isKept);
  for (const family of [lisp.ipv4, lisp.ipv6]) {
    family.mapResolvers = family.mapResolvers.filter(isKept);
    family.usePetr = family.usePetr.filter(isKept);
    family.mapServers = family.mapServers.filter(isKept);
    family.advertised = family.advertised.filter(isKept);
    family.acceptSources = family.acceptSources.filter(isKept);
    for (const field of ['itr', 'etr', 'ttl', 'proxyItr', 'proxyEtr', 'mapServer', 'mapResolver'] as const)
      if (family[field] !== undefined && !isKept(family[field])) family[field] = undefined;
  }
}
