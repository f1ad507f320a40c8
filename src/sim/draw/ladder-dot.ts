/** A run as a sequence diagram in Graphviz' language: every place is fixed, so that time goes down and nothing moves. */
import type { Micros } from '../../base/time.ts';
import type { GraphNode } from '../lab-graph.ts';
import type { StoryPacket } from '../story.ts';
import { badgesOf } from './card.ts';
import { quote } from './dot-text.ts';
import {
  columnSpace,
  headWidth,
  MARGIN,
  NAME_FONT,
  PACKET_FONT,
  PAUSE_MICROS,
  pauseText,
} from './ladder-columns.ts';
import {
  endOf,
  isLoss,
  ladderColumns,
  ladderKey,
  packetClass,
  packetLabel,
  packetNumber,
  packetTip,
  shortSeconds,
  type LadderStory,
  type PacketClass,
} from './ladder-story.ts';
import { textWidth, type Font } from './text-width.ts';
import { titleOf } from './topology-layout.ts';

const TIME_FONT: Font = { family: 'mono', size: 12 };
const END_FONT: Font = { family: 'sans', size: 12 };
const HEAD_HEIGHT = 44;
/** Number and time, left of the first line. */
const GUTTER = 130;
const ROW = 40;
const NOTE_ROW = 18;
const PAUSE_ROW = 24;
/** Points: the unit of Graphviz' sizes is the inch. */
const INCH = 72;

interface Stroke {
  readonly color: string;
  readonly style: string;
  readonly words: string;
}

const STROKES: Readonly<Record<PacketClass, Stroke>> = {
  control: { color: '#0072b2', style: 'style=dashed, penwidth=1.5', words: 'dashed' },
  lisp: { color: '#c2570c', style: 'penwidth=3', words: 'thick' },
  native: { color: '#2f3b45', style: 'penwidth=1.5', words: 'thin' },
  upkeep: { color: '#7b8894', style: 'style=dotted', words: 'dotted' },
};
const FAINT = '#56636f';
const BAD = '#a33b00';

/**
 * A directed graph with an edge for each packet, which has the story of the packet as its tooltip. It asks for neato
 * itself, which keeps places as they are: `dot -Tsvg` draws it.
 */
export function ladderDot(story: LadderStory): string {
  const { graph, packets, remarks } = story;
  const columns = ladderColumns(story);
  const widths = columns.map(headWidth);
  const space = columnSpace(columns, story, widths);
  const first = GUTTER + (widths[0] ?? 0) / 2;
  const places = new Map(columns.map(({ name }, i) => [name, first + i * space]));
  const rows: string[] = [];
  let y = HEAD_HEIGHT / 2;
  let before: Micros | undefined;
  for (const packet of packets) {
    const id = `p${packet.frame.number}`;
    const waited = before === undefined ? 0 : packet.frame.time - before;
    if (waited >= PAUSE_MICROS) {
      y += PAUSE_ROW;
      rows.push(note(`${id}_pause`, pauseText(waited), GUTTER - 14, y, END_FONT, FAINT));
    }
    before = packet.frame.time;
    y += ROW;
    rows.push(...arrow(id, packet, packetLabel(packet, graph), places, y));
    const end = endOf(packet);
    if (end !== undefined) {
      const color = isLoss(packet) ? BAD : FAINT;
      rows.push(note(`${id}_end`, end, places.get(packet.to)! + 10, y + 13, END_FONT, color));
      y += NOTE_ROW;
    }
    const remark = remarks?.get(packet.frame.number);
    if (remark === undefined) continue;
    before = remark.until;
    y += NOTE_ROW + 6;
    rows.push(note(`${id}_then`, remark.text, GUTTER - 14, y, PACKET_FONT, FAINT));
  }
  const foot = y + MARGIN;
  return [
    `digraph ${quote(graph.name)} {`,
    `  graph [layout=neato, inputscale=${INCH}, splines=line, outputorder=edgesfirst, label=${quote(heading(story))}, labelloc=t, fontname="Helvetica", fontsize=14];`,
    '  node [shape=plaintext, style=filled, fillcolor=white, margin=0.02, height=0.2, fontname="Helvetica"];',
    '  edge [color="#aab4bd"];',
    ...columns.flatMap((node, i) => lifeLine(node, i, places.get(node.name)!, widths[i]!, foot)),
    ...rows,
    '}',
    '',
  ].join('\n');
}

