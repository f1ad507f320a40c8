/** Writers of the engine's records (docs/memory.md draws them). All of them write slots that no reader sees. */
import { ipv4, ipv6, word, type IpAddress } from '../base/ip.ts';
import { sumWords } from '../base/checksum.ts';
import {
  BUCKET_BYTES,
  ENTRY_ACTION_OFFSET,
  ENTRY_BUCKET_BASE_OFFSET,
  ENTRY_BUCKET_MASK_OFFSET,
  ENTRY_BYTES,
  ENTRY_FLAGS_OFFSET,
  ENTRY_HAS_TARGET,
  ENTRY_INSTANCE_OFFSET,
  ENTRY_SERIAL_OFFSET,
  NEXT_HOP_BYTES,
  NEXT_HOP_DEFAULT_ROUTE,
  NEXT_HOP_FLAGS_OFFSET,
  NEXT_HOP_GATEWAY_FAMILY_OFFSET,
  NEXT_HOP_GATEWAY_OFFSET,
  NEXT_HOP_INTERFACE_OFFSET,
  NEXT_HOP_KIND_OFFSET,
  NEXT_HOP_LOCAL,
  NEXT_HOP_MTU_OFFSET,
  REWRITE_BYTES,
  REWRITE_EXPRESS_OFFSET,
  REWRITE_FAMILY_OFFSET,
  REWRITE_INTERFACE_OFFSET,
  REWRITE_LENGTH_OFFSET,
  REWRITE_NEXT_HOP_OFFSET,
  REWRITE_SIDE_BYTES,
  REWRITE_SIDE_FLAGS_OFFSET,
  REWRITE_SIDE_MTU_OFFSET,
  REWRITE_SIDE_SUM_OFFSET,
  SECTION_BUCKETS,
  SECTION_ENTRIES,
  SECTION_HITS,
  SECTION_NEXT_HOPS,
  SECTION_REWRITES,
  SECTION_REWRITE_SIDE,
} from '../../assembly/layout.ts';
import type { Action } from '../mapping/action.ts';
import { LISP_HEADER_BYTES, LISP_I } from '../wire/lisp-data.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import { innerRoom, outerHeaders, rewriteFlags } from './outer-headers.ts';
import { runBase, runLength } from './slots.ts';

/** In the order of NEXT_HOP_*, which begins with 1. */
export const NEXT_HOP_KINDS: readonly NextHop['kind'][] = ['local', 'connected', 'via', 'discard'];

/** A next hop, and whether the default route leads there. */
export interface Hop extends NextHop {
  readonly isDefault?: boolean;
}

export function writeNextHop(memory: EngineMemory, slot: number, nextHop: Hop): void {
  const { view } = memory;
  const at = memory.offset(SECTION_NEXT_HOPS) + slot * NEXT_HOP_BYTES;
  const { kind, interfaceIndex, mtu } = nextHop;
  const gateway = kind === 'via' ? nextHop.gateway : undefined;
  view.setUint8(at + NEXT_HOP_KIND_OFFSET, NEXT_HOP_KINDS.indexOf(kind) + NEXT_HOP_LOCAL);
  view.setUint8(at + NEXT_HOP_FLAGS_OFFSET, nextHop.isDefault ? NEXT_HOP_DEFAULT_ROUTE : 0);
  view.setUint16(at + NEXT_HOP_INTERFACE_OFFSET, interfaceIndex, true);
  view.setUint32(at + NEXT_HOP_MTU_OFFSET, mtu, true);
  view.setUint32(at + NEXT_HOP_GATEWAY_FAMILY_OFFSET, gateway?.family ?? 0, true);
  for (let i = 0; i < 4; i++) {
    view.setUint32(at + NEXT_HOP_GATEWAY_OFFSET + 4 * i, gateway === undefined ? 0 : word(gateway, i), true);
  }
}

