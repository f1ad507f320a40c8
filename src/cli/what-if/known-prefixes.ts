import { cidr } from '../../base/ip-text.ts';
import { hostPrefix, type Family, type IpPrefix } from '../../base/ip.ts';
import type { Router } from '../../router/router.ts';
import type { Lab } from '../../sim/lab.ts';
import { addressesOf } from '../lab-report.ts';

/** Addresses that no packet may be sent to; the data plane refuses them whatever its tables say. */
export const NOT_UNICAST: readonly IpPrefix[] = [
  '0.0.0.0/32',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  'ff00::/8',
].map(cidr);

const FAMILIES: readonly Family[] = [4, 6];

/**
 * Every prefix that a decision of this lab could turn on, now: routes, Map-Caches, policies, sites, registrations,
 * addresses. Two addresses that lie in the same of them are treated alike by every node.
 */
export function knownPrefixes(lab: Lab): IpPrefix[] {
  return [
    ...NOT_UNICAST,
    ...lab.file.nodes.flatMap((node) => addressesOf(node).map(({ address }) => hostPrefix(address))),
    ...lab.nodeNames.flatMap((name) => {
      const router = lab.router(name);
      return router === undefined ? [] : routerPrefixes(router);
    }),
  ];
}

function routerPrefixes(router: Router): IpPrefix[] {
  const { lisp, staticRoutes } = router.options;
  return [
    ...FAMILIES.flatMap((family) => [
      ...router.routes(family).map((route) => route.prefix),
      ...router.mapCache(family).map(({ entry }) => entry.mapping.eid.prefix),
      ...router.forwardingEntries(family).map(({ eid }) => eid.prefix),
    ]),
    ...staticRoutes.map((route) => route.prefix),
    ...router.sites().flatMap(({ prefixes }) => prefixes.map(({ eid }) => eid.prefix)),
    ...(lisp === undefined
      ? []
      : [
          ...lisp.databaseMappings.map(({ eid }) => eid.prefix),
          ...lisp.staticEntries.map(({ eid }) => eid.prefix),
          ...lisp.sites.flatMap(({ prefixes }) => prefixes.map(({ eid }) => eid.prefix)),
          ...[lisp.proxyEtr.ipv4, lisp.proxyEtr.ipv6].flatMap(({ acceptSources }) => acceptSources),
          ...[lisp.proxyItr.ipv4, lisp.proxyItr.ipv6].flatMap(({ advertise }) => advertise),
        ]),
  ];
}
