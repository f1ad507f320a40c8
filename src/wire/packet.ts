/** A whole packet as a chain of layers, from the outer IP header to the last byte that has a meaning here. */
import { Reader, WireFault } from '../base/bytes.ts';
import { LINK_ETHERNET, networkLayer } from './capture.ts';
import { CONTROL_PORT, decodeControl, type ControlMessage } from './control.ts';
import { decoded, type Decoded, type WireError } from './error.ts';
import { ICMP_CHECKSUM_OFFSET, ICMP_HEADER_BYTES, readIcmp, type IcmpMessage } from './icmp.ts';
import { isFragment, readIp, type IpPacket } from './ip-packet.ts';
import { IPV4_CHECKSUM_OFFSET, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP } from './ipv4.ts';
import {
  DATA_PORT,
  keyIdOf,
  LISP_HEADER_BYTES,
  NEXT_ETHERNET,
  NEXT_IPV4,
  NEXT_IPV6,
  nextProtocolOf,
  readLispData,
  type LispDataHeader,
} from './lisp-data.ts';
import { readRip, RIP_PORT, type RipMessage } from './rip.ts';
import {
  readUdp,
  UDP_CHECKSUM_OFFSET,
  UDP_HEADER_BYTES,
  type ChecksumState,
  type UdpDatagram,
} from './udp.ts';

/** Where a layer lies, from the start of the outermost buffer: its header is [start, headerEnd), all of it [start, end). */
export interface Span {
  readonly start: number;
  readonly headerEnd: number;
  readonly end: number;
}

export interface IpLayer extends Span {
  readonly kind: 'ip';
  readonly ip: IpPacket;
  readonly payload: Layer;
}

export interface UdpLayer extends Span {
  readonly kind: 'udp';
  readonly udp: UdpDatagram;
  readonly payload: Layer;
}

export interface IcmpLayer extends Span {
  readonly kind: 'icmp';
  readonly message: IcmpMessage;
  readonly checksum: ChecksumState;
  /** The packet that an error quotes, as far as it goes. */
  readonly quote?: Layer;
}

export interface LispLayer extends Span {
  readonly kind: 'lisp';
  readonly header: LispDataHeader;
  readonly payload: Layer;
}

/** Inside LISP-GPE. */
export interface EthernetLayer extends Span {
  readonly kind: 'ethernet';
  readonly payload: Layer;
}

export interface ControlLayer extends Span {
  readonly kind: 'control';
  readonly message: ControlMessage;
  /** An ECM's inner packet, layer by layer; its last one is `message.message`. */
  readonly inner?: Layer;
}

/** Routes told by a neighbour. */
export interface RipLayer extends Span {
  readonly kind: 'rip';
  readonly message: RipMessage;
}

