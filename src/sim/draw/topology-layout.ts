/**
 * Where everything of a topology goes. Rows from the inside of the sites at the top through RLOC space to the far end
 * of it; a site is one block of the row that its border routers stand in, so that its zone holds nobody else.
 */
import type { GraphSite, LabGraph } from '../lab-graph.ts';
import { makeCard, socketMiddles, type Card, type Socket } from './card.ts';
import { orderRows, placeRows, type Spring } from './rows.ts';
import { textWidth, type Font } from './text-width.ts';

/** A rectangle, top left corner first. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A card in its place, with its sockets in order and the places where links are plugged in. */
export interface PlacedCard extends Rect {
  readonly card: Card;
  readonly up: readonly PlacedSocket[];
  readonly down: readonly PlacedSocket[];
}

/** `x` is the middle, `y` the edge of the card. */
export interface PlacedSocket {
  readonly socket: Socket;
  readonly x: number;
  readonly y: number;
  readonly side: 'up' | 'down';
}

/** A site's part of EID space. */
export interface PlacedZone extends Rect {
  readonly site: GraphSite;
  readonly heading: string;
}

/** Everything but the curves and what is written on them. */
export interface TopologyLayout {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly PlacedCard[];
  readonly zones: readonly PlacedZone[];
  /** RLOC space; absent in a lab without LISP. */
  readonly underlay?: Rect;
}

export const ZONE_FONT: Font = { family: 'sans', size: 13, bold: true };
export const TITLE_FONT: Font = { family: 'sans', size: 17, bold: true };

const MARGIN = 20;
const TITLE_HEIGHT = 46;
const ZONE_PAD = 16;
const ZONE_HEADING = 30;
const UNDERLAY_FOOT = 34;
const CARD_GAP = 28;
const SITE_GAP = 2 * ZONE_PAD + 20;
const ROW_GAP = 72;
/** More room where links stay within their row. */
const LOOP_ROOM = 34;
/** EID-Prefixes named in the heading of a zone. */
const HEADING_EIDS = 2;

/** A card inside its block: a site, or a single node. */
interface Block {
  readonly rank: number;
  readonly width: number;
  /** Left edges inside the block, by name. */
  readonly lefts: ReadonlyMap<string, number>;
  readonly site?: GraphSite;
}

export function layOutTopology(graph: LabGraph): TopologyLayout {
  const cards = new Map(graph.nodes.map((node) => [node.name, makeCard(node, graph)]));
  const inSites = new Set(graph.sites.flatMap(({ nodes }) => nodes));
  const blocks: Block[] = [
    ...graph.sites.map((site) => siteBlock(site, graph, cards)),
    ...graph.nodes
      .filter(({ name }) => !inSites.has(name))
      .map(({ name, rank }) => ({ rank, width: cards.get(name)!.width, lefts: new Map([[name, 0]]) })),
  ];
  const blockOf = new Map(
    blocks.flatMap(({ lefts }, i) => [...lefts.keys()].map((name) => [name, i] as const)),
  );
  const wires = graph.links.map(({ ends: [a, b] }) => ({ a: blockOf.get(a.node)!, b: blockOf.get(b.node)! }));
  const order = orderRows(
    rowsBy(blocks, ({ rank }) => rank),
    wires,
  );

  // Sockets stand in the order of what they lead to; only then is it known where links pull.
  const place = new Map(order.flatMap((row) => row.map((each, at) => [each, at] as const)));
  const standing = (name: string): number => {
    const block = blockOf.get(name)!;
    return place.get(block)! * 1e6 + blocks[block]!.lefts.get(name)!;
  };
  const rankOf = (name: string): number => cards.get(name)!.node.rank;
  const sorted = new Map([...cards].map(([name, card]) => [name, sortSockets(card, standing, rankOf)]));
  const springs = graph.links.flatMap(({ ends }, link): Spring[] => {
    const [a, b] = [blockOf.get(ends[0].node)!, blockOf.get(ends[1].node)!];
    if (a === b || blocks[a]!.rank === blocks[b]!.rank) return [];
    const at = (end: 0 | 1): number => {
      const { node } = ends[end];
      return blocks[blockOf.get(node)!]!.lefts.get(node)! + socketAt(sorted.get(node)!, link, end);
    };
    return [{ a, b, aAt: at(0), bAt: at(1) }];
  });
  const isSite = (i: number): boolean => blocks[i]!.site !== undefined;
  const lefts = placeRows(
    order,
    blocks.map(({ width }) => width),
    springs,
    (a, b) => (isSite(a) || isSite(b) ? SITE_GAP : CARD_GAP),
  );
  const across = new Map(
    graph.nodes.map(({ name }) => {
      const block = blockOf.get(name)!;
      return [name, lefts[block]! + blocks[block]!.lefts.get(name)!];
    }),
  );
  return stack(graph, [...sorted.values()], across, blocks, lefts);
}

