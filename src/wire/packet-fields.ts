/** Every field of every layer of a packet by name. Total. */
import { controlMessageFields } from './control-fields.ts';
import type { PacketField } from './field.ts';
import { PROTOCOL_WORDS } from './field-table.ts';
import { bytesValue, FieldWriter, number, PRESENT, text } from './field-writer.ts';
import { ICMP_CHECKSUM_OFFSET } from './icmp.ts';
import { IPV4_CHECKSUM_OFFSET, IPV4_HEADER_BYTES } from './ipv4.ts';
import { IPV6_HEADER_BYTES } from './ipv6.ts';
import {
  LISP_E,
  LISP_I,
  LISP_L,
  LISP_N,
  LISP_P,
  LISP_V,
  keyIdOf,
  instanceOf,
  locatorStatusBits,
  mapVersionsOf,
  nextProtocolOf,
  nonceOf,
  type LispDataHeader,
} from './lisp-data.ts';
import { layersOf, type IcmpLayer, type IpLayer, type Layer, type UdpLayer } from './packet.ts';
import { ripFields } from './rip-fields.ts';

/** Fields from the outside in; `frame` is the buffer that was decoded, from its first byte on. */
export function fieldsOf(packet: Layer, frame: Uint8Array): PacketField[] {
  const out: PacketField[] = [];
  let index = 0;
  for (const layer of layersOf(packet)) {
    layerFields(new FieldWriter(out, index, layer.start), layer, frame);
    index++;
  }
  return out;
}

function layerFields(w: FieldWriter, layer: Layer, frame: Uint8Array): void {
  const { start, headerEnd, end } = layer;
  switch (layer.kind) {
    case 'ip':
      ipFields(w, layer, frame);
      break;
    case 'udp':
      udpFields(w, layer);
      break;
    case 'icmp':
      icmpFields(w, layer, frame);
      break;
    case 'lisp':
      lispFields(w, layer.header, start);
      break;
    case 'ethernet':
      w.put('ethernet', PRESENT, start, end);
      w.put('ethernet.header', bytesValue(frame.subarray(start, headerEnd)), start, headerEnd);
      break;
    case 'control':
      controlMessageFields(w, layer.message, end);
      break;
    case 'rip':
      ripFields(w, layer);
      break;
    case 'data':
      if (layer.bytes.length === 0) break;
      w.put('data', PRESENT, start, end);
      w.put('data.what', text(layer.what), start, start);
      w.put('data.len', number(layer.bytes.length), start, start);
      w.put('data.bytes', bytesValue(layer.bytes), start, end);
      break;
    case 'broken':
      w.put('malformed', PRESENT, start, end);
      w.put('malformed.what', text(layer.what), start, start);
      w.put('malformed.code', text(layer.error.code), layer.error.offset, layer.error.offset);
      w.put('malformed.field', text(layer.error.field), layer.error.offset, layer.error.offset);
      w.put('malformed.bytes', bytesValue(frame.subarray(start, end)), start, end);
      break;
  }
}

function ipFields(w: FieldWriter, { ip, start, headerEnd }: IpLayer, frame: Uint8Array): void {
  w.put('ip', PRESENT, start, headerEnd);
  w.put(ip.family === 4 ? 'ipv4' : 'ipv6', PRESENT, start, headerEnd);
  w.put('ip.version', number(ip.family), start, start + 1);
  w.put('ip.hdr_len', number(ip.headerBytes), start, start + 1);
  const protocol = number(ip.protocol, PROTOCOL_WORDS[ip.protocol]);
  if (ip.family === 4) {
    w.put('ip.dscp', number(ip.dscp), start + 1, start + 2);
    w.put('ip.ecn', number(ip.ecn), start + 1, start + 2);
    w.skip(2).take('ip.len', number(ip.totalLength), 2).take('ip.id', number(ip.identification), 2);
    w.flag('ip.df', ip.dontFragment, w.at, w.at + 1).flag('ip.mf', ip.moreFragments, w.at, w.at + 1);
    w.take('ip.frag_offset', number(8 * ip.fragmentOffset), 2);
    w.take('ip.ttl', number(ip.ttl), 1).take('ip.proto', protocol, 1);
    w.put('ip.checksum.status', text(ip.checksumOk ? 'good' : 'bad'), w.at, w.at);
    w.take('ip.checksum', number(u16At(frame, start + IPV4_CHECKSUM_OFFSET)), 2);
    addresses(w, ip, 4);
    if (headerEnd > w.at)
      w.take(
        'ip.options',
        bytesValue(frame.subarray(w.at, headerEnd)),
        headerEnd - start - IPV4_HEADER_BYTES,
      );
    return;
  }
  w.put('ip.dscp', number(ip.dscp), start, start + 2).put('ip.ecn', number(ip.ecn), start + 1, start + 2);
  w.put('ip.flow', number(ip.flowLabel), start + 1, start + 4);
  w.skip(4).take('ip.len', number(ip.totalLength), 2);
  w.take('ip.proto', protocol, 1).take('ip.ttl', number(ip.ttl), 1);
  addresses(w, ip, 16);
  if (headerEnd > w.at) {
    const place = [w.at, headerEnd] as const;
    w.put('ip.extensions', bytesValue(frame.subarray(start + IPV6_HEADER_BYTES, headerEnd)), ...place);
    w.put('ip.id', number(ip.identification), ...place);
    w.flag('ip.mf', ip.moreFragments, ...place);
    w.put('ip.frag_offset', number(8 * ip.fragmentOffset), ...place);
  }
}

