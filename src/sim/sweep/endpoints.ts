import { contains, type Family, type IpAddress } from '../../base/ip.ts';
import type { LabFile } from '../lab-file.ts';
import type { LabNode } from '../lab-node.ts';

/** Where probes start and end: a node, and the address that stands for what is connected there. */
export interface Endpoint {
  readonly node: string;
  readonly address: IpAddress;
}

const FAMILIES: readonly Family[] = [4, 6];

/**
 * Those whose traffic counts: hosts, routers with an EID of their own, and routers without LISP at the edge of the
 * network (one link), which stand for what is behind them. With `only`, exactly these nodes. One address of each
 * family.
 */
export function endpointsOf({ nodes, links }: LabFile, only?: readonly string[]): Endpoint[] {
  const linksOf = (name: string): number =>
    links.filter(({ a, b }) => a.node === name || b.node === name).length;
  return nodes.flatMap((node): Endpoint[] => {
    if (only !== undefined && !only.includes(node.name)) return [];
    const isWanted = only !== undefined;
    return FAMILIES.flatMap((family) => {
      const address = addressFor(node, family, isWanted || linksOf(node.name) === 1);
      return address === undefined ? [] : [{ node: node.name, address }];
    });
  });
}

function addressFor(node: LabNode, family: Family, isEdge: boolean): IpAddress | undefined {
  const ports =
    node.kind === 'host' ? [node.options] : node.options.interfaces.filter(({ shutdown }) => !shutdown);
  const own = ports.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const ofFamily = own.filter((address) => address.family === family);
  if (node.kind === 'host') return ofFamily[0];
  const eids = (node.options.lisp?.databaseMappings ?? []).map(({ eid }) => eid.prefix);
  const eid = ofFamily.find((address) => eids.some((each) => contains(each, address)));
  if (eid !== undefined || node.options.lisp !== undefined || !isEdge) return eid;
  const loopbacks = node.options.interfaces
    .filter(({ name, shutdown }) => name.startsWith('Loopback') && !shutdown)
    .flatMap(({ addresses }) => addresses.map(({ address }) => address));
  return loopbacks.find((address) => address.family === family) ?? ofFamily[0];
}

/** Endpoints of one family at different nodes, in both directions. */
export function pairsOf(endpoints: readonly Endpoint[]): (readonly [Endpoint, Endpoint])[] {
  return endpoints.flatMap((from) =>
    endpoints
      .filter(({ node, address }) => node !== from.node && address.family === from.address.family)
      .map((to) => [from, to] as const),
  );
}
