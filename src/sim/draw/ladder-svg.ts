/** A run as a sequence diagram: a line per node, an arrow per packet, time from top to bottom. */
import type { Micros } from '../../base/time.ts';
import { BADGE_FONT, badgesOf, CARD } from './card.ts';
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
import { styleSheet } from './palette.ts';
import { drawing, element, label, number, tooltip, type Anchor } from './svg.ts';
import { textWidth, type Font } from './text-width.ts';
import { titleOf, TITLE_FONT } from './topology-layout.ts';
import type { GraphNode } from '../lab-graph.ts';
import type { StoryPacket } from '../story.ts';

const CLASS = 'pxtr-ladder';
const OUTCOME_FONT: Font = { family: 'sans', size: 12 };
const NUMBER_FONT: Font = { family: 'mono', size: 12.5, bold: true };
const TIME_FONT: Font = { family: 'mono', size: 12 };
const KEY_FONT: Font = { family: 'sans', size: 12 };

const TITLE_HEIGHT = 46;
const KEY_HEIGHT = 26;
const HEAD_HEIGHT = 54;
/** Number and time, left of the first line. */
const GUTTER = 118;
const ROW = 37;
const OUTCOME_ROW = 17;
const PAUSE_ROW = 24;
const REMARK_ROW = 28;
/**
 * SVG of a run, self-contained like that of the topology. Each arrow has the story of its packet as tooltip: what it
 * is, on which link, and why it was sent.
 */
export function ladderSvg(story: LadderStory): string {
  const { graph, packets } = story;
  const columns = ladderColumns(story);
  const headWidths = columns.map(headWidth);
  const space = columnSpace(columns, story, headWidths);
  const first = MARGIN + GUTTER + (headWidths[0] ?? 0) / 2;
  const places = new Map(columns.map(({ name }, i) => [name, first + i * space]));
  const keys = ladderKey(story);

  const top = TITLE_HEIGHT + KEY_HEIGHT;
  const rows: string[] = [];
  let right = 0;
  let y = top + HEAD_HEIGHT + 12;
  let before: Micros | undefined;
  for (const packet of packets) {
    const waited = before === undefined ? 0 : packet.frame.time - before;
    if (waited >= PAUSE_MICROS) {
      rows.push(pause(waited, y));
      y += PAUSE_ROW;
    }
    before = packet.frame.time;
    y += ROW;
    const drawn = arrow(packet, packetLabel(packet, graph), places, y);
    rows.push(drawn.markup);
    right = Math.max(right, drawn.right);
    if (endOf(packet) !== undefined) y += OUTCOME_ROW;
    const remark = story.remarks?.get(packet.frame.number);
    if (remark === undefined) continue;
    before = remark.until;
    y += REMARK_ROW;
    rows.push(...plated(remark.text, MARGIN + GUTTER - 14, y, PACKET_FONT, { class: 'faint' }));
    right = Math.max(right, MARGIN + GUTTER - 14 + textWidth(remark.text, PACKET_FONT));
  }
  const bottom = y + 22;
  const last = first + (columns.length - 1) * space + (headWidths.at(-1) ?? 0) / 2;
  const key = drawKey(keys, MARGIN, TITLE_HEIGHT + 10);
  const width = Math.max(right, last, key.right, MARGIN + textWidth(titleOf(graph), TITLE_FONT)) + MARGIN;
  return drawing({
    className: CLASS,
    id: `ladder-${graph.name.replace(/[^A-Za-z0-9]+/g, '-')}`,
    width,
    height: bottom + MARGIN,
    title: `${titleOf(graph)} - packets`,
    description: describe(story),
    style: styleSheet(CLASS),
    body: [
      label(titleOf(graph), MARGIN, 32, TITLE_FONT),
      key.markup,
      ...columns.map(({ name }) => {
        const x = places.get(name)!;
        return element('line', { class: 'life', x1: x, y1: top + HEAD_HEIGHT, x2: x, y2: bottom });
      }),
      ...columns.map((node, i) => head(node, places.get(node.name)!, top, headWidths[i]!)),
      ...rows,
    ],
  });
}

function head(node: GraphNode, x: number, y: number, width: number): string {
  const badges = badgesOf(node);
  const total = badges.reduce((sum, badge) => sum + badge.width + CARD.badgeGap, -CARD.badgeGap);
  const parts = [
    element('rect', { class: 'card', x: x - width / 2, y, width, height: HEAD_HEIGHT, rx: 8 }),
    label(node.name, x, y + 20, NAME_FONT, { anchor: 'middle' }),
  ];
  let left = x - total / 2;
  for (const { word, style, width: w } of badges) {
    parts.push(
      element('rect', { class: style, x: left, y: y + 28, width: w, height: CARD.badgeHeight, rx: 9 }),
      label(word, left + w / 2, y + 41, BADGE_FONT, { anchor: 'middle', class: 'badge-word' }),
    );
    left += w + CARD.badgeGap;
  }
  return element('g', {}, ...parts);
}

