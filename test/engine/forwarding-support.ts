/** Routers, packets and expectations of the forwarding suite. Packets are built and read with the codecs of wire/. */
import { expect } from 'vitest';
import {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  REASON_NONE,
} from '../../assembly/layout.ts';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { hostPrefix, prefix } from '../../src/base/ip.ts';
import type { Family, IpAddress } from '../../src/base/ip.ts';
import type { DataPlane, EncapTarget, InjectOptions, NextHop, Verdict } from '../../src/engine/data-plane.ts';
import { decodeIp, encodeIp } from '../../src/wire/ip-packet.ts';
import type { IpPacket } from '../../src/wire/ip-packet.ts';
import { decodeLispData, encodeLispData, lispDataHeader } from '../../src/wire/lisp-data.ts';
import type { LispDataHeader } from '../../src/wire/lisp-data.ts';
import { buildUdpPacket, decodeUdp } from '../../src/wire/udp.ts';
import type { UdpDatagram } from '../../src/wire/udp.ts';

export interface Sent {
  readonly verdict: Verdict;
  /** A copy. */
  readonly bytes: Uint8Array;
}

/** One packet through the data plane. */
export function send(plane: DataPlane, packet: Uint8Array, options: Partial<InjectOptions> = {}): Sent {
  return sendAll(plane, [{ packet, options }])[0]!;
}

/** Packets through the data plane in one batch. */
export function sendAll(
  plane: DataPlane,
  batch: readonly { readonly packet: Uint8Array; readonly options?: Partial<InjectOptions> }[],
): Sent[] {
  for (const { packet, options } of batch) {
    expect(plane.inject(packet, { interfaceIndex: 3, ...options })).toBe(true);
  }
  plane.process();
  const sent: Sent[] = [];
  plane.collect((verdict, bytes) => sent.push({ verdict, bytes: bytes.slice() }));
  expect(sent).toHaveLength(batch.length);
  return sent;
}

/** A site's router in both families: EIDs and RLOCs of the LISP site, the other site, the outside. */
export const SITE = {
  4: { eid: ip('10.1.0.5'), peer: ip('10.2.0.7'), outside: ip('198.51.100.100') },
  6: { eid: ip('2001:db8:1::5'), peer: ip('2001:db8:2::7'), outside: ip('2a00::100') },
} as const;
export const RLOC = {
  4: { own: ip('192.0.2.1'), peer: ip('198.51.100.1'), gateway: ip('192.0.2.254') },
  6: { own: ip('2001:db8:ffff::1'), peer: ip('2001:db8:fffe::1'), gateway: ip('fe80::1') },
} as const;
export const FAMILIES = [4, 6] as const;
export const PAIRS = FAMILIES.flatMap((inner) => FAMILIES.map((outer) => [inner, outer] as const));
export const OVERHEAD = { 4: 36, 6: 56 } as const;

export function via(gateway: IpAddress, interfaceIndex = 1, mtu = 1500): NextHop {
  return { kind: 'via', interfaceIndex, gateway, mtu };
}

export function connected(interfaceIndex: number, mtu = 1500): NextHop {
  return { kind: 'connected', interfaceIndex, mtu };
}

export const LOCAL: NextHop = { kind: 'local', interfaceIndex: 0, mtu: 1500 };
export const DISCARD: NextHop = { kind: 'discard', interfaceIndex: 0, mtu: 1500 };

export function targetTo(outer: Family, change: Partial<EncapTarget> = {}): EncapTarget {
  return {
    source: RLOC[outer].own,
    destination: RLOC[outer].peer,
    priority: 1,
    weight: 100,
    nextHop: via(RLOC[outer].gateway),
    ...change,
  };
}

export function everywhere(family: Family, instanceId = 0) {
  return { instanceId, prefix: prefix(SITE[family].eid, 0) };
}

export function host(address: IpAddress, instanceId = 0) {
  return { instanceId, prefix: hostPrefix(address) };
}

/** Own RLOCs, a default route, the site's EIDs as ITR sources and ETR destinations, nothing in the Map-Cache. */
export function siteRouter(plane: DataPlane, instanceId = 0): DataPlane {
  for (const family of FAMILIES) {
    plane.setRoute(0, hostPrefix(RLOC[family].own), LOCAL);
    plane.setRoute(instanceId, everywhere(family).prefix, via(RLOC[family].gateway));
    plane.setPolicy(host(SITE[family].eid, instanceId), POLICY_ITR_SOURCE | POLICY_ETR_DESTINATION);
    plane.setRoute(instanceId, hostPrefix(SITE[family].eid), connected(2));
  }
  plane.publish();
  return plane;
}

