/** The network of a lab as a picture needs it: who is where, in EID space or RLOC space, and what is at the ends of links. */
import { contains, sameIp, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import { abbreviateInterface } from '../ios/interface-name.ts';
import { coversEid, formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { InterfaceAddress, LispOptions } from '../router/options.ts';
import type { LabFile } from './lab-file.ts';
import type { LabNode } from './lab-node.ts';
import type { LinkEnd } from './link.ts';
import { lispRoles, type LispRole } from './node-roles.ts';

/** The network of a lab. Names are unique; everything is in the order of the lab file. */
export interface LabGraph {
  readonly name: string;
  /** Empty when the lab has none. */
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  /** Routers that share an EID-Prefix, with the nodes behind them. */
  readonly sites: readonly GraphSite[];
}

/** A node, and where it stands. */
export interface GraphNode {
  readonly name: string;
  readonly kind: 'router' | 'host';
  /** Empty for a node that knows nothing of LISP. */
  readonly roles: readonly LispRole[];
  /** Behind the routers of a site, on the border between EID space and RLOC space, or in RLOC space. */
  readonly place: 'eid' | 'border' | 'rloc';
  /** Index of its site; absent in RLOC space. */
  readonly site?: number;
  /** Links away from the routers of a site: 0 on the border, below 0 behind it, above 0 in RLOC space. */
  readonly rank: number;
  /** Addresses that are not at the end of a link: those of loopbacks, mostly. */
  readonly addresses: readonly GraphAddress[];
}

/** An address and what it means to LISP. */
export interface GraphAddress {
  /** Short: `Lo0`. */
  readonly interfaceName: string;
  /** With its prefix length. */
  readonly text: string;
  /** An EID, a locator that LISP uses, or just an address of the underlay. */
  readonly role: 'eid' | 'locator' | 'underlay';
}

/** A link with both its ends. Bytes, microseconds, share from 0 to 1. */
export interface GraphLink {
  readonly name: string;
  readonly ends: readonly [GraphEnd, GraphEnd];
  readonly delay: Micros;
  readonly loss: number;
  readonly mtu: number;
}

/** An interface on a link. */
export interface GraphEnd {
  readonly node: string;
  /** Full, as in the configuration. */
  readonly interfaceName: string;
  /** `Fa0/0`. */
  readonly shortName: string;
  readonly addresses: readonly GraphAddress[];
}

/** A LISP site. */
export interface GraphSite {
  /** As a Map-Server of the lab calls it; empty when none does. */
  readonly name: string;
  readonly eids: readonly string[];
  /** The routers on its border, then what is behind them. */
  readonly nodes: readonly string[];
}

/** What there is to draw of a lab. Follows from the configurations alone: nothing is run. */
export function labGraph(file: LabFile): LabGraph {
  const spaces = spacesOf(file.nodes);
  const sites = sitesOf(file, spaces);
  const siteOf = (name: string): number => sites.findIndex(({ nodes }) => nodes.includes(name));
  const border = new Set(file.nodes.filter(hasDatabase).map(({ name }) => name));
  const behind = new Set(sites.flatMap(({ nodes }) => nodes).filter((name) => !border.has(name)));
  const ranks = ranksOf(file, border, behind);
  const linked = new Set(file.links.flatMap(({ a, b }) => [endKey(a), endKey(b)]));
  return {
    name: file.name,
    title: file.title,
    nodes: file.nodes.map((node): GraphNode => {
      const { name, kind } = node;
      const site = siteOf(name);
      const unlinked = interfacesOf(node).filter((port) => !linked.has(`${name} ${port.name}`));
      return {
        name,
        kind,
        roles: lispRoles(lispOf(node)),
        place: border.has(name) ? 'border' : behind.has(name) ? 'eid' : 'rloc',
        ...(site < 0 ? {} : { site }),
        rank: ranks.get(name) ?? 1,
        addresses: unlinked.flatMap((port) => graphAddresses(port, spaces)),
      };
    }),
    links: file.links.map(({ name, a, b, delay, loss, mtu }) => ({
      name,
      ends: [graphEnd(a, file, spaces), graphEnd(b, file, spaces)],
      delay,
      loss,
      mtu,
    })),
    sites,
  };
}

/** Which addresses are EIDs, and which are locators. */
interface Spaces {
  readonly eids: readonly IpPrefix[];
  readonly locators: readonly IpAddress[];
}

function spacesOf(nodes: readonly LabNode[]): Spaces {
  const lisps = nodes.flatMap((node) => lispOf(node) ?? []);
  return {
    eids: lisps.flatMap(({ databaseMappings, sites }) => [
      ...databaseMappings.map(({ eid }) => eid.prefix),
      ...sites.flatMap(({ prefixes }) => prefixes.map(({ eid }) => eid.prefix)),
    ]),
    locators: lisps.flatMap(({ databaseMappings, proxyItr, itr }) => [
      ...databaseMappings.flatMap(({ locators }) => locators.map(({ address }) => address)),
      ...[proxyItr.ipv4, proxyItr.ipv6].flatMap(({ rlocs }) => rlocs),
      ...[itr.ipv4, itr.ipv6].flatMap(({ usePetr }) => usePetr.map(({ address }) => address)),
    ]),
  };
}

function roleOf(address: IpAddress, { eids, locators }: Spaces): GraphAddress['role'] {
  // A locator inside an EID-Prefix is a mistake; it is drawn as what it is used for.
  if (locators.some((each) => sameIp(each, address))) return 'locator';
  return eids.some((each) => contains(each, address)) ? 'eid' : 'underlay';
}

interface Port {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
}

function interfacesOf(node: LabNode): readonly Port[] {
  if (node.kind === 'router') return node.options.interfaces;
  return [{ name: node.options.interfaceName ?? 'eth0', addresses: node.options.addresses }];
}

function lispOf(node: LabNode): LispOptions | undefined {
  return node.kind === 'router' ? node.options.lisp : undefined;
}

function hasDatabase(node: LabNode): boolean {
  return (lispOf(node)?.databaseMappings.length ?? 0) > 0;
}

function graphAddresses({ name, addresses }: Port, spaces: Spaces): GraphAddress[] {
  return addresses.map(({ address, bits }) => ({
    interfaceName: abbreviateInterface(name),
    text: `${formatIp(address)}/${bits}`,
    role: roleOf(address, spaces),
  }));
}

function graphEnd({ node, interfaceName }: LinkEnd, { nodes }: LabFile, spaces: Spaces): GraphEnd {
  const ports = interfacesOf(nodes.find(({ name }) => name === node)!);
  const port = ports.find(({ name }) => name === interfaceName)!;
  const shortName = abbreviateInterface(interfaceName);
  return { node, interfaceName, shortName, addresses: graphAddresses(port, spaces) };
}

function endKey({ node, interfaceName }: LinkEnd): string {
  return `${node} ${interfaceName}`;
}

function sitesOf(file: LabFile, spaces: Spaces): GraphSite[] {
  const groups: { nodes: string[]; eids: EidPrefix[] }[] = [];
  for (const node of file.nodes) {
    const own = (lispOf(node)?.databaseMappings ?? []).map(({ eid }) => eid);
    if (own.length === 0) continue;
    const names = new Set(own.map(formatEidPrefix));
    const joined = groups.filter(({ eids }) => eids.some((eid) => names.has(formatEidPrefix(eid))));
    const [first, ...others] = joined;
    const group = first ?? { nodes: [], eids: [] };
    if (first === undefined) groups.push(group);
    // A router that has EID-Prefixes of two groups makes one site of them.
    for (const other of others) {
      group.nodes.push(...other.nodes);
      group.eids.push(...other.eids);
      groups.splice(groups.indexOf(other), 1);
    }
    group.nodes.push(node.name);
    group.eids.push(...own);
  }
  const taken = new Set(groups.flatMap(({ nodes }) => nodes));
  return groups.map(({ nodes, eids }) => ({
    name: siteName(file, eids),
    eids: [...new Set(eids.map(formatEidPrefix))],
    nodes: [...nodes, ...nodesBehind(nodes, file, spaces, taken)],
  }));
}

/** What is reached from the routers of a site through nodes that have an EID on every interface. */
function nodesBehind(
  border: readonly string[],
  { nodes, links }: LabFile,
  spaces: Spaces,
  taken: Set<string>,
): string[] {
  const found: string[] = [];
  for (const name of [...border].flatMap((each) => neighbours(each, links))) visit(name);
  return found;

  function visit(name: string): void {
    const node = nodes.find((each) => each.name === name)!;
    const ports = interfacesOf(node).filter(({ addresses }) => addresses.length > 0);
    const isEid = ({ address }: InterfaceAddress): boolean => roleOf(address, spaces) === 'eid';
    const isInside = ports.length > 0 && ports.every(({ addresses }) => addresses.some(isEid));
    if (taken.has(name) || !isInside) return;
    taken.add(name);
    found.push(name);
    for (const next of neighbours(name, links)) visit(next);
  }
}

function siteName({ nodes }: LabFile, eids: readonly EidPrefix[]): string {
  const sites = nodes.flatMap((node) => lispOf(node)?.sites ?? []);
  const names = sites
    .filter(({ prefixes }) => prefixes.some(({ eid }) => eids.some((own) => coversEid(eid, own))))
    .map(({ name }) => name);
  return [...new Set(names)].join(', ');
}

function neighbours(name: string, links: LabFile['links']): string[] {
  return links.flatMap(({ a, b }) => (a.node === name ? [b.node] : b.node === name ? [a.node] : []));
}

/** Neighbours differ by one at most, so that links lead to the next row of a picture. */
function ranksOf(
  { nodes, links }: LabFile,
  border: ReadonlySet<string>,
  behind: ReadonlySet<string>,
): Map<string, number> {
  const names = nodes.map(({ name }) => name);
  const ranks = new Map([...border].map((name) => [name, 0]));
  spread(
    [...border].filter((name) => names.includes(name)),
    -1,
    (name) => behind.has(name),
  );
  spread([...border], 1, (name) => !behind.has(name));
  // Parts without a site start at a node with one neighbour: the end of something.
  for (;;) {
    const left = names.filter((name) => !ranks.has(name));
    const start = left.find((name) => neighbours(name, links).length <= 1) ?? left[0];
    if (start === undefined) return ranks;
    ranks.set(start, 1);
    spread([start], 1, () => true);
  }

  function spread(from: readonly string[], step: 1 | -1, isAllowed: (name: string) => boolean): void {
    let wave = from;
    while (wave.length > 0) {
      const next: string[] = [];
      for (const name of wave) {
        for (const other of neighbours(name, links)) {
          if (ranks.has(other) || !isAllowed(other)) continue;
          ranks.set(other, ranks.get(name)! + step);
          next.push(other);
        }
      }
      wave = next;
    }
  }
}