function addresses(w: FieldWriter, { source, destination }: IpLayer['ip'], byteCount: number): void {
  w.take('ip.src', { kind: 'address', address: { kind: 'ip', address: source } }, byteCount);
  w.take('ip.dst', { kind: 'address', address: { kind: 'ip', address: destination } }, byteCount);
}

function udpFields(w: FieldWriter, { udp, start, headerEnd }: UdpLayer): void {
  w.put('udp', PRESENT, start, headerEnd);
  w.take('udp.srcport', number(udp.sourcePort), 2).take('udp.dstport', number(udp.destinationPort), 2);
  w.take('udp.length', number(udp.length), 2);
  w.put('udp.checksum.status', text(udp.checksum), w.at, w.at);
  w.take('udp.checksum', number(udp.checksumField), 2);
}

function icmpFields(w: FieldWriter, { message, checksum, start, end }: IcmpLayer, frame: Uint8Array): void {
  w.put('icmp', PRESENT, start, end);
  const word = message.type === 'unknown' ? undefined : message.type;
  w.take('icmp.type', number(frame[start]!, word), 1).take('icmp.code', number(frame[start + 1]!), 1);
  w.put('icmp.checksum.status', text(checksum), w.at, w.at);
  w.take('icmp.checksum', number(u16At(frame, start + ICMP_CHECKSUM_OFFSET)), 2);
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      w.take('icmp.ident', number(message.identifier), 2).take('icmp.seq', number(message.sequence), 2);
      w.take('icmp.data', bytesValue(message.data), message.data.length);
      break;
    case 'unreachable':
      w.put('icmp.unused', number(message.unused ?? 0), w.at, w.at + 4);
      w.take('icmp.mtu', number(message.mtu), 4);
      break;
    case 'time-exceeded':
      w.take('icmp.unused', number(message.unused ?? 0), 4);
      break;
    case 'packet-too-big':
      w.take('icmp.mtu', number(message.mtu), 4);
      break;
    case 'unknown':
      w.take('icmp.data', bytesValue(message.body), message.body.length);
      break;
  }
}

function lispFields(w: FieldWriter, header: LispDataHeader, start: number): void {
  w.put('lisp-data', PRESENT, start, start + 8);
  const { flags, word0, word1 } = header;
  w.put('lisp-data.flags', number(flags), start, start + 1);
  const bit = (name: string, mask: number): void => {
    w.flag(`lisp-data.${name}`, (flags & mask) !== 0, start, start + 1);
  };
  bit('n', LISP_N);
  bit('l', LISP_L);
  bit('e', LISP_E);
  bit('v', LISP_V);
  bit('i', LISP_I);
  bit('p', LISP_P);
  w.put('lisp-data.kk', number(keyIdOf(header)), start, start + 1);
  const [nonce, versions, next] = [nonceOf(header), mapVersionsOf(header), nextProtocolOf(header)];
  if (nonce !== undefined) w.put('lisp-data.nonce', number(nonce), start + 1, start + 4);
  else if (versions !== undefined) {
    w.put('lisp-data.srcmapver', number(versions.source), start + 1, start + 3);
    w.put('lisp-data.dstmapver', number(versions.destination), start + 2, start + 4);
  } else if (next !== undefined) {
    w.put('lisp-data.next', number(next), start + 3, start + 4);
  } else w.put('lisp-data.word0', number(word0), start + 1, start + 4);
  const [instance, bits] = [instanceOf(header), locatorStatusBits(header)];
  if (instance !== undefined) w.put('lisp-data.iid', number(instance), start + 4, start + 7);
  const bitsAt = instance === undefined ? start + 4 : start + 7;
  if (bits !== undefined) w.put('lisp-data.lsb', number(bits), bitsAt, start + 8);
  else w.put('lisp-data.word1', number(instance === undefined ? word1 : word1 & 0xff), bitsAt, start + 8);
}

function u16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
