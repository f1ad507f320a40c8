/** Whole packets as JSON, the shape of `pxtr decode --json` and `pxtr encode`. */
import { concatBytes, sameBytes, toHex } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { encodeControl } from '../../wire/control.ts';
import { encodeIcmp, type IcmpMessage } from '../../wire/icmp.ts';
import { encodeIp, type IpFields } from '../../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP } from '../../wire/ipv4.ts';
import { encodeLispData, type LispDataHeader } from '../../wire/lisp-data.ts';
import type { IpLayer, Layer, UdpLayer } from '../../wire/packet.ts';
import { encodeRip } from '../../wire/rip.ts';
import { encodeUdp } from '../../wire/udp.ts';
import { controlMessage } from './control.ts';
import { ripMessage } from './rip.ts';
import {
  asObject,
  below,
  flag,
  hex,
  ipAddress,
  JsonFault,
  need,
  object,
  oneOf,
  or,
  union,
  whole,
  type Json,
  type Shape,
} from './shape.ts';
import { failureText } from '../failure-text.ts';

const U16 = 0xffff;

const ipFields = object<Required<Omit<IpFields, 'protocol'>>>({
  source: need(ipAddress),
  destination: need(ipAddress),
  ttl: or(whole(255), 64),
  dscp: or(whole(63), 0),
  ecn: or(whole(3), 0),
  dontFragment: or(flag, false),
  identification: or(whole(U16), 0),
  flowLabel: or(whole(0xf_ffff), 0),
});

const udpFields = object<{ sourcePort: number; destinationPort: number; checksum: 'compute' | 'zero' }>({
  sourcePort: need(whole(U16)),
  destinationPort: need(whole(U16)),
  checksum: or(oneOf(['compute', 'zero']), 'compute'),
});

const lispFields = object<LispDataHeader>({
  flags: or(whole(255), 0),
  word0: or(whole(0xff_ffff), 0),
  word1: or(whole(0xffff_ffff), 0),
});

type Icmp<T extends IcmpMessage['type']> = Omit<Extract<IcmpMessage, { readonly type: T }>, 'type'>;
const echo = object<Omit<Extract<IcmpMessage, { readonly sequence: number }>, 'type'>>({
  identifier: or(whole(U16), 0),
  sequence: or(whole(U16), 0),
  data: or(hex(), new Uint8Array()),
});
const icmpMessage = union<IcmpMessage>('type', {
  'echo-request': echo,
  'echo-reply': echo,
  unreachable: object<Required<Icmp<'unreachable'>>>({
    code: need(whole(255)),
    mtu: or(whole(U16), 0),
    unused: or(whole(0xffff_ffff), 0),
    quote: need(hex()),
  }),
  'time-exceeded': object<Required<Icmp<'time-exceeded'>>>({
    code: or(whole(255), 0),
    unused: or(whole(0xffff_ffff), 0),
    quote: need(hex()),
  }),
  'packet-too-big': object<Icmp<'packet-too-big'>>({ mtu: need(whole(0xffff_ffff)), quote: need(hex()) }),
  unknown: object<Icmp<'unknown'>>({ icmpType: need(whole(255)), code: need(whole(255)), body: need(hex()) }),
} as unknown as Readonly<Record<string, Shape<IcmpMessage>>>);

/**
 * The packet as JSON. What is given by the rest (lengths, checksums) is left out; a packet in which that is not as it
 * follows, or that has parts without a name here (options, fragments), is its bytes alone: `{ "bytes": "4500..." }`.
 */
export function packetToJson(packet: IpLayer, bytes: Uint8Array): Json {
  const written = writePacket(packet);
  if (written !== undefined) {
    const again = packetFromJson(written, '');
    if (again.ok && sameBytes(again.value, bytes)) return written;
  }
  return { bytes: toHex(bytes) };
}

/** The bytes of a packet, owned by the caller; the error says where in the JSON it lies. */
export function packetFromJson(json: Json, path: string): Result<Uint8Array, JsonFault> {
  try {
    return ok(readPacket(json, path));
  } catch (fault) {
    if (fault instanceof JsonFault) return err(fault);
    throw fault;
  }
}

