/** Follows one packet through a network by asking each router what it would do, without doing it. */
import { toHex } from '../base/bytes.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import {
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_SEND_MAP_REQUEST,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../engine/codes.ts';
import { reasonName, reasonText } from '../engine/counters.ts';
import type { InjectOptions } from '../engine/data-plane.ts';
import { STEPS, type Explanation, type Phase } from '../engine/phases.ts';
import { namedPhases } from '../router/named-phases.ts';
import { decodeIp } from '../wire/ip-packet.ts';

/** A node of the network that is walked. */
export type WalkNode =
  | {
      readonly kind: 'router';
      readonly name: string;
      readonly interfaces: readonly string[];
      readonly explain: (packet: Uint8Array, options: InjectOptions) => Explanation;
    }
  | {
      readonly kind: 'host';
      readonly name: string;
      readonly interfaces: readonly string[];
      readonly addresses: readonly IpAddress[];
    };

export interface WalkLink {
  readonly name: string;
  readonly ends: readonly [WalkEnd, WalkEnd];
  readonly up: boolean;
  readonly mtu: number;
}

export interface WalkEnd {
  readonly node: string;
  readonly interface: string;
}

export interface WalkNetwork {
  readonly nodes: readonly WalkNode[];
  readonly links: readonly WalkLink[];
}

/** What one node does with the packet. */
export interface Hop {
  readonly node: string;
  /** Where the packet came in; absent where it starts. */
  readonly inInterface?: string;
  /** The packet as it arrives. */
  readonly packet: Uint8Array;
  readonly phases: readonly Phase[];
  readonly verdict: 'native' | 'encapsulate' | 'deliver' | 'resolve' | 'punt' | 'drop';
  /** Name of the drop or punt reason, and what it means; completes "because ...". */
  readonly reason?: string;
  readonly because?: string;
  /** The packet as it leaves, or as it stood when the decision fell. */
  readonly result: Uint8Array;
  /** Where it goes next. */
  readonly way?: {
    readonly outInterface: string;
    readonly link?: string;
    readonly to?: string;
  };
}

export type WalkEnding =
  | { readonly kind: 'delivered'; readonly node: string }
  /** The destination EID must be looked up first. */
  | { readonly kind: 'resolve'; readonly node: string; readonly eid: IpAddress; readonly source: IpAddress }
  | { readonly kind: 'dropped'; readonly node: string; readonly reason: string }
  /**
   * The packet is back at `node`, where it meets the same decision. The nodes of the circle, in order, the first one
   * not repeated, and what made each of them send the packet on.
   */
  | {
      readonly kind: 'loop';
      readonly node: string;
      readonly circle: readonly string[];
      readonly routes: readonly string[];
    }
  /** Sent out of an interface that leads nowhere, or onto a link that does not take it. */
  | { readonly kind: 'lost'; readonly node: string; readonly why: string };

export interface Walk {
  readonly hops: readonly Hop[];
  readonly ending: WalkEnding;
}

/** Follows `packet`, made by the node `from`, until it is delivered, stopped, or comes round again. */
export function walkPacket(network: WalkNetwork, from: string, packet: Uint8Array): Walk {
  const hops: Hop[] = [];
  const seen = new Map<string, number>();
  let place: Place = { node: from, interfaceIndex: 0, originated: true };
  let bytes = packet;
  for (;;) {
    const key = `${place.node} ${place.originated ? '-' : place.interfaceIndex} ${withoutTtl(bytes)}`;
    const before = seen.get(key);
    if (before !== undefined) {
      const round = hops.slice(before);
      const circle = round.map(({ node }) => node);
      return { hops, ending: { kind: 'loop', node: place.node, circle, routes: round.map(routeOf) } };
    }
    seen.set(key, hops.length);
    const node = network.nodes.find(({ name }) => name === place.node)!;
    const decided = node.kind === 'router' ? atRouter(node, place, bytes) : atHost(node, place, bytes);
    const next =
      decided.outInterface === undefined ? undefined : nextPlace(network, node, decided.outInterface);
    const way = next === undefined ? {} : { way: next.way };
    hops.push({ ...decided.hop, ...way });
    if (decided.ending !== undefined) return { hops, ending: decided.ending };
    if (next?.place === undefined || next.mtu < decided.hop.result.length) {
      return {
        hops,
        ending: { kind: 'lost', node: place.node, why: next?.why ?? 'it is too big for the link' },
      };
    }
    place = next.place;
    bytes = decided.hop.result;
  }
}

interface Place {
  readonly node: string;
  readonly interfaceIndex: number;
  readonly originated: boolean;
}

interface Decided {
  readonly hop: Omit<Hop, 'way'>;
  readonly outInterface?: number;
  readonly ending?: WalkEnding;
}

