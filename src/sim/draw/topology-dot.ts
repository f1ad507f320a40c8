/** The network of a lab in Graphviz' language, for those who want another layout. */
import type { GraphEnd, GraphNode, LabGraph } from '../lab-graph.ts';
import { addressText, badgesOf } from './card.ts';
import { quote } from './dot-text.ts';
import { titleOf } from './topology-layout.ts';
import { linkFacts } from './words.ts';

/** An undirected graph; sites and RLOC space are clusters, interfaces stand at the ends of edges. */
export function topologyDot(graph: LabGraph): string {
  const inSites = new Set(graph.sites.flatMap(({ nodes }) => nodes));
  const rest = graph.nodes.filter(({ name }) => !inSites.has(name));
  const members = (names: readonly GraphNode[]): string[] => names.map((node) => `    ${nodeLine(node)}`);
  return [
    `graph ${quote(graph.name)} {`,
    `  graph [label=${quote(titleOf(graph))}, labelloc=t, fontname="Helvetica", fontsize=16, nodesep=1.0, ranksep=1.4];`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, color="#47545f", fontname="Helvetica", fontsize=12];',
    '  edge [color="#47545f", fontname="Courier", fontsize=10, labeldistance=2.6];',
    ...graph.sites.flatMap(({ name, eids, nodes }, i) => [
      `  subgraph cluster_site${i} {`,
      `    label=${quote(`${name === '' ? 'EID space' : `EID space of ${name}`}: ${eids.join(', ')}`)};`,
      '    style="rounded,dashed,filled"; fillcolor="#fdf3e2"; color="#d79b3d"; fontcolor="#8a4b00";',
      ...members(graph.nodes.filter((node) => nodes.includes(node.name))),
      '  }',
    ]),
    ...(graph.sites.length === 0
      ? members(rest)
      : [
          '  subgraph cluster_rloc {',
          '    label="RLOC space"; labelloc=b; style="rounded,filled"; fillcolor="#ecf4fa"; color="#8fb9d8"; fontcolor="#005a92";',
          ...members(rest),
          '  }',
        ]),
    ...graph.links.map((link) => {
      const [a, b] = inRankOrder(link.ends, graph);
      const labels = `taillabel=${quote(endText(a))}, headlabel=${quote(endText(b))}, label=${quote(` ${linkFacts(link)} `)}`;
      return `  ${quote(a.node)} -- ${quote(b.node)} [${labels}, tooltip=${quote(link.name)}];`;
    }),
    '}',
    '',
  ].join('\n');
}

/** Graphviz puts the first end above. */
function inRankOrder(
  [a, b]: readonly [GraphEnd, GraphEnd],
  { nodes }: LabGraph,
): readonly [GraphEnd, GraphEnd] {
  const rank = ({ node }: GraphEnd): number => nodes.find(({ name }) => name === node)!.rank;
  return rank(a) <= rank(b) ? [a, b] : [b, a];
}

function nodeLine(node: GraphNode): string {
  const words = [
    node.name,
    badgesOf(node)
      .map(({ word }) => word)
      .join(' '),
    ...node.addresses.map(addressText),
  ];
  const style = node.roles.length === 0 ? ', style="rounded,filled,dashed"' : '';
  return `${quote(node.name)} [label=${quote(words.join('\n'))}${style}];`;
}

function endText({ shortName, addresses }: GraphEnd): string {
  return [shortName, ...addresses.map(({ text }) => text)].join('\n');
}