interface Drawn {
  readonly markup: string;
  /** Right end of what is drawn. */
  readonly right: number;
}

function arrow(packet: StoryPacket, text: string, places: ReadonlyMap<string, number>, y: number): Drawn {
  const kind = packetClass(packet);
  const [from, to] = [places.get(packet.from)!, places.get(packet.to)!];
  const way = to > from ? 1 : -1;
  const arrives = packet.frame.fate === 'sent';
  // What is lost on its link ends half way.
  const tip = arrives ? to - way * 2 : from + (to - from) * 0.5;
  const middle = (from + to) / 2;
  const end = endOf(packet);
  const parts = [
    tooltip(packetTip(packet)),
    label(packetNumber(packet), MARGIN + 34, y + 4, NUMBER_FONT, { anchor: 'end' }),
    label(shortSeconds(packet), MARGIN + 44, y + 4, TIME_FONT, { class: 'faint' }),
    ...packetText(text, middle, y - 8, places),
    element('line', { class: kind, x1: from, y1: y, x2: arrives ? tip - way * 9 : tip, y2: y }),
    arrives ? arrowHead(kind, tip, y, way) : cross(tip, y),
  ];
  let right = Math.max(from, to, middle + textWidth(text, PACKET_FONT) / 2);
  if (end !== undefined) {
    if (arrives && isLoss(packet)) parts.push(cross(to, y));
    // Beside the line it concerns, on the side that the packet came from; long ones lean to the right.
    const room = textWidth(end, OUTCOME_FONT);
    const fits = way > 0 ? to - 12 - room > MARGIN : false;
    const at = fits ? to - 12 : to + 12;
    const anchor = fits ? 'end' : 'start';
    parts.push(...plated(end, at, y + 18, OUTCOME_FONT, { anchor, class: isLoss(packet) ? 'bad' : 'faint' }));
    right = Math.max(right, fits ? at : at + room);
  }
  return { markup: element('g', {}, ...parts), right };
}

function arrowHead(kind: PacketClass, x: number, y: number, way: 1 | -1): string {
  const size = kind === 'lisp' ? 7 : 5;
  const points = [
    [x, y],
    [x - way * (size + 7), y - size],
    [x - way * (size + 7), y + size],
  ];
  const text = points.map(([px, py]) => `${number(px!)},${number(py!)}`).join(' ');
  return element('polygon', { class: `tip-${kind}`, points: text });
}

function cross(x: number, y: number): string {
  const path = `M ${number(x - 6)} ${number(y - 6)} l 12 12 m 0 -12 l -12 12`;
  return element('path', { class: 'lost', d: path });
}

/** A packet's label; on a plate where the line of a node that the packet passes by would run through it. */
function packetText(text: string, x: number, y: number, places: ReadonlyMap<string, number>): string[] {
  const half = textWidth(text, PACKET_FONT) / 2;
  const isOnLine = [...places.values()].some((line) => Math.abs(line - x) < half);
  return isOnLine
    ? plated(text, x, y, PACKET_FONT, { anchor: 'middle' })
    : [label(text, x, y, PACKET_FONT, { anchor: 'middle' })];
}

/** Text on a plate: the lines behind it do not run through it. */
function plated(
  text: string,
  x: number,
  y: number,
  font: Font,
  style: { readonly anchor?: Anchor; readonly class?: string },
): string[] {
  const width = textWidth(text, font);
  const left = { start: x, middle: x - width / 2, end: x - width }[style.anchor ?? 'start'];
  const plate = { class: 'plate', x: left - 3, y: y - font.size, width: width + 6, height: font.size + 4 };
  return [element('rect', plate), label(text, x, y, font, style)];
}

function pause(micros: number, y: number): string {
  return label(pauseText(micros), MARGIN + 44, y + PAUSE_ROW + 8, OUTCOME_FONT, { class: 'faint' });
}

function drawKey(keys: ReturnType<typeof ladderKey>, x: number, y: number): Drawn {
  let at = x;
  const parts: string[] = [];
  for (const [kind, text] of keys) {
    parts.push(
      element('line', { class: kind, x1: at, y1: y, x2: at + 32, y2: y }),
      arrowHead(kind, at + 42, y, 1),
      label(text, at + 50, y + 4, KEY_FONT, { class: 'faint' }),
    );
    at += 50 + textWidth(text, KEY_FONT) + 26;
  }
  return { markup: element('g', {}, ...parts), right: at - 26 };
}

function describe({ packets, remarks }: LadderStory): string {
  if (packets.length === 0) return 'No packets.';
  return packets
    .map((packet) => {
      const end = endOf(packet);
      const remark = remarks?.get(packet.frame.number);
      const head = `${packetNumber(packet)}, ${shortSeconds(packet)} s, ${packet.from} to ${packet.to}`;
      const tail = [
        end === undefined ? '' : ` (${end})`,
        remark === undefined ? '' : ` ${remark.text}.`,
      ].join('');
      return `${head}: ${packet.title}${tail}.`;
    })
    .join(' ');
}
