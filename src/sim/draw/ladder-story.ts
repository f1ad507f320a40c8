/** What a sequence diagram tells, whatever it is drawn with. */
import type { Micros } from '../../base/time.ts';
import { isUpkeep } from '../packet-facts.ts';
import { formatTime } from '../log.ts';
import type { GraphNode, LabGraph } from '../lab-graph.ts';
import type { StoryPacket } from '../story.ts';

/** The packets of a run that a sequence diagram shows. */
export interface LadderStory {
  readonly graph: LabGraph;
  /** Nodes from left to right; those that no packet concerns are left out. */
  readonly order: readonly string[];
  /** In order of time. */
  readonly packets: readonly StoryPacket[];
  /** Remarks by the frame number of the packet they stand below. */
  readonly remarks?: ReadonlyMap<number, LadderRemark>;
}

/** Words in the place of packets that are left out. */
export interface LadderRemark {
  readonly text: string;
  /** When the last of them was sent. */
  readonly until: Micros;
}

/** How a packet is drawn: control messages, LISP data, packets as their sender made them, upkeep, and what is neither. */
export type PacketClass = 'control' | 'lisp' | 'native' | 'upkeep';

/** Registration and other upkeep apart from the control messages that a packet waits for. */
export function packetClass({ facts }: StoryPacket): PacketClass {
  if (facts === undefined) return 'native';
  if (isUpkeep(facts)) return 'upkeep';
  return facts.control !== undefined ? 'control' : facts.inner !== undefined ? 'lisp' : 'native';
}

/** The nodes that packets of the story go from or to, from left to right. */
export function ladderColumns({ graph, order, packets }: LadderStory): GraphNode[] {
  const busy = new Set(packets.flatMap(({ from, to }) => [from, to]));
  return order.flatMap((name) => (busy.has(name) ? graph.nodes.filter((node) => node.name === name) : []));
}

/** `#6`; a dash for packets without a number. */
export function packetNumber({ number }: StoryPacket): string {
  return number === undefined ? '-' : `#${number}`;
}

/** What the packet is; its link as well where the nodes at its ends do not tell which it is. */
export function packetLabel({ title, from, to, link }: StoryPacket, { links }: LabGraph): string {
  const between = links.filter(({ ends }) => ends.every(({ node }) => node === from || node === to));
  return between.length > 1 ? `${title} (${link})` : title;
}

/** `10.005`: seconds, with the digits that say something. */
export function shortSeconds({ frame }: StoryPacket): string {
  return formatTime(frame.time).replace(/000$/, '');
}

/** Why a packet that did not arrive did not. */
const FATES: Readonly<Record<StoryPacket['frame']['fate'], string | undefined>> = {
  sent: undefined,
  lost: 'lost on the link',
  'too-big': 'too big for the link',
  'link-down': 'the link is down',
};

/** What became of the packet when that was the end of it: on the link, or at its receiver. */
export function endOf({ frame, outcome }: StoryPacket): string | undefined {
  return FATES[frame.fate] ?? outcome;
}

/** Whether its end is one that nobody wanted. */
export function isLoss({ frame, outcome = '' }: StoryPacket): boolean {
  return frame.fate !== 'sent' || /^(lost|dropped|refused)/.test(outcome);
}

const KEY: readonly (readonly [PacketClass, string])[] = [
  ['control', 'LISP control message'],
  ['lisp', 'LISP data: encapsulated'],
  ['native', 'native packet'],
  ['upkeep', 'registration and other upkeep'],
];

/** The classes that packets of the story have, in words. */
export function ladderKey({ packets }: LadderStory): (readonly [PacketClass, string])[] {
  return KEY.filter(([kind]) => packets.some((packet) => packetClass(packet) === kind));
}

/** All that is known of a packet, on lines of their own. */
export function packetTip(packet: StoryPacket): string {
  const { from, to, link, line, why } = packet;
  const end = endOf(packet);
  return [
    `${packetNumber(packet)} at ${shortSeconds(packet)} s, ${from} > ${to} on link ${link}`,
    line,
    `why: ${why}`,
    ...(end === undefined ? [] : [`then: ${end}`]),
  ].join('\n');
}
