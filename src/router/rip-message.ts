/** RIP messages: what a router puts into them, and what it takes out of those of its neighbours. */
import {
  ANY4,
  contains,
  isMulticast,
  prefix,
  sameIp,
  wordMask,
  type IpAddress,
  type IpPrefix,
} from '../base/ip.ts';
import type { TraceFields } from '../base/trace.ts';
import {
  encodeRip,
  RIP_AFI_IP,
  RIP_AFI_NONE,
  RIP_ENTRY_BYTES,
  RIP_HEADER_BYTES,
  RIP_INFINITY,
  RIP_MAX_ENTRIES,
  RIP_REQUEST,
  RIP_RESPONSE,
  RIP_VERSION,
  ripPrefix,
  type RipMessage,
  type RipRoute,
} from '../wire/rip.ts';
import type { Offer } from './rip-routes.ts';

/** IPv4 and UDP headers in front of a message. */
const HEADERS_BYTES = 28;

/** A prefix and how far away it is, as a message says it. */
export interface ToldRoute {
  readonly prefix: IpPrefix;
  /** 1..RIP_INFINITY. */
  readonly metric: number;
  readonly tag: number;
}

/** An interface that speaks or hears RIP. */
export interface RipInterface {
  readonly index: number;
  readonly name: string;
  /** Own address, and the length of its subnet. */
  readonly address: IpAddress;
  readonly bits: number;
  readonly mtu: number;
  /** Hears only. */
  readonly passive: boolean;
}

/** What RIP asks of its router, in causal order. */
export type RipOutput =
  /** `payload` goes out of that interface, from its address and port 520, whatever the routes say. */
  | {
      readonly kind: 'send';
      readonly port: RipInterface;
      readonly to: IpAddress;
      readonly toPort: number;
      readonly payload: Uint8Array;
    }
  /** The usable learned routes are others than before. */
  | { readonly kind: 'routes-changed' }
  | { readonly kind: 'drop'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'trace'; readonly event: string; readonly fields: TraceFields };

/** Asks for all routes (RFC 2453 §3.9.1). */
export function wholeTableRequest(): Uint8Array {
  const all: RipRoute = {
    kind: 'route',
    afi: RIP_AFI_NONE,
    tag: 0,
    address: ANY4,
    mask: 0,
    nextHop: ANY4,
    metric: RIP_INFINITY,
  };
  return encodeRip({ command: RIP_REQUEST, version: RIP_VERSION, reserved: 0, entries: [all] });
}

/** Responses that hold these routes: as many messages as needed, each in one packet of at most `mtu` bytes. */
export function responses(routes: readonly ToldRoute[], mtu: number): Uint8Array[] {
  const room = Math.floor((mtu - HEADERS_BYTES - RIP_HEADER_BYTES) / RIP_ENTRY_BYTES);
  const size = Math.max(1, Math.min(RIP_MAX_ENTRIES, room));
  const messages: Uint8Array[] = [];
  for (let at = 0; at < routes.length; at += size) {
    const entries = routes.slice(at, at + size).map(entryOf);
    messages.push(encodeRip({ command: RIP_RESPONSE, version: RIP_VERSION, reserved: 0, entries }));
  }
  return messages;
}

/** The answer to questions about single prefixes: theirs, with the metrics found (RFC 2453 §3.9.1). */
export function answered(message: RipMessage, metricOf: (prefix: IpPrefix) => number): Uint8Array {
  const entries = message.entries.map((entry) => {
    const at = entry.kind === 'route' ? ripPrefix(entry) : undefined;
    return entry.kind !== 'route' ? entry : { ...entry, metric: at ? metricOf(at) : RIP_INFINITY };
  });
  return encodeRip({ command: RIP_RESPONSE, version: RIP_VERSION, reserved: 0, entries });
}

function entryOf({ prefix: { address, bits }, metric, tag }: ToldRoute): RipRoute {
  return { kind: 'route', afi: RIP_AFI_IP, tag, address, mask: wordMask(bits), nextHop: ANY4, metric };
}

/** What an entry offers; undefined when no route may be made of it (RFC 2453 §3.9.2). */
export function offerOf(entry: RipRoute, from: IpAddress, port: RipInterface): Offer | undefined {
  const at = ripPrefix(entry);
  const { metric, tag, nextHop } = entry;
  if (at === undefined || entry.afi !== RIP_AFI_IP || metric < 1 || metric > RIP_INFINITY) return undefined;
  if (!isDestination(at, entry)) return undefined;
  // A next hop that is not on this link is none (RFC 2453 §4.4); an own address would lead back here.
  if (sameIp(nextHop, port.address)) return undefined;
  const isNear = contains(subnetOf(port), nextHop);
  return { prefix: at, metric, tag, from, gateway: isNear ? nextHop : from, interfaceIndex: port.index };
}

/** Neither a group, nor a host's own, nor of network 0 unless it is the default route. */
function isDestination({ address, bits }: IpPrefix, entry: RipRoute): boolean {
  const first = address.w0 >>> 24;
  // A mask of 0 beside an address means "no mask" (RFC 2453 §4.3): a route of RIPv1.
  if (bits === 0) return entry.address.w0 === 0;
  return !isMulticast(address) && first !== 0 && first !== 127 && first < 240;
}

/** The connected prefix of an interface. */
export function subnetOf({ address, bits }: Pick<RipInterface, 'address' | 'bits'>): IpPrefix {
  return prefix(address, bits);
}
