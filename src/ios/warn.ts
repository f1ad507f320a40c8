/** What is allowed but probably not meant. */
import { isAny, overlaps, prefix, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { contains, covers } from '../base/ip.ts';
import { isOwnAddress, locatorsOf, ownerOf } from './check.ts';
import type { Place, Remark } from './config-error.ts';
import type { Draft, DraftFamily, DraftLisp } from './draft.ts';
import { warnAboutRouting } from './warn-routing.ts';

/** `last` locates what has no line of its own. */
export function warningsOf(draft: Draft, last: Place): Remark[] {
  const warnings: Remark[] = [];
  const warn: Warn = (at, message) => {
    warnings.push({ line: at?.line ?? last.line, message });
  };
  for (const { target, at } of draft.routes)
    if (target.kind === 'via' && isOwnAddress(draft, target.gateway))
      warn(at, `the gateway ${formatIp(target.gateway)} is an address of this router`);
  warnAboutRouting(draft, warn);
  if (draft.lisp === undefined) return warnings;
  for (const { name, key, at } of draft.lisp.sites)
    if (key === undefined) warn(at, `site ${name} has no authentication-key: nothing can register`);
  warnAboutRoles(draft, draft.lisp, 'ipv4', warn);
  warnAboutRoles(draft, draft.lisp, 'ipv6', warn);
  warnAboutOverlaps(draft, draft.lisp, warn);
  return warnings;
}

type Warn = (at: Place | undefined, message: string) => void;

function warnAboutRoles(draft: Draft, lisp: DraftLisp, name: 'ipv4' | 'ipv6', warn: Warn): void {
  const family: DraftFamily = lisp[name];
  const bits = name === 'ipv4' ? 4 : 6;
  const hasSite = lisp.sites.some(({ prefixes }) =>
    prefixes.some(({ eid }) => eid.prefix.address.family === bits),
  );
  if (family.proxyEtr !== undefined && family.acceptSources.length === 0 && !hasSite)
    warn(
      family.proxyEtr.at,
      `${name} proxy-etr accepts no source: configure sites or "${name} proxy-etr accept-source"`,
    );
  if (family.proxyEtr === undefined && family.acceptSources[0] !== undefined)
    warn(
      family.acceptSources[0].at,
      `accept-source is without effect: "${name} proxy-etr" is not configured`,
    );
  if (family.itr !== undefined && family.mapResolvers.length === 0)
    warn(family.itr.at, `${name} itr has nobody to ask: "${name} itr map-resolver" is not configured`);
  if (family.proxyItr !== undefined && family.mapResolvers.length === 0)
    warn(
      family.proxyItr.at,
      `${name} proxy-itr has nobody to ask: "${name} itr map-resolver" is not configured`,
    );
  warnAboutProxySource(draft, lisp, family, warn);
  if (family.etr !== undefined && family.mapServers.length === 0)
    warn(family.etr.at, `${name} etr registers nowhere: "${name} etr map-server" is not configured`);
}

/** A PITR sends from the addresses of its `proxy-itr` line only: see tunnelSources. */
function warnAboutProxySource(draft: Draft, lisp: DraftLisp, { proxyItr }: DraftFamily, warn: Warn): void {
  const isItr = lisp.ipv4.itr !== undefined || lisp.ipv6.itr !== undefined;
  const effect = isItr
    ? 'an RLOC of the site is the outer source instead'
    : 'nothing is encapsulated from it';
  for (const rloc of proxyItr?.rlocs ?? []) {
    const owner = ownerOf(draft, rloc);
    if (owner === undefined) warn(proxyItr?.at, `${formatIp(rloc)} is no address of this router: ${effect}`);
    else if (owner.shutdown)
      warn(proxyItr?.at, `${formatIp(rloc)} belongs to ${owner.name}, which is shut down: ${effect}`);
  }
}

interface Named<T> {
  readonly what: string;
  readonly value: T;
  readonly at?: Place | undefined;
}

/**
 * EID space that overlaps the underlay: native routes win over the Map-Cache, so such EIDs are not reached by LISP.
 * Interfaces and routes of the site itself lie inside its database mappings and are left out, as are default and
 * discard routes.
 */
function warnAboutOverlaps(draft: Draft, lisp: DraftLisp, warn: Warn): void {
  const own = lisp.databaseLines.map(({ eid, at }) => ({ what: 'database-mapping', value: eid, at }));
  const foreign = [
    ...lisp.sites.flatMap(({ name, prefixes }) =>
      prefixes.map(({ eid, at }) => ({ what: `eid-prefix of site ${name}`, value: eid, at })),
    ),
    ...lisp.cacheLines.map(({ eid, at }) => ({ what: 'map-cache', value: eid, at })),
  ];
  const seen = new Set<string>();
  for (const { what, value, at } of [...own, ...foreign]) {
    const eid = value.prefix;
    if (value.instanceId !== 0 || eid.bits === 0) continue;
    const say = (other: string): void => {
      const message = `EID space overlaps the underlay: ${what} ${formatPrefix(eid)} and ${other}`;
      if (!seen.has(message)) warn(at, message);
      seen.add(message);
    };
    const isOwn = what === 'database-mapping';
    for (const route of underlayOf(draft)) {
      const isSiteSide = own.some(({ value: mine }) => overlaps(mine.prefix, route.value));
      if (!isOwn && !isSiteSide && overlaps(eid, route.value))
        say(`${route.what} ${formatPrefix(route.value)}`);
      else if (isOwn && route.value.bits < eid.bits && covers(route.value, eid) && !holdsOwn(draft, eid))
        say(`${route.what} ${formatPrefix(route.value)}`);
    }
    for (const rloc of rlocsOf(lisp))
      if (contains(eid, rloc.value)) say(`${rloc.what} ${formatIp(rloc.value)}`);
  }
}

/** An address of the router lies inside the EID-Prefix: the site is attached here. */
function holdsOwn({ interfaces }: Draft, eid: IpPrefix): boolean {
  return interfaces.some(({ primary, secondary, ipv6 }) =>
    [...(primary ? [primary] : []), ...secondary, ...ipv6].some(({ address }) => contains(eid, address)),
  );
}

function underlayOf({ interfaces, routes }: Draft): Named<IpPrefix>[] {
  const connected = interfaces.flatMap(({ name, primary, secondary, ipv6 }) =>
    [...(primary ? [primary] : []), ...secondary, ...ipv6].map(({ address, bits }) => ({
      what: `interface ${name}`,
      value: prefix(address, bits),
    })),
  );
  const fixed = routes
    .filter((route) => route.target.kind !== 'discard' && route.prefix.bits > 0)
    .map((route) => ({ what: 'route', value: route.prefix }));
  return [...connected, ...fixed];
}

function rlocsOf(lisp: DraftLisp): Named<IpAddress>[] {
  const found: Named<IpAddress>[] = [];
  for (const { rloc } of locatorsOf(lisp))
    if (!('interface' in rloc)) found.push({ what: 'RLOC', value: rloc });
  for (const { content } of lisp.cacheLines)
    if (typeof content !== 'string') found.push({ what: 'RLOC', value: content.address });
  for (const { mapResolvers, mapServers, usePetr, proxyItr } of [lisp.ipv4, lisp.ipv6]) {
    for (const { address } of mapResolvers) found.push({ what: 'map-resolver', value: address });
    for (const { address } of mapServers) found.push({ what: 'map-server', value: address });
    for (const { address } of usePetr) found.push({ what: 'PETR', value: address });
    for (const value of proxyItr?.rlocs ?? []) found.push({ what: 'proxy-itr RLOC', value });
  }
  return found.filter(({ value }) => !isAny(value));
}