/** The rows of the picture from top to bottom, zones around them, and the size of it all. */
function stack(
  graph: LabGraph,
  cards: readonly Card[],
  across: ReadonlyMap<string, number>,
  blocks: readonly Block[],
  lefts: readonly number[],
): TopologyLayout {
  const hasSites = graph.sites.length > 0;
  const content = Math.max(...blocks.map(({ width }, i) => lefts[i]! + width));
  const heading = textWidth(titleOf(graph), TITLE_FONT) + 2 * MARGIN;
  const width = Math.max(content + 2 * (MARGIN + ZONE_PAD), heading);
  // Below a title that is wider than all the rest, the rest stands in the middle.
  const inset = (width - content) / 2;
  const top = TITLE_HEIGHT + (hasSites ? MARGIN / 2 : 0);
  const rows = rowsBy(cards, ({ node }) => node.rank);
  let y = top + (hasSites ? ZONE_HEADING : ZONE_PAD);
  let border = top;
  const placed = new Map<string, PlacedCard>();
  for (const [i, row] of rows.entries()) {
    const members = row.map((each) => cards[each]!);
    const loops = loopsOf(members, graph);
    if (loops.above) y += LOOP_ROOM;
    // Cards of a row hang from one line, the one above their lower sockets: on the border it is where EID space ends.
    const above = Math.max(...members.map(({ height, downHeight }) => height - downHeight));
    const below = Math.max(...members.map(({ downHeight }) => downHeight));
    const line = y + above;
    if (members[0]!.node.rank === 0) border = line;
    for (const card of members) {
      const x = inset + across.get(card.node.name)!;
      placed.set(card.node.name, placeCard(card, x, line - (card.height - card.downHeight)));
    }
    const isLast = i === rows.length - 1;
    y = line + below + (isLast && !loops.below ? 0 : ROW_GAP) + (loops.below ? LOOP_ROOM : 0);
  }
  const all = graph.nodes.map(({ name }) => placed.get(name)!);
  const hasLisp = graph.nodes.some(({ roles }) => roles.length > 0);
  const underlay = { x: MARGIN, y: hasSites ? border : top, width: width - 2 * MARGIN, height: 0 };
  const bottom = y + (hasLisp ? UNDERLAY_FOOT : ZONE_PAD);
  return {
    width,
    height: bottom + MARGIN,
    cards: all,
    zones: blocks.flatMap(({ site, width: blockWidth }, i) => {
      if (site === undefined) return [];
      const x = inset + lefts[i]! - ZONE_PAD;
      const rect = { x, y: top, width: blockWidth + 2 * ZONE_PAD, height: border - top };
      return [{ ...rect, site, heading: siteHeading(site) }];
    }),
    ...(hasLisp ? { underlay: { ...underlay, height: bottom - underlay.y } } : {}),
  };
}

/** Whether links within the row leave it on either side. */
function loopsOf(
  members: readonly Card[],
  { nodes }: LabGraph,
): { readonly above: boolean; readonly below: boolean } {
  const isLoop = (card: Card, { other }: Socket): boolean =>
    nodes.find(({ name }) => name === other)!.rank === card.node.rank;
  return {
    above: members.some((card) => card.up.some((socket) => isLoop(card, socket))),
    below: members.some((card) => card.down.some((socket) => isLoop(card, socket))),
  };
}

