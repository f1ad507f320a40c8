/** Every field of every layer of a packet, with byte ranges: tree panes, hex panes, goldens. Total. */
import { toHex } from '../base/bytes.ts';
import { formatIp } from '../base/ip-text.ts';
import { describeFlags } from './control-header.ts';
import { controlFields } from './describe-control-tree.ts';
import { summarizeControl } from './describe-control.ts';
import { describeIcmp, describeLispHeader } from './describe.ts';
import { formatWireError } from './error.ts';
import { describeRip } from './rip.ts';
import { ripFieldNodes } from './rip-fields.ts';
import { describeProtocol, IPV4_HEADER_BYTES } from './ipv4.ts';
import { IPV6_HEADER_BYTES } from './ipv6.ts';
import {
  describeLispFlags,
  instanceOf,
  keyIdOf,
  locatorStatusBits,
  mapVersionsOf,
  nextProtocolOf,
  nonceOf,
  type LispDataHeader,
} from './lisp-data.ts';
import {
  layersOf,
  type IcmpLayer,
  type IpLayer,
  type Layer,
  type LispLayer,
  type UdpLayer,
} from './packet.ts';
import { FieldList, node, type TreeNode } from './tree.ts';

/** Data shown in full up to here; more is cut, the range still covers it. */
const DATA_SHOWN_BYTES = 32;

/** One node per layer, outermost first; a packet quoted by an ICMP error hangs below that layer. */
export function describeTree(packet: Layer): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (const layer of layersOf(packet)) {
    const described = describeOne(layer);
    if (described !== undefined) nodes.push(described);
    if (layer.kind === 'icmp') break; // Its quote is a child.
  }
  return nodes;
}

function describeOne(layer: Layer): TreeNode | undefined {
  const { start, headerEnd, end } = layer;
  switch (layer.kind) {
    case 'ip':
      return describeIpLayer(layer);
    case 'udp':
      return describeUdpLayer(layer);
    case 'icmp':
      return describeIcmpLayer(layer);
    case 'lisp':
      return describeLispLayer(layer);
    case 'ethernet':
      return node('Ethernet', '', start, headerEnd);
    case 'control':
      return node('LISP control', summarizeControl(layer.message), start, headerEnd, controlFields(layer));
    case 'rip':
      return node('RIP', describeRip(layer.message), start, headerEnd, ripFieldNodes(layer));
    case 'data':
      return layer.bytes.length === 0
        ? undefined
        : node('Data', `${layer.what}, ${dataText(layer.bytes)}`, start, end);
    case 'broken':
      return node('Malformed', `${layer.what}: ${formatWireError(layer.error)}`, start, end);
  }
}

function describeIpLayer(layer: IpLayer): TreeNode {
  const { ip, start, headerEnd } = layer;
  const value = `${formatIp(ip.source)} > ${formatIp(ip.destination)}`;
  const fields = ip.family === 4 ? ipv4Fields(layer) : ipv6Fields(layer);
  return node(`IPv${ip.family}`, value, start, headerEnd, fields);
}

function ipv4Fields({ ip, start }: IpLayer): TreeNode[] {
  const flags = describeFlags({ DF: ip.dontFragment, MF: ip.moreFragments });
  const fields = new FieldList(start)
    .field('Version, header length', `4, ${ip.headerBytes} bytes`, 1)
    .field('DSCP, ECN', `${ip.dscp}, ${ip.ecn}`, 1)
    .field('Total length', ip.totalLength, 2)
    .field('Identification', ip.identification, 2)
    .field('Flags, fragment offset', `${flags}, ${8 * ip.fragmentOffset}`, 2)
    .field('TTL', ip.ttl, 1)
    .field('Protocol', `${ip.protocol} ${describeProtocol(ip.protocol)}`, 1)
    .field('Header checksum', ip.checksumOk ? 'good' : 'bad', 2)
    .field('Source', formatIp(ip.source), 4)
    .field('Destination', formatIp(ip.destination), 4);
  const optionBytes = ip.headerBytes - IPV4_HEADER_BYTES;
  if (optionBytes > 0) fields.field('Options', `${optionBytes} bytes`, optionBytes);
  return fields.nodes;
}

