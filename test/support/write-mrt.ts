// MRT dumps made by hand: the writer that src/ has no use for, and a dump with each kind of record that is read.
import { concatBytes, Writer } from '../../src/base/bytes.ts';
import { addressBytes, ipToBytes, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import type { AsSegment } from '../../src/wire/bgp-attributes.ts';
import type { MrtPeer } from '../../src/wire/mrt-rib.ts';

/** A record with its header. */
export function mrtRecord(type: number, subtype: number, body: Uint8Array, time = 1_700_000_000): Uint8Array {
  return concatBytes(new Writer().u32(time).u16(type).u16(subtype).u32(body.length).finishCopy(), body);
}

export interface WrittenPath {
  readonly peer: number;
  readonly originatedAt: number;
  readonly pathId?: number;
  readonly attributes: Uint8Array;
}

export function peerIndexTable(peers: readonly MrtPeer[], view = ''): Uint8Array {
  const w = new Writer()
    .u32(0xc000_0201)
    .u16(view.length)
    .bytes(new TextEncoder().encode(view))
    .u16(peers.length);
  for (const { address, as, bgpId = 0 } of peers) {
    const isWide = as > 0xffff;
    w.u8((address.family === 6 ? 1 : 0) | (isWide ? 2 : 0))
      .u32(bgpId)
      .bytes(ipToBytes(address));
    if (isWide) w.u32(as);
    else w.u16(as);
  }
  return mrtRecord(13, 1, w.finishCopy());
}

/** A RIB record of TABLE_DUMP_V2 of any of its subtypes for unicast. */
export function ribRecord(subtype: number, at: IpPrefix, paths: readonly WrittenPath[]): Uint8Array {
  const w = new Writer().u32(7);
  if (subtype === 6 || subtype === 12) w.u16(at.address.family === 4 ? 1 : 2).u8(1);
  w.u8(at.bits)
    .bytes(ipToBytes(at.address).subarray(0, (at.bits + 7) >> 3))
    .u16(paths.length);
  for (const { peer, originatedAt, pathId, attributes } of paths) {
    w.u16(peer).u32(originatedAt);
    if (subtype >= 8) w.u32(pathId ?? 0);
    w.u16(attributes.length).bytes(attributes);
  }
  return mrtRecord(13, subtype, w.finishCopy());
}

/** A record of TABLE_DUMP: one path. */
export function tableDump(at: IpPrefix, peer: MrtPeer, attributes: Uint8Array, originatedAt = 1): Uint8Array {
  const w = new Writer().u16(0).u16(3).bytes(ipToBytes(at.address)).u8(at.bits).u8(1).u32(originatedAt);
  w.bytes(ipToBytes(peer.address)).u16(peer.as).u16(attributes.length).bytes(attributes);
  return mrtRecord(12, at.address.family === 4 ? 1 : 2, w.finishCopy());
}

export function attribute(type: number, value: Uint8Array, isExtended = value.length > 255): Uint8Array {
  const w = new Writer().u8(isExtended ? 0x50 : 0x40).u8(type);
  return (isExtended ? w.u16(value.length) : w.u8(value.length)).bytes(value).finishCopy();
}

export function asPath(segments: readonly AsSegment[], asBytes: 2 | 4, type = 2): Uint8Array {
  const w = new Writer();
  for (const { type: kind, ases } of segments) {
    w.u8(kind).u8(ases.length);
    for (const as of ases) {
      if (asBytes === 2) w.u16(as);
      else w.u32(as);
    }
  }
  return attribute(type, w.finishCopy());
}

export function origin(value: number): Uint8Array {
  return attribute(1, Uint8Array.of(value));
}

export function nextHop(address: IpAddress): Uint8Array {
  return attribute(3, ipToBytes(address));
}

/** MP_REACH_NLRI with one next hop or two: as TABLE_DUMP_V2 shortens it, or whole. */
export function mpReach(hops: readonly IpAddress[], isWhole: boolean): Uint8Array {
  const w = new Writer();
  if (isWhole) w.u16(hops[0]!.family === 4 ? 1 : 2).u8(1);
  w.u8(hops.reduce((sum, { family }) => sum + addressBytes(family), 0));
  for (const hop of hops) w.bytes(ipToBytes(hop));
  if (isWhole) w.u8(0);
  return attribute(14, w.finishCopy());
}

export const sequence = (...ases: readonly number[]): AsSegment => ({ type: 2, ases });
export const set = (...ases: readonly number[]): AsSegment => ({ type: 1, ases });

export const PEERS: readonly MrtPeer[] = [
  { address: ip('192.0.2.1'), as: 64500, bgpId: 0xc000_0201 },
  { address: ip('2001:db8::2'), as: 4_200_000_001, bgpId: 2 },
];

/** Every kind of record that is read, and two that are not. */
export const DUMP: readonly Uint8Array[] = [
  peerIndexTable(PEERS, 'lab'),
  ribRecord(2, cidr('198.51.100.0/24'), [
    {
      peer: 0,
      originatedAt: 100,
      attributes: concatBytes(
        origin(0),
        asPath([sequence(64500, 65550)], 4),
        nextHop(ip('192.0.2.1')),
        attribute(8, new Uint8Array(300)),
      ),
    },
    {
      peer: 1,
      originatedAt: 101,
      attributes: concatBytes(
        origin(2),
        asPath([sequence(4_200_000_001), set(64501, 64502)], 4),
        nextHop(ip('192.0.2.9')),
      ),
    },
  ]),
  ribRecord(4, cidr('2001:db8:5::/48'), [
    {
      peer: 1,
      originatedAt: 102,
      attributes: concatBytes(
        origin(0),
        asPath([sequence(64510)], 4),
        mpReach([ip('2001:db8::2'), ip('fe80::2')], false),
      ),
    },
    {
      peer: 1,
      originatedAt: 103,
      attributes: concatBytes(origin(0), asPath([sequence(64511)], 4), mpReach([ip('2001:db8::3')], true)),
    },
  ]),
  ribRecord(8, cidr('203.0.113.128/25'), [
    {
      peer: 0,
      originatedAt: 104,
      pathId: 5,
      attributes: concatBytes(origin(0), asPath([], 4), nextHop(ip('192.0.2.1'))),
    },
    { peer: 0, originatedAt: 105, pathId: 6, attributes: new Uint8Array(0) },
  ]),
  ribRecord(10, cidr('2001:db8:6::/47'), [
    { peer: 1, originatedAt: 106, pathId: 9, attributes: mpReach([ip('2001:db8::2')], false) },
  ]),
  ribRecord(6, cidr('0.0.0.0/0'), [{ peer: 0, originatedAt: 107, attributes: nextHop(ip('192.0.2.3')) }]),
  ribRecord(12, cidr('::/0'), [
    { peer: 1, originatedAt: 108, pathId: 4, attributes: mpReach([ip('2001:db8::4')], true) },
  ]),
  mrtRecord(13, 3, new Uint8Array(9)),
  mrtRecord(16, 4, new Uint8Array(0)),
  tableDump(
    cidr('198.51.100.64/26'),
    { address: ip('192.0.2.1'), as: 64500 },
    concatBytes(
      origin(0),
      asPath([sequence(64500, 23456, 23456)], 2),
      asPath([sequence(65551, 65552)], 4, 17),
      nextHop(ip('192.0.2.1')),
    ),
    109,
  ),
  tableDump(
    cidr('2001:db8:7::/48'),
    { address: ip('2001:db8::2'), as: 64502 },
    concatBytes(origin(1), asPath([sequence(64502)], 2), mpReach([ip('2001:db8::2')], true)),
    110,
  ),
];
