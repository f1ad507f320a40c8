/** EID space that clashes with RLOC space, looked for across the routers of a lab: no router alone can see it. */
import { contains, overlaps, prefix, type IpPrefix } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import type { LabNode } from './lab-node.ts';
import type { LabWarning } from './lab-warning.ts';
import type { LinkOptions } from './link.ts';

type RouterNode = Extract<LabNode, { kind: 'router' }>;

/** An interface of a router that is on a link. */
interface Port {
  readonly router: RouterNode;
  readonly interfaceName: string;
  readonly prefix: IpPrefix;
}

/**
 * One warning per EID-Prefix of a site and link prefix outside that site which overlap. Routers whose route to the
 * link wins over the Map-Cache do not reach such EIDs by LISP.
 */
export function clashesOf(nodes: readonly LabNode[], links: readonly LinkOptions[]): LabWarning[] {
  const routers = nodes.filter((node) => node.kind === 'router');
  const ports = routers.flatMap((router) => portsOf(router, links));
  const warnings: LabWarning[] = [];
  for (const router of routers) {
    const eids = (router.options.lisp?.databaseMappings ?? [])
      .filter(({ eid }) => eid.instanceId === 0 && eid.prefix.bits > 0)
      .map(({ eid }) => eid.prefix);
    const site = siteOf(router, eids, ports, links);
    for (const eid of eids) {
      const clashing = ports.filter(
        (port) => port.router !== router && !site.has(port.router.name) && overlaps(eid, port.prefix),
      );
      for (const rlocs of new Set(clashing.map((port) => formatPrefix(port.prefix)))) {
        const where = clashing
          .filter((port) => formatPrefix(port.prefix) === rlocs)
          .map((port) => `${port.router.name} ${port.interfaceName}`);
        const message = `EID space clashes with RLOC space: ${formatPrefix(eid)} of ${router.name} and ${rlocs} of ${where.join(', ')}`;
        warnings.push({ file: router.configFile, message });
      }
    }
  }
  return warnings;
}

function portsOf(router: RouterNode, links: readonly LinkOptions[]): Port[] {
  return router.options.interfaces
    .filter(({ name }) => links.some(({ a, b }) => [a, b].some((end) => isAt(end, router.name, name))))
    .flatMap(({ name, addresses }) =>
      addresses.map(({ address, bits }) => ({
        router,
        interfaceName: name,
        prefix: prefix(address, bits),
      })),
    );
}

/** Names of the nodes behind a router's own EIDs: a site may have routers and links of its own, in EID space. */
function siteOf(
  router: RouterNode,
  eids: readonly IpPrefix[],
  ports: readonly Port[],
  links: readonly LinkOptions[],
): Set<string> {
  const site = new Set<string>();
  const inward = ports.filter(
    (port) => port.router === router && eids.some((eid) => contains(eid, port.prefix.address)),
  );
  const visit = (name: string, through: (interfaceName: string) => boolean): void => {
    for (const { a, b } of links) {
      for (const [near, far] of [
        [a, b],
        [b, a],
      ] as const) {
        if (near.node !== name || !through(near.interfaceName)) continue;
        if (far.node === router.name || site.has(far.node)) continue;
        site.add(far.node);
        visit(far.node, () => true);
      }
    }
  };
  visit(router.name, (name) => inward.some(({ interfaceName }) => interfaceName === name));
  return site;
}

function isAt(end: LinkOptions['a'], node: string, interfaceName: string): boolean {
  return end.node === node && end.interfaceName === interfaceName;
}