function ipv6Fields({ ip, start }: IpLayer): TreeNode[] {
  const extensionBytes = ip.headerBytes - IPV6_HEADER_BYTES;
  const next = extensionBytes > 0 ? 'extension header' : `${ip.protocol} ${describeProtocol(ip.protocol)}`;
  const fields = new FieldList(start)
    // Traffic class and flow label start inside bytes: their ranges are the bytes that hold them.
    .field('Version, DSCP, ECN, flow label', `6, ${ip.dscp}, ${ip.ecn}, 0x${hex(ip.flowLabel, 5)}`, 4)
    .field('Payload length', ip.totalLength - IPV6_HEADER_BYTES, 2)
    .field('Next header', next, 1)
    .field('Hop limit', ip.ttl, 1)
    .field('Source', formatIp(ip.source), 16)
    .field('Destination', formatIp(ip.destination), 16);
  if (extensionBytes > 0) {
    const fragment =
      ip.moreFragments || ip.fragmentOffset > 0
        ? `, fragment id ${ip.identification} offset ${8 * ip.fragmentOffset}`
        : '';
    const value = `${extensionBytes} bytes${fragment}, then ${ip.protocol} ${describeProtocol(ip.protocol)}`;
    fields.field('Extension headers', value, extensionBytes);
  }
  return fields.nodes;
}

function describeUdpLayer({ udp, start, headerEnd }: UdpLayer): TreeNode {
  const fields = new FieldList(start)
    .field('Source port', udp.sourcePort, 2)
    .field('Destination port', udp.destinationPort, 2)
    .field('Length', udp.length, 2)
    .field('Checksum', `0x${hex(udp.checksumField, 4)} ${udp.checksum}`, 2);
  return node('UDP', `${udp.sourcePort} > ${udp.destinationPort}`, start, headerEnd, fields.nodes);
}

function describeIcmpLayer({ message, checksum, start, headerEnd, end, quote }: IcmpLayer): TreeNode {
  const fields = new FieldList(start)
    .field('Type, code', describeIcmp(message), 2)
    .field('Checksum', checksum, 2);
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      fields.field('Identifier', message.identifier, 2).field('Sequence', message.sequence, 2);
      fields.field('Data', dataText(message.data), message.data.length);
      break;
    case 'unreachable':
      fields.field('MTU', message.mtu, 4);
      break;
    case 'time-exceeded':
      fields.field('Unused', message.unused ?? 0, 4);
      break;
    case 'packet-too-big':
      fields.field('MTU', message.mtu, 4);
      break;
    case 'unknown':
      fields.field('Body', dataText(message.body), message.body.length);
      break;
  }
  const quoted = quote === undefined ? [] : [node('Quoted packet', '', headerEnd, end, describeTree(quote))];
  return node('ICMP', describeIcmp(message), start, end, [...fields.nodes, ...quoted]);
}

function describeLispLayer({ header, start, headerEnd }: LispLayer): TreeNode {
  const fields = new FieldList(start)
    .field('Flags', describeLispFlags(header.flags), 1)
    .field(...word0Field(header), 3);
  const instance = instanceOf(header);
  const bits = locatorStatusBits(header);
  const status = bits === undefined ? 'ignored' : `0x${hex(bits, 2)}`;
  if (instance === undefined) fields.field('Locator-Status-Bits', status, 4);
  else fields.field('Instance ID', instance, 3).field('Locator-Status-Bits', status, 1);
  return node('LISP data', describeLispHeader(header).join(' '), start, headerEnd, fields.nodes);
}

function word0Field(header: LispDataHeader): [label: string, value: string] {
  const nonce = nonceOf(header);
  const versions = mapVersionsOf(header);
  const next = nextProtocolOf(header);
  if (next !== undefined) return ['Next protocol', String(next)];
  if (nonce !== undefined) return ['Nonce', `0x${hex(nonce, 6)}`];
  if (versions !== undefined) return ['Map-Versions', `${versions.source} > ${versions.destination}`];
  return ['Nonce', keyIdOf(header) === 0 ? 'ignored' : `0x${hex(header.word0, 6)}`];
}

function dataText(bytes: Uint8Array): string {
  const shown = toHex(bytes.subarray(0, DATA_SHOWN_BYTES));
  return `${bytes.length} bytes${shown === '' ? '' : ` ${shown}`}${bytes.length > DATA_SHOWN_BYTES ? '…' : ''}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
