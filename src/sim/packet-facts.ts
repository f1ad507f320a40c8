/** What a packet is, in the terms a story is told in. */
import { isFragment } from '../wire/ip-packet.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { sameNonce } from '../base/random.ts';
import type { ControlMessage } from '../wire/control.ts';
import { describeAction } from '../wire/describe-control.ts';
import { describePacket } from '../wire/describe.ts';
import type { EidRecord } from '../wire/eid-record.ts';
import type { IcmpMessage } from '../wire/icmp.ts';
import { formatEidPrefix, formatLispAddress } from '../wire/lisp-address.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { MapRequest } from '../wire/map-request.ts';
import { decodePacket, layersOf, type IpLayer, type Layer, type Packet } from '../wire/packet.ts';
import { RIP_REQUEST, type RipMessage } from '../wire/rip.ts';

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
  /** Destination of the innermost IP header: where the data goes. */
  readonly target: IpAddress;
  readonly origin: IpAddress;
}

/** Undefined when not even the outer IP header can be read. */
export function factsOf(bytes: Uint8Array): PacketFacts | undefined {
  const read = decodePacket(bytes);
  if (!read.ok) return undefined;
  const packet = read.value;
  const layers = [...layersOf(packet)];
  const inner = innerOf(layers);
  const control = layers.findLast((layer) => layer.kind === 'control');
  const icmp = layers.find((layer) => layer.kind === 'icmp');
  const rip = ripOf(packet);
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
    target: ip.destination,
    origin: ip.source,
  };
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

/** Registration, routes told by neighbours and such, which run by themselves and would drown a story. */
export function isUpkeep({ control, rip }: PacketFacts): boolean {
  if (control === undefined) return rip !== undefined;
  return ['map-register', 'map-notify', 'map-notify-ack'].includes(control.type) || isProbe(control);
}

function isProbe(control: ControlMessage): boolean {
  return (control.type === 'map-request' || control.type === 'map-reply') && control.probe;
}

/** A few words: `ECM Map-Request 4.4.4.4/32`, `LISP | echo reply to 192.168.1.1`. */
export function titleOf(facts: PacketFacts): string {
  const { control, inner, icmp, packet, isEcm, rip } = facts;
  if (control !== undefined) return `${isEcm ? 'ECM ' : ''}${controlTitle(control)}`;
  if (rip !== undefined) return ripTitle(rip);
  const what = icmp === undefined ? plainTitle(facts) : icmpTitle(icmp, facts.target);
  if (inner !== undefined) return `LISP | ${what}`;
  return packet.payload.kind === 'udp' && packet.payload.payload.kind === 'broken' ? 'malformed LISP' : what;
}

function controlTitle(message: ControlMessage): string {
  switch (message.type) {
    case 'map-request': {
      const eids = message.records.map(({ eid, maskBits }) => formatEidPrefix(eid, maskBits)).join(', ');
      return `${message.smr ? 'SMR ' : message.probe ? 'RLOC-probe ' : ''}Map-Request ${eids}`;
    }
    case 'map-reply':
      return `Map-Reply ${recordTitles(message.records)}`;
    case 'map-register':
      return `Map-Register ${recordTitles(message.records)}`;
    case 'map-notify':
      return `Map-Notify ${recordTitles(message.records)}`;
    case 'map-notify-ack':
      return `Map-Notify-Ack ${recordTitles(message.records)}`;
    case 'ecm':
      return 'ECM';
    case 'unknown':
      return `LISP control type ${message.code}`;
  }
}

function ripTitle({ command, entries }: RipMessage): string {
  if (command === RIP_REQUEST) return 'RIP request';
  return `RIP update, ${entries.length} route${entries.length === 1 ? '' : 's'}`;
}

function recordTitles(records: readonly EidRecord[]): string {
  return records
    .map(({ eid, maskBits, locators, action }) => {
      const name = formatEidPrefix(eid, maskBits);
      return locators.length === 0 ? `${name} ${describeAction(action)}` : name;
    })
    .join(', ');
}

function icmpTitle(message: IcmpMessage, to: IpAddress): string {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return `${message.type.replace('-', ' ')} to ${formatIp(to)}`;
    case 'unreachable':
      return `unreachable to ${formatIp(to)}`;
    case 'time-exceeded':
      return `time exceeded to ${formatIp(to)}`;
    case 'packet-too-big':
      return `packet too big to ${formatIp(to)}`;
    case 'unknown':
      return `ICMP type ${message.icmpType} to ${formatIp(to)}`;
  }
}

function plainTitle({ packet, inner, target }: PacketFacts): string {
  const { ip, payload } = inner ?? packet;
  if (isFragment(ip)) return `fragment to ${formatIp(target)}`;
  if (payload.kind === 'udp') return `UDP ${payload.udp.destinationPort} to ${formatIp(target)}`;
  return `IP protocol ${ip.protocol} to ${formatIp(target)}`;
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
