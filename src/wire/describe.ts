/** One line about a packet, for logs, narration and lists. Total: it prints whatever decoding produced. */
import { formatIp } from '../base/ip-text.ts';
import { summarizeControl } from './describe-control.ts';
import { formatWireError } from './error.ts';
import type { IcmpMessage } from './icmp.ts';
import { isFragment, type IpPacket } from './ip-packet.ts';
import { describeProtocol } from './ipv4.ts';
import {
  echoRequested,
  instanceOf,
  keyIdOf,
  locatorStatusBits,
  mapVersionsOf,
  nextProtocolOf,
  nonceOf,
  type LispDataHeader,
} from './lisp-data.ts';
import type { IcmpLayer, IpLayer, Layer, LispLayer, Packet, UdpLayer } from './packet.ts';
import { describeRip } from './rip.ts';

/**
 * `10.0.1.1 > 10.0.1.2 Map-Reply …`, `192.168.1.1 > 4.4.4.4 ICMP echo request id 1 seq 1 ttl 255`, and for
 * encapsulated packets `LISP 10.0.255.1 > 10.0.1.2 | <inner packet>`.
 */
export function describePacket(packet: Packet): string {
  const lisp = lispLayerOf(packet);
  if (lisp === undefined) return describeIpLayer(packet);
  const outer = [
    'LISP',
    addresses(packet.ip),
    ...describeLispHeader(lisp.header),
    ...warnings(packet.ip.checksumOk ? 'good' : 'bad', 'IP'),
    ...udpWarnings(packet),
  ].join(' ');
  return `${outer} | ${describeLayer(lisp.payload)}`;
}

/** The parts of a LISP header that say something: `iid 101`, `nonce 0xabcdef`, `lsb 0x3`. */
export function describeLispHeader(header: LispDataHeader): string[] {
  const parts: string[] = [];
  const instance = instanceOf(header);
  const nonce = nonceOf(header);
  const versions = mapVersionsOf(header);
  const bits = locatorStatusBits(header);
  const next = nextProtocolOf(header);
  if (instance !== undefined) parts.push(`iid ${instance}`);
  if (nonce !== undefined) parts.push(`nonce 0x${nonce.toString(16).padStart(6, '0')}`);
  if (echoRequested(header)) parts.push('echo-nonce');
  if (versions !== undefined) parts.push(`versions ${versions.source}>${versions.destination}`);
  if (bits !== undefined) parts.push(`lsb 0x${bits.toString(16)}`);
  if (next !== undefined) parts.push(`next-protocol ${next}`);
  if (keyIdOf(header) !== 0) parts.push(`key-id ${keyIdOf(header)}`);
  return parts;
}

/** `echo reply id 1 seq 2`, `unreachable code 4 mtu 1464`. */
export function describeIcmp(message: IcmpMessage): string {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return `${message.type.replace('-', ' ')} id ${message.identifier} seq ${message.sequence}`;
    case 'unreachable':
      return `unreachable code ${message.code}${message.mtu === 0 ? '' : ` mtu ${message.mtu}`}`;
    case 'time-exceeded':
      return message.code === 0 ? 'time exceeded' : `time exceeded code ${message.code}`;
    case 'packet-too-big':
      return `packet too big mtu ${message.mtu}`;
    case 'unknown':
      return `type ${message.icmpType} code ${message.code}`;
  }
}

function describeLayer(layer: Layer): string {
  switch (layer.kind) {
    case 'ip':
      return describePacket(layer);
    case 'udp':
      return describeUdp(layer);
    case 'icmp':
      return describeIcmpLayer(layer);
    case 'lisp':
      return ['LISP', ...describeLispHeader(layer.header), '|', describeLayer(layer.payload)].join(' ');
    case 'ethernet':
      return `Ethernet ${describeLayer(layer.payload)}`;
    case 'control':
      return summarizeControl(layer.message);
    case 'rip':
      return describeRip(layer.message);
    case 'data':
      return `${layer.what} ${bytesText(layer.bytes.length)}`;
    case 'broken':
      return `${layer.what} [malformed: ${formatWireError(layer.error)}]`;
  }
}

function describeIpLayer({ ip, payload }: IpLayer): string {
  const parts = [addresses(ip)];
  if (isFragment(ip)) {
    const last = ip.moreFragments ? '' : ' last';
    parts.push(
      `${describeProtocol(ip.protocol)} fragment id ${ip.identification} offset ${8 * ip.fragmentOffset}${last}`,
    );
    parts.push(bytesText(ip.payload.length));
  } else {
    if (payload.kind === 'data' && payload.what === 'payload') {
      parts.push(describeProtocol(ip.protocol), bytesText(ip.payload.length));
    } else parts.push(describeLayer(payload));
  }
  // Control messages travel one routed hop at a time; elsewhere the TTL tells where the packet is.
  if (payload.kind !== 'udp' || payload.payload.kind !== 'control') parts.push(`ttl ${ip.ttl}`);
  parts.push(...warnings(ip.checksumOk ? 'good' : 'bad', 'IP'));
  return parts.join(' ');
}

function describeUdp(layer: UdpLayer): string {
  const { udp, payload } = layer;
  const isPlain = payload.kind === 'data' && payload.what === 'payload';
  const text = isPlain
    ? `UDP ${udp.sourcePort} > ${udp.destinationPort} ${bytesText(udp.payload.length)}`
    : describeLayer(payload);
  return [text, ...warnings(udp.checksum, 'UDP')].join(' ');
}

function describeIcmpLayer({ message, checksum, quote }: IcmpLayer): string {
  const parts = [`ICMP ${describeIcmp(message)}`, ...warnings(checksum, 'ICMP')];
  if (quote !== undefined) parts.push(`about [${describeLayer(quote)}]`);
  return parts.join(' ');
}

/** The LISP layer right inside the packet's UDP header. */
function lispLayerOf({ payload }: Packet): LispLayer | undefined {
  return payload.kind === 'udp' && payload.payload.kind === 'lisp' ? payload.payload : undefined;
}

function udpWarnings({ payload }: Packet): string[] {
  return payload.kind === 'udp' ? warnings(payload.udp.checksum, 'UDP') : [];
}

function warnings(checksum: string, what: string): string[] {
  return checksum === 'bad' ? [`[bad ${what} checksum]`] : [];
}

function addresses({ source, destination }: Pick<IpPacket, 'source' | 'destination'>): string {
  return `${formatIp(source)} > ${formatIp(destination)}`;
}

function bytesText(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