export function toPeer(
  plane: DataPlane,
  inner: Family,
  targets: readonly EncapTarget[],
  instanceId = 0,
): void {
  plane.setEntry({ eid: host(SITE[inner].peer, instanceId), action: ACTION_FORWARD, targets });
  plane.publish();
}

export interface PacketShape {
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly source?: IpAddress;
  readonly destination?: IpAddress;
  readonly protocol?: number;
  readonly payload?: Uint8Array;
}

export function packetOf(family: Family, shape: PacketShape = {}): Uint8Array {
  const { ttl = 64, source = SITE[family].eid, destination = SITE[family].peer } = shape;
  const { protocol = 17, payload = Uint8Array.of(4, 1, 0, 53, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8) } = shape;
  return encodeIp({ dscp: 0, ecn: 0, ...shape, source, destination, ttl, protocol }, payload);
}

/** A packet of exactly `length` bytes. */
export function packetOfLength(family: Family, length: number, shape: PacketShape = {}): Uint8Array {
  return packetOf(family, { ...shape, payload: new Uint8Array(length - (family === 4 ? 20 : 40)) });
}

export interface LispShape {
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly checksum?: 'zero' | 'compute';
  readonly header?: LispDataHeader;
}

export function lispOf(outer: Family, inner: Uint8Array, shape: LispShape = {}): Uint8Array {
  const { ttl = 64, checksum = 'zero', header = lispDataHeader(), dscp = 0, ecn = 0 } = shape;
  return buildUdpPacket(
    {
      source: RLOC[outer].peer,
      destination: RLOC[outer].own,
      ttl,
      dscp,
      ecn,
      sourcePort: 0xf123,
      destinationPort: 4341,
      checksum,
    },
    concatBytes(encodeLispData(header), inner),
  );
}

/** To the site: what an ETR accepts and delivers out of interface 2. */
export function inbound(family: Family, shape: PacketShape = {}): Uint8Array {
  return packetOf(family, { source: SITE[family].peer, destination: SITE[family].eid, ...shape });
}

export function decoded(bytes: Uint8Array): IpPacket {
  const result = decodeIp(bytes);
  if (!result.ok) throw new Error(`${result.error.code} in ${toHex(bytes)}`);
  expect(result.value.checksumOk).toBe(true);
  expect(result.value.totalLength).toBe(bytes.length);
  return result.value;
}

export interface Opened {
  readonly outer: IpPacket;
  readonly udp: UdpDatagram;
  readonly lisp: LispDataHeader;
  readonly innerBytes: Uint8Array;
  readonly inner: IpPacket;
}

export function opened(bytes: Uint8Array): Opened {
  const outer = decoded(bytes);
  expect(outer.protocol).toBe(17);
  const udp = decodeUdp(outer.payload, outer);
  if (!udp.ok) throw new Error(udp.error.code);
  expect(udp.value.length).toBe(outer.payload.length);
  const lisp = decodeLispData(udp.value.payload);
  if (!lisp.ok) throw new Error(lisp.error.code);
  const innerBytes = udp.value.payload.subarray(8);
  return { outer, udp: udp.value, lisp: lisp.value, innerBytes, inner: decoded(innerBytes) };
}

export function expectStop(sent: Sent, verdict: number, reason: number): void {
  expect({ verdict: sent.verdict.verdict, reason: sent.verdict.reason }).toEqual({ verdict, reason });
}

export function expectGone(sent: Sent, verdict: number): void {
  expectStop(sent, verdict, REASON_NONE);
}

/** The IPv4 packet with its header checksum made right. */
export function mended(packet: Uint8Array): Uint8Array {
  const headerBytes = Math.min(packet.length, Math.max(20, (packet[0]! & 15) * 4));
  packet[10] = packet[11] = 0;
  let sum = 0;
  for (let i = 0; i < headerBytes; i += 2) sum += (packet[i]! << 8) | packet[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  new DataView(packet.buffer, packet.byteOffset).setUint16(10, ~sum & 0xffff);
  return packet;
}

/** A header that claims another IHL, with total length 20 and room for options behind it. */
export function lengthen(header: Uint8Array, first: number): Uint8Array {
  const packet = concatBytes(header, new Uint8Array(8));
  packet[0] = first;
  new DataView(packet.buffer).setUint16(2, 20);
  return packet;
}
