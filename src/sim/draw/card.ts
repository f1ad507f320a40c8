/** The box of a node: name, badges, addresses, and a socket for each link along the edge that faces it. */
import type { GraphAddress, GraphLink, GraphNode, LabGraph } from '../lab-graph.ts';
import type { LispRole } from '../node-roles.ts';
import { textWidth, type Font } from './text-width.ts';

/** The end of a link at a node. */
export interface Socket {
  /** Index of the link, and which of its ends. */
  readonly link: number;
  readonly end: 0 | 1;
  /** The node at the other end. */
  readonly other: string;
  readonly name: string;
  readonly addresses: readonly GraphAddress[];
  readonly width: number;
  readonly height: number;
}

/** A word in a coloured pill. */
export interface Badge {
  readonly word: string;
  readonly style: 'badge-tunnel' | 'badge-proxy' | 'badge-mapping' | 'badge-none';
  readonly width: number;
}

/** A node with the room it takes. Sockets are in no particular order yet. */
export interface Card {
  readonly node: GraphNode;
  readonly badges: readonly Badge[];
  /** Sockets of links to nodes above and below; links within a row leave below, or above within EID space. */
  readonly up: readonly Socket[];
  readonly down: readonly Socket[];
  readonly width: number;
  readonly height: number;
  /** Of the sockets' rows; 0 without any. */
  readonly upHeight: number;
  readonly downHeight: number;
}

export const NAME_FONT: Font = { family: 'sans', size: 16, bold: true };
export const BADGE_FONT: Font = { family: 'sans', size: 11, bold: true };
export const ADDRESS_FONT: Font = { family: 'mono', size: 12 };
export const PORT_FONT: Font = { family: 'mono', size: 11 };

/** Distances inside a card. */
export const CARD = {
  pad: 12,
  nameHeight: 24,
  badgeHeight: 18,
  badgePad: 7,
  badgeGap: 5,
  afterBadges: 6,
  lineHeight: 17,
  socketPad: 10,
  socketMargin: 13,
} as const;

const BADGES: Readonly<Record<LispRole, Omit<Badge, 'width'>>> = {
  ITR: { word: 'ITR', style: 'badge-tunnel' },
  ETR: { word: 'ETR', style: 'badge-tunnel' },
  PITR: { word: 'PITR', style: 'badge-proxy' },
  PETR: { word: 'PETR', style: 'badge-proxy' },
  'Map-Server': { word: 'MS', style: 'badge-mapping' },
  'Map-Resolver': { word: 'MR', style: 'badge-mapping' },
};

export function makeCard(node: GraphNode, { nodes, links }: LabGraph): Card {
  const up: Socket[] = [];
  const down: Socket[] = [];
  for (const [link, { ends }] of links.entries()) {
    for (const end of [0, 1] as const) {
      if (ends[end].node !== node.name) continue;
      const other = nodes.find(({ name }) => name === ends[end === 0 ? 1 : 0].node)!;
      const { shortName: name, addresses } = ends[end];
      const socket = { link, end, other: other.name, name, addresses, ...socketSize(name, addresses) };
      (other.rank < node.rank || isInsideSite(links[link]!, other, node) ? up : down).push(socket);
    }
  }
  const badges = badgesOf(node);
  const inner = Math.max(
    textWidth(node.name, NAME_FONT),
    badges.reduce((sum, { width }) => sum + width + CARD.badgeGap, -CARD.badgeGap),
    ...node.addresses.map((each) => textWidth(addressText(each), ADDRESS_FONT)),
  );
  const sockets = Math.max(widthOf(up), widthOf(down));
  const [upHeight, downHeight] = [heightOf(up), heightOf(down)];
  const head = CARD.pad + CARD.nameHeight + CARD.badgeHeight + CARD.afterBadges;
  const body = node.addresses.length * CARD.lineHeight + CARD.pad / 2;
  const width = Math.ceil(Math.max(inner + 2 * CARD.pad, sockets));
  return { node, badges, up, down, width, height: upHeight + head + body + downHeight, upHeight, downHeight };
}

/** A link between two nodes of a row that carries EIDs: it belongs to the zone above the row. */
export function isInsideSite({ ends }: GraphLink, a: GraphNode, b: GraphNode): boolean {
  const isEid = ({ addresses }: GraphLink['ends'][number]): boolean =>
    addresses.length > 0 && addresses.every(({ role }) => role === 'eid');
  return a.rank === b.rank && a.site !== undefined && a.site === b.site && ends.every(isEid);
}

/** `Lo0 192.168.1.1/32`. */
export function addressText({ interfaceName, text }: GraphAddress): string {
  return `${interfaceName} ${text}`;
}

export function badgesOf({ kind, roles }: GraphNode): Badge[] {
  const none = { word: kind === 'host' ? 'host' : 'no LISP', style: 'badge-none' } as const;
  const badges = roles.length === 0 ? [none] : roles.map((role) => BADGES[role]);
  return badges.map((badge) => ({
    ...badge,
    width: Math.ceil(textWidth(badge.word, BADGE_FONT)) + 2 * CARD.badgePad,
  }));
}

function socketSize(name: string, addresses: readonly GraphAddress[]): { width: number; height: number } {
  const texts = [textWidth(name, PORT_FONT), ...addresses.map(({ text }) => textWidth(text, ADDRESS_FONT))];
  return {
    width: Math.ceil(Math.max(...texts)) + 2 * CARD.socketPad,
    height: (1 + addresses.length) * CARD.lineHeight + CARD.socketMargin,
  };
}

function widthOf(sockets: readonly Socket[]): number {
  return sockets.reduce((sum, { width }) => sum + width, 0);
}

function heightOf(sockets: readonly Socket[]): number {
  return Math.max(0, ...sockets.map(({ height }) => height));
}

/** Where the middle of each socket is, from the left of the card; the row is spread over its whole width. */
export function socketMiddles(sockets: readonly Socket[], width: number): number[] {
  const spare = (width - widthOf(sockets)) / Math.max(1, sockets.length);
  let at = 0;
  return sockets.map((socket) => {
    const middle = at + (socket.width + spare) / 2;
    at += socket.width + spare;
    return middle;
  });
}