/** `pxtr: A site talks to the world`. */
export function titleOf({ name, title }: LabGraph): string {
  return title === '' ? name : `${name}: ${title}`;
}

/** `site1: EIDs 192.168.1.1/32`. */
function siteHeading({ name, eids }: GraphSite): string {
  const more = eids.length - HEADING_EIDS;
  const list = [...eids.slice(0, HEADING_EIDS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${name === '' ? 'EID space' : `EID space of ${name}`}: ${list}`;
}

/** The nodes of a site among themselves. */
function siteBlock(site: GraphSite, graph: LabGraph, cards: ReadonlyMap<string, Card>): Block {
  const members = site.nodes.map((name) => cards.get(name)!);
  const index = new Map(site.nodes.map((name, i) => [name, i]));
  const inside = graph.links
    .map(({ ends }, link) => ({ link, a: index.get(ends[0].node), b: index.get(ends[1].node) }))
    .filter(
      (each): each is { link: number; a: number; b: number } => each.a !== undefined && each.b !== undefined,
    );
  const order = orderRows(
    rowsBy(members, ({ node }) => node.rank),
    inside,
  );
  const springs = inside
    .filter(({ a, b }) => members[a]!.node.rank !== members[b]!.node.rank)
    .map(({ link, a, b }) => ({
      a,
      b,
      aAt: socketAt(members[a]!, link, 0),
      bAt: socketAt(members[b]!, link, 1),
    }));
  const widths = members.map(({ width }) => width);
  const lefts = placeRows(order, widths, springs, () => CARD_GAP);
  const right = Math.max(...lefts.map((left, i) => left + widths[i]!));
  const width = Math.max(right, Math.ceil(textWidth(siteHeading(site), ZONE_FONT)));
  // A heading wider than the cards: they stand in the middle below it.
  const shift = (width - right) / 2;
  return { rank: 0, width, lefts: new Map(site.nodes.map((name, i) => [name, lefts[i]! + shift])), site };
}

/** Indices by rank, lowest rank first. */
function rowsBy<T>(things: readonly T[], rankOf: (thing: T) => number): number[][] {
  const ranks = [...new Set(things.map(rankOf))].sort((a, b) => a - b);
  return ranks.map((rank) => things.flatMap((thing, i) => (rankOf(thing) === rank ? [i] : [])));
}

/** Left to right in the order of the nodes at the other ends; links within the row at the side they go to. */
function sortSockets(card: Card, standing: (name: string) => number, rankOf: (name: string) => number): Card {
  const { node } = card;
  const own = standing(node.name);
  const key = ({ other }: Socket): number => {
    const at = standing(other);
    // Arcs within the row lie inside one another: the nearer the other end, the nearer the side it is on.
    return rankOf(other) !== node.rank ? at : at < own ? -1e9 - at : 1e9 - at;
  };
  const sort = (sockets: readonly Socket[]): Socket[] =>
    [...sockets].sort((x, y) => key(x) - key(y) || x.link - y.link);
  return { ...card, up: sort(card.up), down: sort(card.down) };
}

/** Where a link is plugged in, from the left of the card. */
function socketAt({ up, down, width }: Card, link: number, end: 0 | 1): number {
  for (const side of [up, down]) {
    const i = side.findIndex((socket) => socket.link === link && socket.end === end);
    if (i >= 0) return socketMiddles(side, width)[i]!;
  }
  return width / 2;
}

function placeCard(card: Card, x: number, y: number): PlacedCard {
  const { width, height } = card;
  const side = (sockets: readonly Socket[], edge: number, which: 'up' | 'down'): PlacedSocket[] => {
    const middles = socketMiddles(sockets, width);
    return sockets.map((socket, i) => ({ socket, x: x + middles[i]!, y: edge, side: which }));
  };
  return {
    card,
    x,
    y,
    width,
    height,
    up: side(card.up, y, 'up'),
    down: side(card.down, y + height, 'down'),
  };
}