function atRouter(node: Extract<WalkNode, { kind: 'router' }>, place: Place, packet: Uint8Array): Decided {
  const { interfaceIndex, originated } = place;
  const { phases, verdict, reason, outInterface, bytes } = node.explain(packet, {
    interfaceIndex,
    originated,
  });
  const base = {
    ...hopBase(node, place, packet),
    phases: namedPhases(phases, node.interfaces),
    result: bytes,
  };
  if (verdict === VERDICT_NATIVE) return { hop: { ...base, verdict: 'native' }, outInterface };
  if (verdict === VERDICT_ENCAP) return { hop: { ...base, verdict: 'encapsulate' }, outInterface };
  const why = { reason: reasonName(reason), because: reasonText(reason) };
  if (verdict === VERDICT_PUNT && reason === REASON_LOCAL) {
    return { hop: { ...base, verdict: 'deliver' }, ending: { kind: 'delivered', node: node.name } };
  }
  if (verdict === VERDICT_PUNT && (reason === REASON_MAP_CACHE_MISS || reason === REASON_SEND_MAP_REQUEST)) {
    const ip = decodeIp(bytes);
    if (ip.ok) {
      const { destination: eid, source } = ip.value;
      const ending = { kind: 'resolve', node: node.name, eid, source } as const;
      return { hop: { ...base, verdict: 'resolve', ...why }, ending };
    }
  }
  const kind = verdict === VERDICT_PUNT ? 'punt' : 'drop';
  return {
    hop: { ...base, verdict: kind, ...why },
    ending: { kind: 'dropped', node: node.name, reason: why.because },
  };
}

function atHost(node: Extract<WalkNode, { kind: 'host' }>, place: Place, packet: Uint8Array): Decided {
  const base = { ...hopBase(node, place, packet), phases: [], result: packet };
  if (place.originated) return { hop: { ...base, verdict: 'native' }, outInterface: 0 };
  const ip = decodeIp(packet);
  const mine = ip.ok && node.addresses.some((address) => sameIp(address, ip.value.destination));
  if (mine) return { hop: { ...base, verdict: 'deliver' }, ending: { kind: 'delivered', node: node.name } };
  const reason = 'not for this host';
  return { hop: { ...base, verdict: 'drop', reason }, ending: { kind: 'dropped', node: node.name, reason } };
}

function hopBase(
  { name, interfaces }: WalkNode,
  { originated, interfaceIndex }: Place,
  packet: Uint8Array,
): Pick<Hop, 'node' | 'inInterface' | 'packet'> {
  const inInterface = originated ? undefined : interfaces[interfaceIndex];
  return { node: name, packet, ...(inInterface === undefined ? {} : { inInterface }) };
}

interface Next {
  readonly way: NonNullable<Hop['way']>;
  readonly place?: Place;
  /** Why there is no place. */
  readonly why?: string;
  readonly mtu: number;
}

function nextPlace({ nodes, links }: WalkNetwork, node: WalkNode, index: number): Next {
  const outInterface = node.interfaces[index] ?? `interface ${index}`;
  const at = (end: WalkEnd): boolean => end.node === node.name && end.interface === outInterface;
  const link = links.find(({ ends }) => ends.some(at));
  if (link === undefined) {
    return { way: { outInterface }, why: `${outInterface} is on no link`, mtu: Infinity };
  }
  const far = link.ends.find((end) => !at(end))!;
  const way = { outInterface, link: link.name, to: far.node };
  if (!link.up) return { way, why: `link ${link.name} is down`, mtu: Infinity };
  const interfaceIndex = nodes.find(({ name }) => name === far.node)!.interfaces.indexOf(far.interface);
  return { way, place: { node: far.node, interfaceIndex, originated: false }, mtu: link.mtu };
}

/** `0.0.0.0/0, via 10.0.3.1 on FastEthernet0/0`: the route, or the locator, by which a packet left. */
function routeOf({ phases, verdict }: Hop): string {
  const step = verdict === 'encapsulate' ? STEPS.locator : STEPS.route;
  const last = phases.findLast(({ phase }) => phase === step.phase);
  // The step that looks for a specific route says behind a colon what follows from it.
  return last?.result.replace(/: .*$/, '') ?? 'its gateway';
}

/** The packet with the fields blanked that every hop changes: a packet that comes round again is equal in the rest. */
function withoutTtl(packet: Uint8Array): string {
  const copy = packet.slice();
  if ((copy[0] ?? 0) >>> 4 === 4) copy.fill(0, 8, 9).fill(0, 10, 12);
  else copy.fill(0, 7, 8);
  return toHex(copy);
}
