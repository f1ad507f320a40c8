/**
 * Routes of a BGP speaker's table as MRT has them: TABLE_DUMP_V2 (RFC 6396 §4.3, with path identifiers RFC 8050 §4)
 * and its forerunner TABLE_DUMP (RFC 6396 §4.2). These are the bodies of records; mrt.ts has what is around them.
 *
 * TABLE_DUMP_V2, RIB_IPV4_UNICAST and its like          TABLE_DUMP
 *   4  Sequence Number                                    2  View Number
 *   1  Prefix Length                                      2  Sequence Number
 *   0..16  Prefix, as many bytes as the length needs      4 or 16  Prefix
 *   2  Entry Count, then for each entry:                  1  Prefix Length
 *      2  Peer Index                                      1  Status
 *      4  Originated Time                                 4  Originated Time
 *      4  Path Identifier, in the ADDPATH forms           4 or 16  Peer IP Address
 *      2  Attribute Length                                2  Peer AS
 *      BGP attributes                                     2  Attribute Length, BGP attributes
 */
import type { Reader } from '../base/bytes.ts';
import {
  addressBits,
  addressBytes,
  ipFromBytes,
  prefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../base/ip.ts';
import { decodePathAttributes, type PathAttributes } from './bgp-attributes.ts';
import type { Decoded } from './error.ts';

/** A neighbour whose routes are in the table. */
export interface MrtPeer {
  readonly address: IpAddress;
  readonly as: number;
  /** Absent in TABLE_DUMP. */
  readonly bgpId?: number;
}

/** One way to a prefix. Its attributes are a view of the bytes, decoded when somebody asks (`attributesOf`). */
export interface MrtPath {
  readonly peer: MrtPeer;
  /** Seconds since 1970. */
  readonly originatedAt: number;
  readonly pathId?: number;
  readonly attributes: Uint8Array;
  /** Where they begin in the file. */
  readonly attributesOffset: number;
  /** How wide an AS is in them. */
  readonly asBytes: 2 | 4;
}

/** A prefix, and the ways to it that the neighbours told. */
export interface MrtRoute {
  /** Where its record begins in the file. */
  readonly offset: number;
  readonly prefix: IpPrefix;
  readonly paths: readonly MrtPath[];
}

/** The attributes of a path; an error has the offset in the file. */
export function attributesOf({ attributes, asBytes, attributesOffset }: MrtPath): Decoded<PathAttributes> {
  return decodePathAttributes(attributes, asBytes, attributesOffset);
}

const PEER_IPV6 = 0x01;
const PEER_AS4 = 0x02;

/** Body of a PEER_INDEX_TABLE. Throws WireFault. */
export function readPeers(r: Reader): MrtPeer[] {
  r.u32('mrt.collector_bgp_id');
  r.take(r.u16('mrt.view_name_length'), 'mrt.view_name');
  const count = r.u16('mrt.peer_count');
  const peers: MrtPeer[] = [];
  for (let i = 0; i < count; i++) {
    const type = r.u8('mrt.peer.type');
    const bgpId = r.u32('mrt.peer.bgp_id');
    const address = ipFromBytes(r.take(type & PEER_IPV6 ? 16 : 4, 'mrt.peer.address'));
    const as = type & PEER_AS4 ? r.u32('mrt.peer.as') : r.u16('mrt.peer.as');
    peers.push({ address, as, bgpId });
  }
  expectEnd(r);
  return peers;
}

/** Body of a RIB_IPVx_UNICAST, RIB_GENERIC or one of their ADDPATH forms behind its sequence number. Throws WireFault. */
export function readRib(
  r: Reader,
  family: Family,
  hasPathId: boolean,
  peers: readonly MrtPeer[],
): Omit<MrtRoute, 'offset'> {
  const bits = readBits(r, family);
  const bytes = new Uint8Array(addressBytes(family));
  bytes.set(r.take((bits + 7) >> 3, 'mrt.prefix'));
  const count = r.u16('mrt.entry_count');
  const paths: MrtPath[] = [];
  for (let i = 0; i < count; i++) {
    const at = r.offset;
    const peer = peers[r.u16('mrt.peer_index')];
    if (peer === undefined) r.fail('bad-value', 'mrt.peer_index', at);
    const originatedAt = r.u32('mrt.originated_time');
    const pathId = hasPathId ? { pathId: r.u32('mrt.path_id') } : {};
    paths.push({ peer, originatedAt, ...pathId, ...readAttributes(r, 4) });
  }
  expectEnd(r);
  return { prefix: prefix(ipFromBytes(bytes), bits), paths };
}

/** Body of a TABLE_DUMP: one path of one prefix. Throws WireFault. */
export function readTableDump(r: Reader, family: Family): Omit<MrtRoute, 'offset'> {
  r.u16('mrt.view');
  r.u16('mrt.sequence');
  const address = ipFromBytes(r.take(addressBytes(family), 'mrt.prefix'));
  const bits = readBits(r, family);
  r.u8('mrt.status');
  const originatedAt = r.u32('mrt.originated_time');
  const peer = {
    address: ipFromBytes(r.take(addressBytes(family), 'mrt.peer.address')),
    as: r.u16('mrt.peer.as'),
  };
  const path = { peer, originatedAt, ...readAttributes(r, 2) };
  expectEnd(r);
  return { prefix: prefix(address, bits), paths: [path] };
}

function readBits(r: Reader, family: Family): number {
  const at = r.offset;
  const bits = r.u8('mrt.prefix_length');
  if (bits > addressBits(family)) r.fail('bad-value', 'mrt.prefix_length', at);
  return bits;
}

function readAttributes(
  r: Reader,
  asBytes: 2 | 4,
): Pick<MrtPath, 'attributes' | 'attributesOffset' | 'asBytes'> {
  const length = r.u16('mrt.attribute_length');
  const attributesOffset = r.offset;
  return { attributes: r.take(length, 'mrt.attributes'), attributesOffset, asBytes };
}

function expectEnd(r: Reader): void {
  if (r.remaining > 0) r.fail('bad-length', 'mrt.record');
}
