/** What a packet is, in the terms a story is told in. */
import { sameIp, type IpAddress } from '../base/ip.ts';
import { sameNonce } from '../base/random.ts';
import type { ControlMessage } from '../wire/control.ts';
import { describeAction } from '../wire/describe-control.ts';
import { describePacket } from '../wire/describe.ts';
import type { IcmpMessage } from '../wire/icmp.ts';
import { formatEidPrefix, formatLispAddress } from '../wire/lisp-address.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { MapRequest } from '../wire/map-request.ts';
import { decodePacket, layersOf, type IpLayer, type Layer, type Packet } from '../wire/packet.ts';
import type { RipMessage } from '../wire/rip.ts';

/** A decoded packet and the parts of it that matter. */
export interface PacketFacts {
  readonly packet: Packet;
  /** Of the outer header. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Set when this is LISP data. */
  readonly inner?: IpLayer;
  /** The control message; of an ECM, the one inside. */
  readonly control?: ControlMessage;
  readonly isEcm: boolean;
  /** Routes told by a neighbour. */
  readonly rip?: RipMessage;
  /** ICMP of the packet itself, or of the one it carries. */
  readonly icmp?: IcmpMessage;
  /** What an ICMP error of the packet quotes: somebody else's packet, as far as it goes. */
  readonly about?: PacketFacts;
  /** Destination of the innermost IP header: where the data goes. */
  readonly target: IpAddress;
  readonly origin: IpAddress;
}

/** Undefined when not even the outer IP header can be read. */
export function factsOf(bytes: Uint8Array): PacketFacts | undefined {
  const read = decodePacket(bytes);
  return read.ok ? factsOfPacket(read.value) : undefined;
}

function factsOfPacket(packet: Packet): PacketFacts {
  const layers = ownLayers(packet);
  const inner = innerOf(layers);
  const control = layers.findLast((layer) => layer.kind === 'control');
  const icmp = layers.find((layer) => layer.kind === 'icmp');
  const rip = ripOf(packet);
  const about = icmp?.quote?.kind === 'ip' ? factsOfPacket(icmp.quote) : undefined;
  const { ip } = inner ?? packet;
  return {
    packet,
    source: packet.ip.source,
    destination: packet.ip.destination,
    ...(inner === undefined ? {} : { inner }),
    ...(control === undefined ? {} : { control: control.message }),
    ...(rip === undefined ? {} : { rip }),
    isEcm: layers.some((layer) => layer.kind === 'control' && layer.message.type === 'ecm'),
    ...(icmp === undefined ? {} : { icmp: icmp.message }),
    ...(about === undefined ? {} : { about }),
    target: ip.destination,
    origin: ip.source,
  };
}

/** Without those of a packet that an ICMP error quotes: it is not this one. */
function ownLayers(packet: Packet): Layer[] {
  const layers = [...layersOf(packet)];
  const last = layers.findIndex((layer) => layer.kind === 'icmp');
  return last < 0 ? layers : layers.slice(0, last + 1);
}

/** The IP packet inside LISP data. */
function innerOf(layers: readonly Layer[]): IpLayer | undefined {
  const lisp = layers.find((layer) => layer.kind === 'lisp');
  return lisp?.payload.kind === 'ip' ? lisp.payload : undefined;
}

/** Not that of a packet inside LISP data or an ICMP error. */
function ripOf({ payload }: Packet): RipMessage | undefined {
  return payload.kind === 'udp' && payload.payload.kind === 'rip' ? payload.payload.message : undefined;
}

/**
 * Registration, routes told by neighbours and such, which run by themselves and would drown a story; errors about
 * them go with them.
 */
export function isUpkeep({ control, rip, about }: PacketFacts): boolean {
  if (about !== undefined) return isUpkeep(about);
  if (control === undefined) return rip !== undefined;
  return ['map-register', 'map-notify', 'map-notify-ack'].includes(control.type) || isProbe(control);
}

function isProbe(control: ControlMessage): boolean {
  return (control.type === 'map-request' || control.type === 'map-reply') && control.probe;
}

export function lineOf({ packet }: PacketFacts): string {
  return describePacket(packet);
}

/** True when `later` answers `earlier`: a Map-Reply with the nonce of a Map-Request, an echo reply. */
export function answers(later: PacketFacts, earlier: PacketFacts): boolean {
  const [a, b] = [later.control, earlier.control];
  if (a?.type === 'map-reply' && b?.type === 'map-request') return sameNonce(a.nonce, b.nonce);
  return (
    later.icmp?.type === 'echo-reply' && earlier.icmp?.type === 'echo-request' && sameEcho(later, earlier)
  );
}

/** True when both carry the same data packet (echo or other), encapsulated or not. */
export function carriesSame(a: PacketFacts, b: PacketFacts): boolean {
  if (!sameIp(a.target, b.target) || !sameIp(a.origin, b.origin)) return false;
  if (a.control !== undefined || b.control !== undefined) {
    return a.control?.type === b.control?.type && sameControl(a.control, b.control) && a.isEcm === b.isEcm;
  }
  return a.icmp?.type === b.icmp?.type && sameEcho(a, b);
}

/** The same Map-Request or Map-Reply, in whatever envelope. */
export function sameControl(a: ControlMessage | undefined, b: ControlMessage | undefined): boolean {
  return a !== undefined && b !== undefined && 'nonce' in a && 'nonce' in b && sameNonce(a.nonce, b.nonce);
}

function sameEcho({ icmp: a }: PacketFacts, { icmp: b }: PacketFacts): boolean {
  if (a === undefined || b === undefined || !('sequence' in a) || !('sequence' in b))
    return a?.type === b?.type;
  return a.identifier === b.identifier && a.sequence === b.sequence;
}

/** The EIDs a Map-Request asks for, as text. */
export function requestedEids({ records }: MapRequest): string {
  return records
    .map(({ eid, maskBits }) => formatEidPrefix(eid, maskBits).replace(/\/(32|128)$/, ''))
    .join(', ');
}

/** `192.168.1.1/32 -> 10.0.1.2`, `0.0.0.0/1 natively-forward`. */
export function answeredRecords({ records }: MapReply): string {
  return records
    .map(({ eid, maskBits, locators, action }) => {
      const name = formatEidPrefix(eid, maskBits);
      if (locators.length === 0) return `${name} ${describeAction(action)}`;
      return `${name} at ${locators.map(({ rloc }) => formatLispAddress(rloc)).join(', ')}`;
    })
    .join('; ');
}
