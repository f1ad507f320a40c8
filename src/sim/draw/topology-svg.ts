/** The network of a lab as a picture: zones of EID space and RLOC space, nodes with their roles, links with their ends. */
import type { GraphAddress, GraphLink, GraphNode, LabGraph } from '../lab-graph.ts';
import { ADDRESS_FONT, addressText, BADGE_FONT, CARD, NAME_FONT, PORT_FONT } from './card.ts';
import { styleSheet } from './palette.ts';
import { drawing, element, label, number, tooltip } from './svg.ts';
import { textWidth, type Font } from './text-width.ts';
import {
  layOutTopology,
  titleOf,
  TITLE_FONT,
  ZONE_FONT,
  type PlacedCard,
  type PlacedSocket,
  type PlacedZone,
  type Rect,
  type TopologyLayout,
} from './topology-layout.ts';
import { describeGraph, linkFacts } from './words.ts';

const CLASS = 'pxtr-topology';
const LINK_FONT: Font = { family: 'sans', size: 11.5 };

/**
 * SVG of a network, self-contained: fonts are named, not loaded; light or dark follows the viewer. Equal graphs give
 * equal texts.
 */
export function topologySvg(graph: LabGraph): string {
  const layout = layOutTopology(graph);
  return drawing({
    className: CLASS,
    id: `topology-${graph.name.replace(/[^A-Za-z0-9]+/g, '-')}`,
    width: layout.width,
    height: layout.height,
    title: titleOf(graph),
    description: describeGraph(graph),
    style: styleSheet(CLASS),
    body: [
      label(titleOf(graph), 20, 32, TITLE_FONT),
      ...underlayParts(layout),
      ...layout.zones.map(zone),
      ...wires(graph, layout),
      ...layout.cards.map(card),
    ],
  });
}

function underlayParts({ underlay }: TopologyLayout): string[] {
  if (underlay === undefined) return [];
  const { x, y, width, height } = underlay;
  const box = element('rect', { class: 'zone-rloc', x, y, width, height, rx: 12 });
  const name = label('RLOC space', x + 16, y + height - 14, ZONE_FONT, { class: 'rloc' });
  return [box, name];
}

function zone({ x, y, width, height, site, heading }: PlacedZone): string {
  const box = element('rect', { class: 'zone-eid', x, y, width, height, rx: 12 });
  const name = label(heading, x + 16, y + 21, ZONE_FONT, { class: 'eid' });
  return element('g', {}, tooltip(`EID-Prefixes: ${site.eids.join(', ')}`), box, name);
}

function card({
  card: { node, badges, upHeight, downHeight },
  x,
  y,
  width,
  height,
  up,
  down,
}: PlacedCard): string {
  let at = y + upHeight + CARD.pad;
  const parts = [
    tooltip(nodeTip(node)),
    element('rect', { class: 'card', x, y, width, height, rx: 8 }),
    label(node.name, x + CARD.pad, at + 13, NAME_FONT),
  ];
  at += CARD.nameHeight;
  let left = x + CARD.pad;
  for (const { word, style, width: badgeWidth } of badges) {
    const middle = left + badgeWidth / 2;
    parts.push(
      element('rect', { class: style, x: left, y: at, width: badgeWidth, height: CARD.badgeHeight, rx: 9 }),
      label(word, middle, at + 13, BADGE_FONT, { anchor: 'middle', class: 'badge-word' }),
    );
    left += badgeWidth + CARD.badgeGap;
  }
  at += CARD.badgeHeight + CARD.afterBadges;
  for (const address of node.addresses) {
    parts.push(label(addressText(address), x + CARD.pad, at + 12, ADDRESS_FONT, { class: inkOf(address) }));
    at += CARD.lineHeight;
  }
  if (up.length > 0) parts.push(rule(x, y + upHeight, width));
  if (down.length > 0) parts.push(rule(x, y + height - downHeight, width));
  for (const socket of up) parts.push(...socketText(socket, y));
  for (const socket of down) parts.push(...socketText(socket, y + height - downHeight));
  for (const { x: cx, y: cy } of [...up, ...down])
    parts.push(element('circle', { class: 'plug', cx, cy, r: 4 }));
  return element('g', {}, ...parts);
}

function rule(x: number, y: number, width: number): string {
  return element('line', { class: 'rule', x1: x, y1: y, x2: x + width, y2: y });
}