function heading(story: LadderStory): string {
  const key = ladderKey(story).map(([kind, words]) => `${STROKES[kind].words} = ${words}`);
  return [`${titleOf(story.graph)} - packets`, ...(key.length === 0 ? [] : [key.join(', ')]), ' '].join('\n');
}

function lifeLine(node: GraphNode, column: number, x: number, width: number, foot: number): string[] {
  const words = `${node.name}\n${badgesOf(node)
    .map(({ word }) => word)
    .join(' ')}`;
  const box = `shape=box, style="rounded,filled", color="#47545f", width=${inches(width)}, height=${inches(HEAD_HEIGHT)}`;
  const top = `n${column}`;
  return [
    `  ${top} [label=${quote(words)}, ${at(x, 0)}, ${box}, fontsize=${NAME_FONT.size - 2}];`,
    `  ${top}_foot [${dot('#aab4bd', 0.02)}, ${at(x, foot)}];`,
    `  ${top} -> ${top}_foot [arrowhead=none];`,
  ];
}

function arrow(
  id: string,
  packet: StoryPacket,
  words: string,
  places: ReadonlyMap<string, number>,
  y: number,
): string[] {
  const [from, to] = [places.get(packet.from)!, places.get(packet.to)!];
  const middle = (from + to) / 2;
  const { color, style } = STROKES[packetClass(packet)];
  const arrives = packet.frame.fate === 'sent';
  const when = `${packetNumber(packet).padStart(4)} ${shortSeconds(packet)}`;
  // What is lost on its link ends half way.
  const tip = arrives
    ? `${id}_to [${isLoss(packet) ? dot(BAD, 0.12) : dot(color, 0.04)}, ${at(to, y)}]`
    : `${id}_to [${dot(BAD, 0.12)}, ${at(middle, y)}]`;
  const tooltip = quote(packetTip(packet));
  return [
    `  ${id}_from [${dot(color, 0.04)}, ${at(from, y)}];`,
    `  ${tip};`,
    `  ${id}_from -> ${id}_to [color="${color}", ${style}${arrives ? '' : ', arrowhead=none'}, edgetooltip=${tooltip}];`,
    note(`${id}_when`, when, 0, y, TIME_FONT, FAINT),
    `  ${id} [label=${quote(words)}, ${at(middle, y - 12)}, fontsize=${PACKET_FONT.size}, tooltip=${tooltip}];`,
  ];
}

function note(id: string, text: string, left: number, y: number, font: Font, color: string): string {
  const width = textWidth(text, font);
  const name = font.family === 'mono' ? ', fontname="Courier"' : '';
  // A label ends its lines with how they stand: `\l` is left.
  const label = `${quote(text).slice(0, -1)}\\l"`;
  const place = `${at(left + width / 2, y)}, width=${inches(width)}`;
  return `  ${id} [label=${label}, ${place}, fontsize=${font.size}${name}, fontcolor="${color}"];`;
}

function dot(color: string, width: number): string {
  return `shape=point, width=${width}, height=${width}, color="${color}", fillcolor="${color}"`;
}

/** Time goes down, Graphviz' ordinates go up. */
function at(x: number, y: number): string {
  return `pos="${rounded(x)},${rounded(-y)}!"`;
}

function inches(points: number): number {
  return rounded(points / INCH);
}

function rounded(size: number): number {
  // Not `-0`, which would be printed as such by some.
  return Math.round(size * 100) / 100 + 0;
}
