/** Pictures in words: what stands on links, and what a reader who does not see is told. */
import type { GraphLink, GraphNode, LabGraph } from '../lab-graph.ts';
import { DEFAULT_MTU } from '../../router/options.ts';

/** `1 ms`, `20 ms, 5% loss, MTU 1400`: what is special about a link, and always its delay. */
export function linkFacts({ delay, loss, mtu }: GraphLink): string {
  return [
    delay >= 1_000_000 ? `${delay / 1_000_000} s` : delay >= 1000 ? `${delay / 1000} ms` : `${delay} us`,
    ...(loss === 0 ? [] : [`${Math.round(loss * 1000) / 10}% loss`]),
    ...(mtu === DEFAULT_MTU ? [] : [`MTU ${mtu}`]),
  ].join(', ');
}

/** Nodes with their roles and places, then links, as sentences. */
export function describeGraph({ nodes, links, sites }: LabGraph): string {
  const siteName = ({ site }: GraphNode): string => {
    const of = site === undefined ? undefined : sites[site];
    return of === undefined
      ? ''
      : ` of ${of.name === '' ? 'the site' : of.name} (EIDs ${of.eids.join(', ')})`;
  };
  const who = nodes.map((node) => {
    const what =
      node.roles.length > 0 ? node.roles.join(', ') : node.kind === 'host' ? 'host' : 'router without LISP';
    const where =
      node.place === 'rloc'
        ? 'in RLOC space'
        : node.place === 'eid'
          ? `in EID space${siteName(node)}`
          : `on the border${siteName(node)}`;
    return `${node.name}: ${what}, ${where}.`;
  });
  const ways = links.map(({ ends: [a, b] }) => `${endWords(a)} to ${endWords(b)}`);
  return [...who, `Links: ${ways.join('; ')}.`].join(' ');
}

function endWords({ node, shortName, addresses }: GraphLink['ends'][number]): string {
  return [node, shortName, ...addresses.map(({ text }) => text)].join(' ');
}