/** Outer headers toward a locator, ready to copy, with what does not fit beside them. */
export function writeRewrite(
  memory: EngineMemory,
  slot: number,
  target: EncapTarget,
  instanceId: number,
  nextHopSlot: number,
): void {
  const { view, bytes } = memory;
  const at = memory.offset(SECTION_REWRITES) + slot * REWRITE_BYTES;
  const { source, nextHop } = target;
  const headers = outerHeaders(target, instanceId);
  bytes.fill(0, at, at + REWRITE_BYTES);
  bytes.set(headers, at);
  view.setUint8(at + REWRITE_LENGTH_OFFSET, headers.length);
  view.setUint8(at + REWRITE_FAMILY_OFFSET, source.family);
  view.setUint16(at + REWRITE_INTERFACE_OFFSET, nextHop.interfaceIndex, true);
  view.setUint32(at + REWRITE_NEXT_HOP_OFFSET, nextHopSlot, true);
  const side = memory.offset(SECTION_REWRITE_SIDE) + slot * REWRITE_SIDE_BYTES;
  const constantSum = source.family === 4 ? sumWords(headers.subarray(0, 20)) : 0;
  const mtu = innerRoom(target, headers.length);
  const flags = rewriteFlags(target);
  // What flags ask for is not the express lane's business.
  if (source.family === 4 && flags === 0) {
    view.setUint16(at + REWRITE_EXPRESS_OFFSET, constantSum, true);
    view.setUint16(at + REWRITE_EXPRESS_OFFSET + 2, mtu, true);
  }
  view.setUint32(side + REWRITE_SIDE_SUM_OFFSET, constantSum, true);
  view.setUint32(side + REWRITE_SIDE_MTU_OFFSET, mtu, true);
  view.setUint32(side + REWRITE_SIDE_FLAGS_OFFSET, flags, true);
}

/** The first word of the LISP header of a rewrite in use, in place: old or new to whoever reads it. */
export function writeLispWord(memory: EngineMemory, slot: number, lisp: Uint8Array): void {
  const at = memory.offset(SECTION_REWRITES) + slot * REWRITE_BYTES;
  const header = at + memory.view.getUint8(at + REWRITE_LENGTH_OFFSET) - LISP_HEADER_BYTES;
  const word = new DataView(lisp.buffer, lisp.byteOffset).getUint32(0, true);
  Atomics.store(memory.words, header / 4, word);
}

/** The bucket row, a run, is 0 for an entry that does not forward, or has nowhere to forward to. */
export function writeEntry(
  memory: EngineMemory,
  slot: number,
  action: Action,
  instanceId: number,
  row: number,
): void {
  const { view } = memory;
  const at = memory.offset(SECTION_ENTRIES) + slot * ENTRY_BYTES;
  view.setUint8(at + ENTRY_ACTION_OFFSET, action);
  view.setUint8(at + ENTRY_FLAGS_OFFSET, row === 0 ? 0 : ENTRY_HAS_TARGET);
  view.setUint16(at + ENTRY_BUCKET_MASK_OFFSET, row === 0 ? 0 : runLength(row) - 1, true);
  view.setUint32(at + ENTRY_BUCKET_BASE_OFFSET, runBase(row), true);
  view.setUint32(at + ENTRY_INSTANCE_OFFSET, instanceId, true);
  view.setUint32(at + ENTRY_SERIAL_OFFSET, view.getUint32(at + ENTRY_SERIAL_OFFSET, true) + 1, true);
  for (let worker = 0; worker < memory.capacity.workers; worker++) {
    const hits = hitsAt(memory, worker, slot) / 4;
    memory.words[hits] = 0;
    memory.words[hits + 1] = 0;
  }
}

export function readEntryAction(memory: EngineMemory, slot: number): Action {
  return memory.bytes[memory.offset(SECTION_ENTRIES) + slot * ENTRY_BYTES + ENTRY_ACTION_OFFSET] as Action;
}

