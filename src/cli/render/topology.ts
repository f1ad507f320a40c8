import type { LinkReport, NodeReport } from '../run-report.ts';
import { table, wrap, PAGE_COLUMNS } from './table.ts';
import type { Paint } from './paint.ts';

/** One line a node: name, roles, EIDs. */
export function nodeLines(nodes: readonly NodeReport[], paint: Paint): string[] {
  const rows = nodes.map((node) => [node.name, rolesText(node), whereText(node)]);
  return table(rows, { indent: '  ', styles: [paint.name, undefined, paint.dim] });
}

/** `lisp1 -- mapserver -- outsideworld`; a node with several neighbours once, with all of them. */
export function topologyLine(nodes: readonly NodeReport[], links: readonly LinkReport[]): string {
  const neighbours = (name: string): string[] => neighboursOf(name, links);
  const path = pathThrough(nodes, neighbours);
  if (path !== undefined) return path.join(' -- ');
  const shown = new Set<string>();
  const parts: string[] = [];
  const hubs = [...nodes].sort((a, b) => neighbours(b.name).length - neighbours(a.name).length);
  for (const { name } of hubs) {
    const others = neighbours(name).filter((other) => !shown.has(other));
    shown.add(name);
    if (others.length > 0) parts.push(`${name} -- ${others.join(', ')}`);
  }
  return parts.join('; ');
}

/** The nodes in a row, when the network is one. */
function pathThrough(
  nodes: readonly NodeReport[],
  neighbours: (name: string) => readonly string[],
): string[] | undefined {
  const ends = nodes.filter(({ name }) => neighbours(name).length === 1);
  const inner = nodes.filter(({ name }) => neighbours(name).length === 2);
  if (ends.length !== 2 || inner.length !== nodes.length - 2) return undefined;
  const path = [ends[0]!.name];
  for (;;) {
    const next = neighbours(path.at(-1)!).find((name) => !path.includes(name));
    if (next === undefined) return path.length === nodes.length ? path : undefined;
    path.push(next);
  }
}

function rolesText({ kind, roles }: NodeReport): string {
  if (roles.length === 0) return kind === 'host' ? 'host' : 'router without LISP';
  const isXtr = roles.includes('ITR') && roles.includes('ETR');
  const rest = isXtr ? roles.filter((role) => role !== 'ITR' && role !== 'ETR') : roles;
  return [...(isXtr ? ['xTR'] : []), ...rest].join(', ');
}

function whereText({ eids, rlocs, addresses }: NodeReport): string {
  if (eids.length > 0) return `EID ${eids.join(', ')} at RLOC ${rlocs.join(', ')}`;
  return addresses.join(', ');
}

/** Names so that neighbours stand side by side: along the links, from an end of the network. */
export function neighbourOrder(nodes: readonly NodeReport[], links: readonly LinkReport[]): string[] {
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    order.push(name);
    for (const other of neighboursOf(name, links)) visit(other);
  };
  const ends = nodes.filter(({ name }) => neighboursOf(name, links).length === 1);
  for (const { name } of [...ends.slice(0, 1), ...nodes]) visit(name);
  return order;
}

function neighboursOf(name: string, links: readonly LinkReport[]): string[] {
  return links.flatMap(({ ends: [a, b] }) => (a.node === name ? [b.node] : b.node === name ? [a.node] : []));
}

/** Title, who is there, and how they are connected. */
export function headerLines(
  report: {
    readonly scenario: string;
    readonly title: string;
    readonly nodes: readonly NodeReport[];
    readonly links: readonly LinkReport[];
  },
  paint: Paint,
): string[] {
  return [
    ...wrap(`${report.scenario}: ${report.title}`, PAGE_COLUMNS).map(paint.title),
    ...wrap(topologyLine(report.nodes, report.links), PAGE_COLUMNS),
    ...nodeLines(report.nodes, paint),
  ];
}
