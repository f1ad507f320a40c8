// Tables that say which generation they belong to, and a worker that only pretends.
import {
  CONTROL_EPOCH_OFFSET,
  CONTROL_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  CONTROL_SNAPSHOT_OFFSET,
  ENTRY_ACTION_OFFSET,
  ENTRY_BYTES,
  EPOCH_IDLE,
  NEXT_HOP_BYTES,
  NEXT_HOP_MTU_OFFSET,
  SECTION_ENTRIES,
  SECTION_NEXT_HOPS,
  SECTION_WORK,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_VRF_COUNT_OFFSET,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
  VRF_BYTES,
  VRF_INSTANCE_OFFSET,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import { hostPrefix, ipv4, word, type IpAddress } from '../../src/base/ip.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { connected } from './forwarding-support.ts';

/** Spread over the address space, so that every path of the tables changes. */
export const ADDRESSES: readonly IpAddress[] = Array.from({ length: 48 }, (_, i) =>
  ipv4(Math.imul(i + 1, 0x9e37_79b1)),
);

/** Asks for tables in which everything about every address is generation 1..7. */
export function setGeneration(engine: Engine, generation: number): void {
  for (const address of ADDRESSES) {
    const eid = { instanceId: 0, prefix: hostPrefix(address) };
    engine.setRoute(0, eid.prefix, connected(1, 1000 + generation));
    engine.setEntry({ eid, action: generation, targets: [] });
    engine.setPolicy(eid, generation);
  }
}

/** The generations that a batch of a worker finds, over all tables; 0 for no match. */
export function generationsSeen(engine: Engine, worker: number): number[] {
  const { memory, exports } = engine;
  const { view } = memory;
  const keys = memory.offset(SECTION_WORK) + worker * WORK_BYTES;
  const out = keys + 16 * ADDRESSES.length;
  ADDRESSES.forEach((address, i) => view.setUint32(keys + 4 * i, word(address, 0), true));
  const lookup = (table: number): number[] => {
    exports.lookup(worker, 0, 4, table, keys, out, ADDRESSES.length);
    return ADDRESSES.map((_, i) => view.getUint32(out + 4 * i, true));
  };
  const mtuAt = (slot: number): number =>
    view.getUint32(memory.offset(SECTION_NEXT_HOPS) + slot * NEXT_HOP_BYTES + NEXT_HOP_MTU_OFFSET, true);
  const actionAt = (slot: number): number =>
    view.getUint8(memory.offset(SECTION_ENTRIES) + slot * ENTRY_BYTES + ENTRY_ACTION_OFFSET);
  const found = [
    ...lookup(TABLE_ROUTES).map((value) => (value === 0 ? 0 : mtuAt(value - 1) - 1000)),
    ...lookup(TABLE_CACHE).map((value) => (value === 0 ? 0 : actionAt(value - 1))),
    ...lookup(TABLE_POLICY),
  ];
  return [...new Set(found)];
}

/** What a worker announces at the start of a batch; it then stays in that batch until `endBatch`. */
export function beginBatch({ memory }: Engine, worker = 1): void {
  const epoch = memory.view.getInt32(CONTROL_OFFSET + CONTROL_EPOCH_OFFSET, true);
  memory.view.setInt32(seenOf(worker), epoch, true);
}

export function endBatch({ memory }: Engine, worker = 1): void {
  memory.view.setInt32(seenOf(worker), EPOCH_IDLE, true);
}

function seenOf(worker: number): number {
  return CONTROL_OFFSET + CONTROL_SEEN_OFFSET + (worker << CONTROL_SEEN_STRIDE_SHIFT);
}

export function liveSnapshot({ memory }: Engine): number {
  return memory.view.getUint32(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET, true);
}

/** Instances of the live snapshot, in its order. */
export function instancesOf(engine: Engine): number[] {
  const { view } = engine.memory;
  const at = liveSnapshot(engine);
  return Array.from({ length: view.getUint32(at + SNAPSHOT_VRF_COUNT_OFFSET, true) }, (_, i) =>
    view.getUint32(at + SNAPSHOT_HEADER_BYTES + i * VRF_BYTES + VRF_INSTANCE_OFFSET, true),
  );
}