function socketText({ socket, x, side }: PlacedSocket, top: number): string[] {
  // The plug stands on the edge: texts keep away from it.
  const first = top + (side === 'up' ? CARD.socketMargin + 8 : 14);
  return [
    label(socket.name, x, first, PORT_FONT, { anchor: 'middle', class: 'faint' }),
    ...socket.addresses.map((address, i) =>
      label(address.text, x, first + (i + 1) * (CARD.lineHeight - 1), ADDRESS_FONT, {
        anchor: 'middle',
        class: inkOf(address),
      }),
    ),
  ];
}

function inkOf({ role }: GraphAddress): string {
  return role === 'eid' ? 'eid' : role === 'locator' ? 'rloc' : 'faint';
}

function nodeTip({ name, kind, roles, addresses }: GraphNode): string {
  const what = roles.length > 0 ? roles.join(', ') : kind === 'host' ? 'host' : 'router without LISP';
  return [`${name}: ${what}`, ...addresses.map((each) => `${addressText(each)} (${each.role})`)].join('\n');
}

interface Point {
  readonly x: number;
  readonly y: number;
}
type Curve = readonly [Point, Point, Point, Point];

/** Curves first, then what is written on them. */
function wires(graph: LabGraph, layout: TopologyLayout): string[] {
  const taken: Rect[] = layout.cards.map(({ x, y, width, height }) => ({ x, y, width, height }));
  const drawn = graph.links.map((link, i) => ({ link, curve: curveOf(socketsOf(layout, i)) }));
  const paths = drawn.map(({ link, curve }) =>
    element('g', {}, tooltip(linkTip(link)), element('path', { class: 'wire', d: pathOf(curve) })),
  );
  const notes = drawn.flatMap(({ link, curve }) => {
    const text = linkFacts(link);
    const place = freePlace(curve, textWidth(text, LINK_FONT) + 10, taken);
    taken.push(place);
    const { x, y, width, height } = place;
    return [
      element('rect', { class: 'plate', x, y, width, height, rx: 4 }),
      label(text, x + width / 2, y + 12, LINK_FONT, { anchor: 'middle', class: 'faint' }),
    ];
  });
  return [...paths, ...notes];
}

function socketsOf({ cards }: TopologyLayout, link: number): readonly [PlacedSocket, PlacedSocket] {
  const all = cards.flatMap(({ up, down }) => [...up, ...down]).filter(({ socket }) => socket.link === link);
  return [all.find(({ socket }) => socket.end === 0)!, all.find(({ socket }) => socket.end === 1)!];
}

/** Leaves and arrives upright; from below to below in an arc under both, the deeper the wider it is. */
function curveOf([a, b]: readonly [PlacedSocket, PlacedSocket]): Curve {
  const bend = a.side === b.side ? 48 + Math.min(72, Math.abs(a.x - b.x) * 0.16) : Math.abs(a.y - b.y) * 0.5;
  const handle = ({ x, y, side }: PlacedSocket): Point => ({ x, y: y + (side === 'down' ? bend : -bend) });
  return [a, handle(a), handle(b), b];
}

function pathOf([from, p, q, to]: Curve): string {
  const at = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;
  return `M ${at(from)} C ${at(p)}, ${at(q)}, ${at(to)}`;
}

const PLATE_HEIGHT = 17;
/** Along a curve, the middle first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];

/** The first place on the curve where nothing else is; the middle when there is none. */
function freePlace(curve: Curve, width: number, taken: readonly Rect[]): Rect {
  const places = PLACES.map((t) => {
    const { x, y } = pointAt(curve, t);
    return { x: x - width / 2, y: y - PLATE_HEIGHT / 2, width, height: PLATE_HEIGHT };
  });
  return places.find((place) => !taken.some((other) => isOver(place, other))) ?? places[0]!;
}

function isOver(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function pointAt([a, p, q, b]: Curve, t: number): Point {
  const s = 1 - t;
  const along = (of: (point: Point) => number): number =>
    s * s * s * of(a) + 3 * s * s * t * of(p) + 3 * s * t * t * of(q) + t * t * t * of(b);
  return { x: along(({ x }) => x), y: along(({ y }) => y) };
}

function linkTip(link: GraphLink): string {
  const ends = link.ends.map(({ node, interfaceName }) => `${node} ${interfaceName}`);
  return `${link.name}: ${ends.join(' - ')}, ${linkFacts(link)}, MTU ${link.mtu}`;
}