/** Rows in use are changed in place as well: each bucket is a word, old or new to whoever reads it. */
export function writeBuckets(memory: EngineMemory, row: number, rewriteOf: (slot: number) => number): void {
  const at = (memory.offset(SECTION_BUCKETS) + runBase(row) * BUCKET_BYTES) / 4;
  for (let i = 0; i < runLength(row); i++) {
    const rewrite = rewriteOf(i);
    if (memory.words[at + i] !== rewrite) Atomics.store(memory.words, at + i, rewrite);
  }
}

/** Packets that met an entry, over all workers. */
export function readHits(memory: EngineMemory, slot: number): number {
  let sum = 0;
  for (let worker = 0; worker < memory.capacity.workers; worker++) {
    sum += memory.u64(hitsAt(memory, worker, slot));
  }
  return sum;
}

function hitsAt(memory: EngineMemory, worker: number, slot: number): number {
  return memory.offset(SECTION_HITS) + (worker * memory.capacity.entries + slot) * 8;
}

/** The interface of a next-hop record. */
export function outInterfaceOf(memory: EngineMemory, slot: number): number {
  return memory.view.getUint16(nextHopAt(memory, slot) + NEXT_HOP_INTERFACE_OFFSET, true);
}

/** The next router of a next-hop record, where it has one. */
export function gatewayOf(memory: EngineMemory, slot: number): IpAddress | undefined {
  const at = nextHopAt(memory, slot);
  const family = memory.view.getUint32(at + NEXT_HOP_GATEWAY_FAMILY_OFFSET, true);
  return family === 0 ? undefined : addressAt(memory, at + NEXT_HOP_GATEWAY_OFFSET, family, true);
}

export function readNextHop(memory: EngineMemory, slot: number): Hop {
  const at = nextHopAt(memory, slot);
  const gateway = gatewayOf(memory, slot);
  return {
    kind: NEXT_HOP_KINDS[memory.bytes[at + NEXT_HOP_KIND_OFFSET]! - NEXT_HOP_LOCAL]!,
    interfaceIndex: outInterfaceOf(memory, slot),
    ...(gateway && { gateway }),
    mtu: memory.view.getUint32(at + NEXT_HOP_MTU_OFFSET, true),
    ...(memory.bytes[at + NEXT_HOP_FLAGS_OFFSET] !== 0 && { isDefault: true }),
  };
}

/** What a rewrite was made of, as far as its header tells. */
export interface RewriteParts {
  readonly instanceId: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly nextHopSlot: number;
}

export function readRewrite(memory: EngineMemory, slot: number): RewriteParts {
  const { view } = memory;
  const at = memory.offset(SECTION_REWRITES) + slot * REWRITE_BYTES;
  const family = view.getUint8(at + REWRITE_FAMILY_OFFSET);
  const lisp = at + view.getUint8(at + REWRITE_LENGTH_OFFSET) - LISP_HEADER_BYTES;
  const bytes = family === 4 ? 4 : 16;
  // The addresses are the last of the IP header, and UDP is as long as LISP.
  const destination = lisp - LISP_HEADER_BYTES - bytes;
  return {
    instanceId: (view.getUint8(lisp) & LISP_I) === 0 ? 0 : view.getUint32(lisp + 4) >>> 8,
    source: addressAt(memory, destination - bytes, family),
    destination: addressAt(memory, destination, family),
    nextHopSlot: view.getUint32(at + REWRITE_NEXT_HOP_OFFSET, true),
  };
}

function addressAt({ view }: EngineMemory, at: number, family: number, isLittle = false): IpAddress {
  const part = (i: number): number => view.getUint32(at + 4 * i, isLittle);
  return family === 4 ? ipv4(part(0)) : ipv6(part(0), part(1), part(2), part(3));
}

function nextHopAt(memory: EngineMemory, slot: number): number {
  return memory.offset(SECTION_NEXT_HOPS) + slot * NEXT_HOP_BYTES;
}
