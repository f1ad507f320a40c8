// Types of decoded packets, as the entries have them that deal in packets.
export type { FaultCode } from '../base/bytes.ts';
export type { Nonce } from '../base/random.ts';
export type { Result } from '../base/result.ts';
export type { Decoded, WireError } from '../wire/error.ts';

// Layers.
export type {
  BrokenLayer,
  ControlLayer,
  DataLayer,
  EthernetLayer,
  IcmpLayer,
  IpLayer,
  Layer,
  LispLayer,
  Packet,
  RipLayer,
  Span,
  UdpLayer,
} from '../wire/packet.ts';
export type { IpFields, IpPacket } from '../wire/ip-packet.ts';
export type { AddressPair, ChecksumState, UdpDatagram, UdpFields, UdpPacketFields } from '../wire/udp.ts';
export type { IcmpMessage, IcmpPacket } from '../wire/icmp.ts';
export type { LispDataFields, LispDataHeader, MapVersions } from '../wire/lisp-data.ts';
export type { RipAuthentication, RipEntry, RipMessage, RipRoute, RipUnknown } from '../wire/rip.ts';

// Control messages.
export type { ControlMessage } from '../wire/control.ts';
export type { EncapsulatedControl, InnerHeaders } from '../wire/ecm.ts';
export type { PlainControl, UnknownControl } from '../wire/plain-control.ts';
export type { MapRequest, MapRequestRecord } from '../wire/map-request.ts';
export type { MapReply } from '../wire/map-reply.ts';
export type { MapRegister } from '../wire/map-register.ts';
export type { MapNotify } from '../wire/map-notify.ts';
export type { EidRecord } from '../wire/eid-record.ts';
export type { LocatorRecord } from '../wire/locator-record.ts';
export type { Lcaf, LispAddress } from '../wire/address.ts';
export type { Authentication } from '../wire/authentication.ts';
export type { XtrIds } from '../wire/xtr-ids.ts';
