import type { Family } from '../base/ip.ts';
import {
  SECTION_SNAPSHOTS,
  SNAPSHOT_COUNT,
  SNAPSHOT_FLAGS_OFFSET,
  SNAPSHOT_GENERATION_OFFSET,
  SNAPSHOT_GPE,
  SNAPSHOT_GPE_ZERO_CHECKSUM,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_REPORT,
  SNAPSHOT_UNVERIFIED,
  SNAPSHOT_VRF_COUNT_OFFSET,
  VRF_BYTES,
  VRF_INSTANCE_OFFSET,
  VRF_KINDS4_OFFSET,
  VRF_KINDS6_OFFSET,
  VRF_PETR4_OFFSET,
  VRF_PETR6_OFFSET,
  VRF_ROOTS4_OFFSET,
  VRF_ROOTS6_OFFSET,
} from '../../assembly/layout.ts';
import { EngineError } from './errors.ts';
import type { FibPair } from './fib.ts';
import type { ReceptionRules } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** What a snapshot says of one instance. */
export interface VrfImage {
  readonly instanceId: number;
  /** TABLE_* -> family -> table. */
  readonly fibs: readonly FibPair[];
  /** Entry index + 1 by inner family; 0 = none. */
  readonly petr: Readonly<Record<Family, number>>;
}

/** SNAPSHOT_* flags of what is on. */
export function receptionFlags({ report, gpe, gpeZeroChecksum, unverified }: ReceptionRules): number {
  return (
    (report === true ? SNAPSHOT_REPORT : 0) |
    (gpe === true ? SNAPSHOT_GPE : 0) |
    (gpeZeroChecksum === true ? SNAPSHOT_GPE_ZERO_CHECKSUM : 0) |
    (unverified === true ? SNAPSHOT_UNVERIFIED : 0)
  );
}

/** Fills free snapshot records and makes them the live one. */
export class SnapshotWriter {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  /** Epoch since which each record is out of use; undefined = never used. */
  readonly #retired: (number | undefined)[] = [];
  #live: number | undefined;
  #generation = 0;

  constructor(memory: EngineMemory, exports: EngineExports) {
    this.#memory = memory;
    this.#exports = exports;
  }

  /** `flags`: SNAPSHOT_*. Returns the epoch to stamp what this snapshot replaces. Throws EngineError, before anything is visible. */
  publish(vrfs: readonly VrfImage[], flags: number): number {
    const { capacity } = this.#memory;
    if (vrfs.length > capacity.vrfs) {
      throw new EngineError('no-room', 'vrfs', vrfs.length, capacity.vrfs);
    }
    const record = this.#freeRecord();
    // From here on nothing fails.
    for (const { fibs } of vrfs)
      for (const pair of fibs) for (const family of [4, 6] as const) pair[family].expose();
    const at =
      this.#memory.offset(SECTION_SNAPSHOTS) + record * (SNAPSHOT_HEADER_BYTES + capacity.vrfs * VRF_BYTES);
    this.#write(
      at,
      [...vrfs].sort((a, b) => a.instanceId - b.instanceId),
      flags,
    );
    const epoch = this.#exports.publish(at);
    if (this.#live !== undefined) this.#retired[this.#live] = epoch;
    this.#live = record;
    return epoch;
  }

  #freeRecord(): number {
    for (let record = 0; record < SNAPSHOT_COUNT; record++) {
      if (record === this.#live) continue;
      const epoch = this.#retired[record];
      if (epoch === undefined || this.#exports.quiesced(epoch) === 1) return record;
    }
    throw new EngineError('readers-busy', 'snapshots', SNAPSHOT_COUNT + 1, SNAPSHOT_COUNT);
  }

  #write(at: number, vrfs: readonly VrfImage[], flags: number): void {
    const { view, bytes } = this.#memory;
    view.setUint32(at + SNAPSHOT_GENERATION_OFFSET, ++this.#generation, true);
    view.setUint32(at + SNAPSHOT_VRF_COUNT_OFFSET, vrfs.length, true);
    view.setUint32(at + SNAPSHOT_FLAGS_OFFSET, flags, true);
    for (const [i, { instanceId, fibs, petr }] of vrfs.entries()) {
      const vrf = at + SNAPSHOT_HEADER_BYTES + i * VRF_BYTES;
      bytes.fill(0, vrf, vrf + VRF_BYTES);
      view.setUint32(vrf + VRF_INSTANCE_OFFSET, instanceId, true);
      view.setUint32(vrf + VRF_PETR4_OFFSET, petr[4], true);
      view.setUint32(vrf + VRF_PETR6_OFFSET, petr[6], true);
      for (const [table, pair] of fibs.entries()) {
        view.setUint32(vrf + VRF_ROOTS4_OFFSET + 4 * table, pair[4].root, true);
        view.setUint32(vrf + VRF_ROOTS6_OFFSET + 4 * table, pair[6].root, true);
        view.setUint8(vrf + VRF_KINDS4_OFFSET + table, pair[4].code);
        view.setUint8(vrf + VRF_KINDS6_OFFSET + table, pair[6].code);
      }
    }
  }
}