function writePacket({ ip, payload }: IpLayer): Json | undefined {
  const head = ipFields.write(ip);
  switch (payload.kind) {
    case 'udp': {
      const udp = writeUdp(payload);
      return udp === undefined ? undefined : { ip: head, ...udp };
    }
    case 'icmp':
      return { ip: head, icmp: icmpMessage.write(payload.message) };
    case 'data':
      return { ip: head, protocol: ip.protocol, payload: toHex(payload.bytes) };
    default:
      return undefined;
  }
}

function writeUdp({ udp, payload }: UdpLayer): { readonly [key: string]: Json } | undefined {
  const checksum = udp.checksum === 'zero' ? 'zero' : 'compute';
  const head = udpFields.write({ ...udp, checksum });
  const inside = writeInside(payload);
  return inside === undefined ? undefined : { udp: head, ...inside };
}

function writeInside(layer: Layer): { readonly [key: string]: Json } | undefined {
  switch (layer.kind) {
    case 'control':
      return { control: controlMessage.write(layer.message) };
    case 'rip':
      return { rip: ripMessage.write(layer.message) };
    case 'lisp': {
      const inner = layer.payload.kind === 'ip' ? writePacket(layer.payload) : undefined;
      return inner === undefined ? undefined : { lisp: lispFields.write(layer.header), inner };
    }
    case 'data':
      return { payload: toHex(layer.bytes) };
    default:
      return undefined;
  }
}

const PARTS = [
  'ip',
  'udp',
  'icmp',
  'control',
  'rip',
  'lisp',
  'inner',
  'protocol',
  'payload',
  'bytes',
] as const;

function readPacket(json: Json, path: string): Uint8Array {
  const parts = asObject(json, path);
  const stray = Object.keys(parts).find((key) => !(PARTS as readonly string[]).includes(key));
  if (stray !== undefined)
    throw new JsonFault(below(path, stray), 'unknown part of a packet', `parts: ${PARTS.join(', ')}`);
  const at = (key: string): string => below(path, key);
  if (parts['bytes'] !== undefined) return hex().read(parts['bytes'], at('bytes'));
  if (parts['ip'] === undefined)
    throw new JsonFault(path, 'key "ip" is missing', 'a packet has "ip" or "bytes"');
  const ip = ipFields.read(parts['ip'], at('ip'));
  if (ip.source.family !== ip.destination.family)
    throw new JsonFault(at('ip.destination'), 'source and destination are of different families');
  const isV4 = ip.source.family === 4;
  if (parts['icmp'] !== undefined) {
    const message = icmpMessage.read(parts['icmp'], at('icmp'));
    return built(at('icmp'), () =>
      encodeIp({ ...ip, protocol: isV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6 }, encodeIcmp(ip, message)),
    );
  }
  if (parts['udp'] === undefined) {
    const protocol = whole(255).read(parts['protocol'] ?? null, at('protocol'));
    const payload = hex().read(parts['payload'] ?? '', at('payload'));
    return built(path, () => encodeIp({ ...ip, protocol }, payload));
  }
  const udp = udpFields.read(parts['udp'], at('udp'));
  const payload = readInside(parts, path);
  return built(path, () =>
    encodeIp(
      { ...ip, protocol: PROTOCOL_UDP },
      encodeUdp({ source: ip.source, destination: ip.destination, ...udp }, payload, udp),
    ),
  );
}

function readInside(parts: { readonly [key: string]: Json }, path: string): Uint8Array {
  const { control, rip, lisp, inner, payload } = parts;
  if (control !== undefined) {
    const message = controlMessage.read(control, below(path, 'control'));
    return built(below(path, 'control'), () => encodeControl(message));
  }
  if (rip !== undefined) {
    const message = ripMessage.read(rip, below(path, 'rip'));
    return built(below(path, 'rip'), () => encodeRip(message));
  }
  if (lisp !== undefined) {
    const header = lispFields.read(lisp, below(path, 'lisp'));
    if (inner === undefined)
      throw new JsonFault(path, 'key "inner" is missing', 'a LISP header carries a packet');
    return concatBytes(encodeLispData(header), readPacket(inner, below(path, 'inner')));
  }
  return hex().read(payload ?? '', below(path, 'payload'));
}

/** Encoders refuse what cannot be on the wire; that is a fault of the JSON. */
function built(path: string, build: () => Uint8Array): Uint8Array {
  try {
    return build();
  } catch (problem) {
    if (problem instanceof JsonFault) throw problem;
    throw new JsonFault(path, `it cannot be encoded: ${failureText(problem)}`);
  }
}
