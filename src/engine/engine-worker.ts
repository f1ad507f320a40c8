import type { Family } from '../base/ip.ts';
import {
  CONTROL_EPOCH_OFFSET,
  CONTROL_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  EPOCH_IDLE,
  SECTION_WORK,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import { readCounters } from './counters.ts';
import type { Counters, InjectOptions, Verdict } from './data-plane.ts';
import type { EngineModule, WasmMemory } from './engine-module.ts';
import { EngineError } from './errors.ts';
import { Lookups, type EngineTable } from './lookups.ts';
import { EngineMemory, type EngineCapacity } from './memory.ts';
import { PacketQueue } from './packet-queue.ts';
import { instantiateEngine, type EngineExports } from './wasm.ts';

/** A place for one more thread in an engine of shared memory: plain data, to be posted to that thread. */
export interface WorkerSeat {
  /** 1 .. workers - 1. */
  readonly worker: number;
  readonly module: EngineModule;
  readonly memory: WasmMemory;
  readonly capacity: EngineCapacity;
}

/**
 * The data plane in another thread: packets of its own through the tables that the Engine publishes, with counters of
 * its own. It never waits, and nobody waits for it: tables change between two batches. One thread has a seat at a time.
 */
export class EngineWorker {
  /** 1 .. workers - 1. */
  readonly worker: number;
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #packets: PacketQueue;
  readonly #lookups: Lookups;
  readonly #control: Int32Array;
  readonly #seen: number;

  private constructor(seat: WorkerSeat) {
    this.worker = seat.worker;
    this.#memory = new EngineMemory(seat.capacity, { memory: seat.memory });
    this.#exports = instantiateEngine(seat.module, seat.memory);
    this.#packets = new PacketQueue(this.#memory, this.#exports, seat.worker);
    this.#lookups = Lookups.ofWorker(this.#memory, this.#exports, seat.worker);
    this.#control = new Int32Array(seat.memory.buffer, CONTROL_OFFSET);
    this.#seen = seenIndex(seat.worker);
    clearSeat(this.#memory, seat.worker);
  }

  /** Takes a seat, whatever became of a thread that had it before. Throws EngineError on a seat of another version. */
  static open(seat: WorkerSeat): EngineWorker {
    return new EngineWorker(seat);
  }

  /** As `DataPlane.inject`, into buffers of its own; false when they are full. */
  inject(packet: Uint8Array, options: InjectOptions): boolean {
    return this.#packets.inject(packet, options);
  }

  /**
   * As `DataPlane.process`. What its verdicts refer to is kept until all of them have been collected, so collect soon:
   * until then the Engine has the room of the tables since then for nothing else.
   */
  process(): void {
    const control = this.#control;
    if (!this.#packets.isWaiting) return;
    if (Atomics.load(control, this.#seen) === EPOCH_IDLE)
      Atomics.store(control, this.#seen, Atomics.load(control, CONTROL_EPOCH_OFFSET / 4));
    this.#packets.process();
  }

  /** As `DataPlane.collect`. */
  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
    this.#packets.collect(visit);
    if (!this.#packets.hasVerdicts) Atomics.store(this.#control, this.#seen, EPOCH_IDLE);
  }

  /** As `Engine.lookupBatch`, shapes and throws included: each 256 keys by one generation of the tables. */
  lookupBatch(
    table: EngineTable,
    instanceId: number,
    family: Family,
    keys: Uint32Array,
    out: Uint32Array,
  ): void {
    this.#lookups.batch(table, instanceId, family, keys, out);
  }

  /** What this seat has done since the engine was opened, its earlier threads included; a copy. */
  counters(): Counters {
    return readCounters(this.#memory, [this.worker]);
  }

  /**
   * For tests and benches.
   * @internal
   */
  get memory(): EngineMemory {
    return this.#memory;
  }

  /**
   * For tests and benches.
   * @internal
   */
  get exports(): EngineExports {
    return this.#exports;
  }
}

/** Throws EngineError when this engine has no such seat: it needs shared memory, and `workers` of more than one. */
export function makeSeat(module: EngineModule, memory: EngineMemory, worker: number): WorkerSeat {
  const { capacity } = memory;
  // Not instanceof: pages without isolation do not have that word.
  if (memory.memory.buffer instanceof ArrayBuffer)
    throw new EngineError('bad-options', 'shared', 1, 0, 'open the engine with shared: true');
  const { workers } = capacity;
  if (!Number.isInteger(worker) || worker < 1 || worker >= workers) {
    const hint = `of ${workers} workers seats are for 1 and up, not for ${worker}`;
    throw new EngineError('bad-options', 'workers', worker + 1, workers, hint);
  }
  return { worker, module, memory: memory.memory, capacity };
}

/** Nobody is in a batch here any more, and what the last one left in its work area means nothing. */
export function clearSeat(memory: EngineMemory, worker: number): void {
  const work = memory.offset(SECTION_WORK) + worker * WORK_BYTES;
  memory.bytes.fill(0, work, work + WORK_BYTES);
  Atomics.store(new Int32Array(memory.memory.buffer, CONTROL_OFFSET), seenIndex(worker), EPOCH_IDLE);
}

/** Of the word in which a worker announces itself, from the start of CONTROL. */
function seenIndex(worker: number): number {
  return (CONTROL_SEEN_OFFSET + (worker << CONTROL_SEEN_STRIDE_SHIFT)) / 4;
}
