/** Pictures as Mermaid, for pages that draw it themselves: a flowchart of the network, a sequence diagram of a run. */
import type { GraphAddress, GraphNode, LabGraph } from '../lab-graph.ts';
import { addressText, badgesOf } from './card.ts';
import {
  endOf,
  ladderColumns,
  packetClass,
  packetLabel,
  packetNumber,
  packetTip,
  shortSeconds,
  type LadderStory,
  type PacketClass,
} from './ladder-story.ts';
import { titleOf } from './topology-layout.ts';
import { linkFacts } from './words.ts';

/** A flowchart: sites and RLOC space as groups, both ends of each link on its line. */
export function topologyMermaid(graph: LabGraph): string {
  const ids = idsOf(graph);
  const nodeLine = (node: GraphNode): string => {
    const words = [
      `<b>${escapeText(node.name)}</b>`,
      escapeText(
        badgesOf(node)
          .map(({ word }) => word)
          .join(' '),
      ),
      ...node.addresses.map((each) => escapeText(addressText(each) + noteOf(each))),
    ];
    return `${ids.get(node.name)!}["${words.join('<br/>')}"]:::${classOf(node)}`;
  };
  const inSites = new Set(graph.sites.flatMap(({ nodes }) => nodes));
  const rest = graph.nodes.filter(({ name }) => !inSites.has(name));
  const underlay =
    graph.sites.length === 0 || rest.length === 0
      ? rest.map((node) => `  ${nodeLine(node)}`)
      : ['  subgraph rloc["RLOC space"]', ...rest.map((node) => `    ${nodeLine(node)}`), '  end'];
  const groups = graph.sites.flatMap(({ name, eids, nodes }, i) => [
    `  subgraph site${i}["${escapeText(`${name === '' ? 'EID space' : name}: ${eids.join(', ')}`)}"]`,
    ...graph.nodes.filter((node) => nodes.includes(node.name)).map((node) => `    ${nodeLine(node)}`),
    '  end',
  ]);
  const links = graph.links.map((link) => {
    const [a, b] = link.ends;
    const end = ({ shortName, addresses }: typeof a): string =>
      [shortName, ...addresses.map(({ text }) => text)].join(' ');
    const text = [end(a), linkFacts(link), end(b)].map(escapeText).join('<br/>');
    return `  ${ids.get(a.node)!} ---|"${text}"| ${ids.get(b.node)!}`;
  });
  return lines([
    `%% ${comment(titleOf(graph))}`,
    'flowchart TB',
    ...groups,
    ...underlay,
    ...links,
    '  classDef border stroke:#0072b2,stroke-width:2px',
    '  classDef eid stroke:#d79b3d,stroke-width:2px',
    '  classDef lisp stroke:#b34a00,stroke-width:2px',
    '  classDef plain stroke-dasharray:4 3',
  ]);
}

const ARROWS: Readonly<Record<PacketClass, string>> = {
  control: '-->>',
  lisp: '->>',
  native: '-)',
  upkeep: '--)',
};

/**
 * A sequence diagram. Control messages are dashed; of the others, LISP data has a filled head and native packets an
 * open one. Reasons stand in comments: Mermaid has no tooltips here.
 */
export function ladderMermaid(story: LadderStory): string {
  const { graph, packets, remarks } = story;
  const ids = idsOf(graph);
  const columns = ladderColumns(story);
  const whole =
    columns.length === 0 ? '' : [columns[0]!, columns.at(-1)!].map(({ name }) => ids.get(name)!).join();
  return lines([
    `%% ${comment(`${titleOf(graph)} - packets`)}`,
    'sequenceDiagram',
    ...columns.map(({ name }) => `  participant ${ids.get(name)!} as ${escapeText(name)}`),
    ...packets.flatMap((packet) => {
      const [from, to] = [ids.get(packet.from)!, ids.get(packet.to)!];
      const arrow =
        packet.frame.fate === 'sent'
          ? ARROWS[packetClass(packet)]
          : packetClass(packet) === 'control'
            ? '--x'
            : '-x';
      const text = `${packetNumber(packet)} ${shortSeconds(packet)} ${packetLabel(packet, graph)}`;
      const end = endOf(packet);
      const remark = remarks?.get(packet.frame.number);
      return [
        ...packetTip(packet)
          .split('\n')
          .map((line) => `  %% ${comment(line)}`),
        `  ${from}${arrow}${to}: ${escapeText(text)}`,
        ...(end === undefined ? [] : [`  Note over ${to}: ${escapeText(end)}`]),
        ...(remark === undefined ? [] : [`  Note over ${whole}: ${escapeText(remark.text)}`]),
      ];
    }),
  ]);
}

/** Names may be words of Mermaid's grammar (`end`): numbers may not. */
function idsOf({ nodes }: LabGraph): Map<string, string> {
  return new Map(nodes.map(({ name }, i) => [name, `n${i}`]));
}

function noteOf({ role }: GraphAddress): string {
  return role === 'eid' ? ' (EID)' : role === 'locator' ? ' (RLOC)' : '';
}

function classOf({ place, roles }: GraphNode): string {
  if (place === 'border' || place === 'eid') return place;
  return roles.length > 0 ? 'lisp' : 'plain';
}

/** Mermaid's entities: `#` and `;` end or begin one, quotes end the text, angle brackets are HTML, `:` ends a name. */
function escapeText(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[#;"<>&`{}[\]|%]/g, (letter) => `#${letter.codePointAt(0)!};`);
}

/** A comment ends with its line; braces would be a directive. */
function comment(text: string): string {
  return text.replace(/[\r\n{}]+/g, ' ');
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
