/** What sequence diagrams with places of their own have in common: how far lines stand apart, and which pauses count. */
import type { Micros } from '../../base/time.ts';
import type { GraphNode } from '../lab-graph.ts';
import { badgesOf, CARD } from './card.ts';
import { packetLabel, type LadderStory } from './ladder-story.ts';
import { textWidth, type Font } from './text-width.ts';

export const NAME_FONT: Font = { family: 'sans', size: 15, bold: true };
export const PACKET_FONT: Font = { family: 'sans', size: 13 };

export const MARGIN = 20;
const LEAST_SPACE = 210;
/** Between a label and the lines it stands between. */
const LABEL_ROOM = 34;

/** Virtual time that passes without a packet and is worth a mark. */
export const PAUSE_MICROS = 500_000;

/** `1.5 s later`. */
export function pauseText(waited: Micros): string {
  return `${Math.round(waited / 1000) / 1000} s later`;
}

/** Every label fits between the lines it stands between, and heads do not touch. */
export function columnSpace(
  columns: readonly GraphNode[],
  { graph, packets }: LadderStory,
  headWidths: readonly number[],
): number {
  const at = new Map(columns.map(({ name }, i) => [name, i]));
  const labels = packets.map((packet) => {
    const spans = Math.max(1, Math.abs(at.get(packet.from)! - at.get(packet.to)!));
    return (textWidth(packetLabel(packet, graph), PACKET_FONT) + LABEL_ROOM) / spans;
  });
  const heads = headWidths.slice(1).map((width, i) => (width + headWidths[i]!) / 2 + MARGIN);
  return Math.ceil(Math.max(LEAST_SPACE, ...labels, ...heads));
}

export function headWidth(node: GraphNode): number {
  const badges = badgesOf(node).reduce((sum, { width }) => sum + width + CARD.badgeGap, -CARD.badgeGap);
  return Math.ceil(Math.max(textWidth(node.name, NAME_FONT), badges)) + 2 * CARD.pad;
}