/** Bytes that are not looked into: `what` says whose they are. */
export interface DataLayer extends Span {
  readonly kind: 'data';
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Bytes that were refused. */
export interface BrokenLayer extends Span {
  readonly kind: 'broken';
  readonly what: string;
  readonly error: WireError;
}

/** One layer of a packet; `kind` says which. What it carries is in `payload`. */
export type Layer =
  | IpLayer
  | UdpLayer
  | IcmpLayer
  | LispLayer
  | EthernetLayer
  | ControlLayer
  | RipLayer
  | DataLayer
  | BrokenLayer;

/** A packet is its outermost layer. */
export type Packet = IpLayer;

/** IP headers inside each other. RFC 9300 §4 wants at most two LISP headers; more are shown, not followed forever. */
const DEPTH_LIMIT = 8;
/** Type, flags and reserved bits of an Encapsulated Control Message (RFC 9301 §5.8). */
const ECM_HEADER_BYTES = 4;
const PROTOCOL_IPIP = 4;
const PROTOCOL_IPV6 = 41;

/**
 * Decodes all layers. Fails only when the outermost IP header is unusable: what goes wrong further in becomes a
 * BrokenLayer in its place (errorsOf). Offsets count from `base`. With `cut`, packets may end early, as quoted and
 * snapped ones do.
 */
export function decodePacket(bytes: Uint8Array, base = 0, cut = false): Decoded<Packet> {
  return decoded(() => ipLayer(new Reader(bytes, base), { depth: 1, cut }));
}

/** Layers from the outside in; a quoted packet counts as inside. */
export function* layersOf(packet: Layer): Generator<Layer> {
  for (let layer: Layer | undefined = packet; layer !== undefined; layer = innerOf(layer)) yield layer;
}

/** Why parts of the packet could not be decoded; empty for a well-formed one. */
export function errorsOf(packet: Layer): WireError[] {
  return [...layersOf(packet)].flatMap((layer) => (layer.kind === 'broken' ? [layer.error] : []));
}

/** Checksums that are wrong. Not malformed: hosts that leave checksums to their hardware capture them unfinished. */
export function checksumErrorsOf(packet: Layer): WireError[] {
  const bad: WireError[] = [];
  for (const layer of layersOf(packet)) {
    const { start } = layer;
    if (layer.kind === 'ip' && !layer.ip.checksumOk) {
      bad.push({ code: 'bad-checksum', offset: start + IPV4_CHECKSUM_OFFSET, field: 'ipv4.checksum' });
    } else if (layer.kind === 'udp' && layer.udp.checksum === 'bad') {
      bad.push({ code: 'bad-checksum', offset: start + UDP_CHECKSUM_OFFSET, field: 'udp.checksum' });
    } else if (layer.kind === 'icmp') {
      if (layer.checksum === 'bad') {
        bad.push({ code: 'bad-checksum', offset: start + ICMP_CHECKSUM_OFFSET, field: 'icmp.checksum' });
      }
      break; // What follows is quoted: routers on the way may have changed it.
    }
  }
  return bad;
}

/** The control message the packet carries, if any. */
export function controlOf(packet: Packet): ControlMessage | undefined {
  for (const layer of layersOf(packet)) if (layer.kind === 'control') return layer.message;
  return undefined;
}

function innerOf(layer: Layer): Layer | undefined {
  if (layer.kind === 'icmp') return layer.quote;
  if (layer.kind === 'control') return layer.inner;
  return 'payload' in layer ? layer.payload : undefined;
}

interface Context {
  readonly depth: number;
  /** The bytes at hand are fewer than the enclosing header says. */
  readonly cut: boolean;
}

/** Throws WireFault when the header itself is unusable. */
function ipLayer(reader: Reader, context: Context): IpLayer {
  const start = reader.offset;
  if (context.depth > DEPTH_LIMIT) throw new WireFault('too-deep', start, 'ip');
  const ip = readIp(reader, context.cut);
  const headerEnd = start + ip.headerBytes;
  const end = headerEnd + ip.payload.length;
  const inner = { ...context, cut: ip.headerBytes + ip.payload.length < ip.totalLength };
  return { kind: 'ip', start, headerEnd, end, ip, payload: upperLayer(ip, headerEnd, inner) };
}

function upperLayer(ip: IpPacket, base: number, context: Context): Layer {
  const { payload, protocol } = ip;
  if (isFragment(ip)) return dataLayer('fragment', payload, base);
  switch (protocol) {
    case PROTOCOL_UDP:
      return attempt('UDP', payload, base, context, (reader) => udpLayer(reader, ip, context));
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      if ((protocol === PROTOCOL_ICMP) !== (ip.family === 4)) break;
      return attempt('ICMP', payload, base, context, (reader) => icmpLayer(reader, ip, context));
    case PROTOCOL_IPIP:
    case PROTOCOL_IPV6:
      return innerIp(payload, base, context);
  }
  return dataLayer('payload', payload, base);
}

function udpLayer(reader: Reader, ip: IpPacket, context: Context): UdpLayer {
  const start = reader.offset;
  const udp = readUdp(reader, ip, context.cut);
  const headerEnd = start + UDP_HEADER_BYTES;
  const end = headerEnd + udp.payload.length;
  const inner = { ...context, cut: UDP_HEADER_BYTES + udp.payload.length < udp.length };
  return { kind: 'udp', start, headerEnd, end, udp, payload: applicationLayer(udp, headerEnd, inner) };
}

function applicationLayer(udp: UdpDatagram, base: number, context: Context): Layer {
  const { payload, sourcePort, destinationPort } = udp;
  if (destinationPort === DATA_PORT) {
    return attempt('LISP', payload, base, context, (reader) => lispLayer(reader, context));
  }
  if (sourcePort === CONTROL_PORT || destinationPort === CONTROL_PORT) {
    return controlLayer(payload, base, context);
  }
  if (sourcePort === RIP_PORT || destinationPort === RIP_PORT) {
    return attempt('RIP', payload, base, context, ripLayer);
  }
  return dataLayer('payload', payload, base);
}

function ripLayer(reader: Reader): RipLayer {
  const start = reader.offset;
  const message = readRip(reader);
  return { kind: 'rip', start, headerEnd: reader.offset, end: reader.offset, message };
}

function controlLayer(bytes: Uint8Array, base: number, context: Context): Layer {
  const message = decodeControl(bytes);
  const end = base + bytes.length;
  if (message.ok) {
    if (message.value.type !== 'ecm') {
      return { kind: 'control', start: base, headerEnd: end, end, message: message.value };
    }
    const headerBytes = ECM_HEADER_BYTES + (message.value.securityData?.length ?? 0);
    const headerEnd = base + headerBytes;
    const inner = innerIp(bytes.subarray(headerBytes), headerEnd, context);
    return { kind: 'control', start: base, headerEnd, end, message: message.value, inner };
  }
  const error = { ...message.error, offset: base + message.error.offset };
  return refusedLayer('LISP control', bytes, base, context, error);
}

function lispLayer(reader: Reader, context: Context): LispLayer {
  const start = reader.offset;
  const header = readLispData(reader);
  const headerEnd = start + LISP_HEADER_BYTES;
  const inner = reader.rest();
  const payload = lispPayload(header, inner, headerEnd, context);
  return { kind: 'lisp', start, headerEnd, end: headerEnd + inner.length, header, payload };
}

function lispPayload(header: LispDataHeader, bytes: Uint8Array, base: number, context: Context): Layer {
  if (keyIdOf(header) !== 0) return dataLayer('encrypted', bytes, base);
  switch (nextProtocolOf(header)) {
    case undefined:
    case NEXT_IPV4:
    case NEXT_IPV6:
      return innerIp(bytes, base, context);
    case NEXT_ETHERNET:
      return ethernetLayer(bytes, base, context);
    default:
      return dataLayer('GPE payload', bytes, base);
  }
}

function ethernetLayer(bytes: Uint8Array, base: number, context: Context): Layer {
  const network = networkLayer(LINK_ETHERNET, bytes);
  if (network === undefined) return dataLayer('Ethernet', bytes, base);
  const headerEnd = base + network.offset;
  const payload = innerIp(network.bytes, headerEnd, context);
  return { kind: 'ethernet', start: base, headerEnd, end: base + bytes.length, payload };
}

function innerIp(bytes: Uint8Array, base: number, { depth, cut }: Context): Layer {
  const context = { depth: depth + 1, cut };
  return attempt('inner IP', bytes, base, context, (reader) => ipLayer(reader, context));
}

function icmpLayer(reader: Reader, ip: IpPacket, context: Context): IcmpLayer {
  const start = reader.offset;
  const { message, checksumOk } = readIcmp(reader, ip);
  const headerEnd = start + Math.min(ICMP_HEADER_BYTES, ip.payload.length);
  const layer = {
    kind: 'icmp' as const,
    start,
    headerEnd,
    end: reader.offset,
    message,
    checksum: context.cut ? ('unknown' as const) : checksumOk ? ('good' as const) : ('bad' as const),
  };
  if (!('quote' in message) || message.quote.length === 0) return layer;
  return { ...layer, quote: innerIp(message.quote, headerEnd, { ...context, cut: true }) };
}

/** Runs `read`; its fault becomes the layer instead. */
function attempt(
  what: string,
  bytes: Uint8Array,
  base: number,
  context: Context,
  read: (reader: Reader) => Layer,
): Layer {
  const layer = decoded(() => read(new Reader(bytes, base)));
  return layer.ok ? layer.value : refusedLayer(what, bytes, base, context, layer.error);
}

/** Bytes that end early because somebody cut them are no error of the sender. */
function refusedLayer(
  what: string,
  bytes: Uint8Array,
  base: number,
  context: Context,
  error: WireError,
): DataLayer | BrokenLayer {
  if (context.cut && error.code === 'truncated') return dataLayer(`${what} (cut)`, bytes, base);
  return { kind: 'broken', what, start: base, headerEnd: base, end: base + bytes.length, error };
}

function dataLayer(what: string, bytes: Uint8Array, base: number): DataLayer {
  return { kind: 'data', what, start: base, headerEnd: base, end: base + bytes.length, bytes };
}
