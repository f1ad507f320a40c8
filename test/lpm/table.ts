// One lookup table of the engine, driven through its raw exports, and the oracle it is held to. Addresses are bigints
// here, so that nothing is shared with the word arithmetic of the code under test.
import {
  ARENA_HEADER_BYTES,
  BUFFER_BYTES,
  CONTROL_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  CONTROL_SNAPSHOT_OFFSET,
  EMPTY_ROOT,
  EPOCH_IDLE,
  LPM_TOO_NARROW,
  CONTROL_EPOCH_OFFSET,
  SCRATCH_KEYS_OFFSET,
  SCRATCH_RESULTS_OFFSET,
  SCRATCH_SPECS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  SPEC_BITS_OFFSET,
  SPEC_BYTES,
  SPEC_FAMILY_OFFSET,
  SPEC_VALUE_OFFSET,
} from '../../assembly/layout.ts';
import type { Family } from '../../src/base/ip.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { isResearchKind, lpmCode, type LeafBytes, type LpmKind } from '../../src/engine/lpm.ts';
import { makeEngine, type EngineBuild } from '../engine/engine-builds.ts';

/** A prefix and its value; bits of `key` beyond `bits` are 0. */
export interface Row {
  readonly key: bigint;
  readonly bits: number;
  readonly value: number;
}

export function widthOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

export function row(family: Family, key: bigint, bits: number, value: number): Row {
  const free = BigInt(widthOf(family) - bits);
  return { key: (key >> free) << free, bits, value };
}

/** The oracle: of all rows that contain the key, the longest. 0 = none. */
export function bruteForce(family: Family, rows: Iterable<Row>, key: bigint): number {
  let best: Row | undefined;
  for (const each of rows) {
    const free = BigInt(widthOf(family) - each.bits);
    if (each.key >> free !== key >> free) continue;
    if (best === undefined || each.bits > best.bits) best = each;
  }
  return best?.value ?? 0;
}

/** First and last address of every row, and those just outside. */
export function borders(family: Family, rows: Iterable<Row>): bigint[] {
  const top = (1n << BigInt(widthOf(family))) - 1n;
  const keys = new Set<bigint>([0n, top]);
  for (const { key, bits } of rows) {
    const last = key | (top >> BigInt(bits));
    for (const at of [key - 1n, key, last, last + 1n]) if (at >= 0n && at <= top) keys.add(at);
  }
  return [...keys];
}

export interface TableOptions {
  readonly kind: LpmKind;
  readonly build: EngineBuild;
  readonly family: Family;
  /** Default 4. */
  readonly leafBytes?: LeafBytes;
  /** Room for blocks, beside the arena's header, as a kind of small nodes needs it. */
  readonly room?: number;
  /** The same, as it stands. */
  readonly exactRoom?: number;
  /** Prefixes that one call can take. */
  readonly specs?: number;
}

/** The writer's part of an empty table, and one chunk of nodes. */
const EMPTY_IN_PLACE = (3 << 20) + 128 * 1024;

/** Kinds that are changed in place: what an empty table takes, and how many times the room of small nodes they need. */
const IN_PLACE: Partial<
  Record<LpmKind, (leafBytes: number, room: number) => { readonly base: number; readonly times: number }>
> = {
  'dir18-run': () => ({ base: EMPTY_IN_PLACE + (1 << 20), times: 64 }),
  'dir24-8': (leafBytes) => ({ base: EMPTY_IN_PLACE + (leafBytes << 24), times: 64 }),
  // With the nodes that are kept for removals. A room that is to run out must not hold rows: they are large.
  'dir24-stride6': (leafBytes, room) => ({
    base: (leafBytes === 2 ? 4_723_840 : 660_576) + 129 * 48,
    times: room < 64 * 1024 ? 1 : 64,
  }),
};

/** Research kinds that change by path copy, and how many times the room of patricia's nodes they need. */
const TRIES: Partial<Record<LpmKind, Readonly<Record<Family, number>>>> = {
  'binary-trie': { 4: 8, 6: 32 },
  'tree-bitmap': { 4: 4, 6: 16 },
};

/** Kinds that are built whole: structures of small tables, IPv6 included, and what growing ones leave behind. */
const builtWhole = (kind: LpmKind): number => (kind === 'hash-length' ? 1 << 18 : 64 << 20);

/** A table and the only writer of its arena. Changes belong to a transaction that `publish` ends. */
export class LpmTable {
  readonly family: Family;
  readonly engine: Engine;
  /** Readers see an address before a change or after it; a root stands for the table of the last publish. */
  readonly isInPlace: boolean;
  /** Changes show once the table is built anew. Here each call that changes it does so, and publishes. */
  readonly isBuiltWhole: boolean;
  readonly #code: number;
  readonly #specCount: number;
  root: number = EMPTY_ROOT;
  #isReaderBusy = false;

  constructor({
    kind,
    build,
    family,
    leafBytes = 4,
    room = 512 * 1024,
    exactRoom,
    specs = 4096,
  }: TableOptions) {
    this.family = family;
    const inPlace = IN_PLACE[kind]?.(leafBytes, room);
    this.isInPlace = inPlace !== undefined;
    this.isBuiltWhole = isResearchKind(kind) && TRIES[kind] === undefined;
    const base = this.isBuiltWhole ? builtWhole(kind) : (inPlace?.base ?? 0);
    this.#code = lpmCode(kind, leafBytes);
    this.#specCount = specs;
    this.engine = makeEngine(build, {
      workers: 2,
      fibBytes:
        ARENA_HEADER_BYTES + (exactRoom ?? base + room * (inPlace?.times ?? TRIES[kind]?.[family] ?? 1)),
      // Packet buffers, unused here, hold the prefixes of a call.
      buffers: Math.ceil((specs * SPEC_BYTES) / BUFFER_BYTES),
    });
    this.engine.exports.fibBegin();
  }

  /** An empty table in an empty arena. */
  clear(): void {
    this.engine.exports.fibInit();
    this.root = EMPTY_ROOT;
  }

  build(rows: readonly Row[]): boolean {
    return this.#take(this.engine.exports.lpmBuild(this.#code, this.family, this.#write(rows), rows.length));
  }

  insert(each: Row): boolean {
    return this.#take(this.engine.exports.lpmInsert(this.#code, this.root, this.#write([each])));
  }

  remove(each: Row): boolean {
    return this.#take(this.engine.exports.lpmRemove(this.#code, this.root, this.#write([each])));
  }

  /** Inserts, or removes where the value is 0. */
  apply(rows: readonly Row[]): boolean {
    return this.#take(
      this.engine.exports.lpmApply(this.#code, this.family, this.root, this.#write(rows), rows.length),
    );
  }

  /** Applies changes to a table that is built whole, and builds it, without a publish. */
  changeUnpublished(rows: readonly Row[]): void {
    const { exports } = this.engine;
    const { root } = this;
    const changed = exports.lpmApply(this.#code, this.family, root, this.#write(rows), rows.length) >>> 0;
    this.root = exports.lpmPrepare(this.#code, this.family, changed) >>> 0;
  }

  footprint(rows: readonly Row[]): number {
    return this.engine.exports.lpmFootprint(this.#code, this.family, this.#write(rows), rows.length) >>> 0;
  }

  abandon(): void {
    this.engine.exports.lpmAbandon(this.#code, this.family, this.root);
  }

  /** One value a key, in batches of `length`. */
  lookup(keys: readonly bigint[], root = this.root, length = 256): number[] {
    // In place, what was not published cannot be looked up.
    if (this.isInPlace && root === this.root && !this.#isReaderBusy) this.publish();
    return this.lookupPublished(keys, this.isInPlace && !this.#isReaderBusy ? this.root : root, length);
  }

  /** The same without a publish before it: what a reader sees. */
  lookupPublished(keys: readonly bigint[], root = this.root, length = 256): number[] {
    const { memory, exports } = this.engine;
    const scratch = memory.offset(SECTION_SCRATCH);
    const keysAt = scratch + SCRATCH_KEYS_OFFSET;
    const out = scratch + SCRATCH_RESULTS_OFFSET;
    const values: number[] = [];
    for (let first = 0; first < keys.length; first += length) {
      const some = keys.slice(first, first + length);
      some.forEach((key, i) => this.#writeKey(keysAt + i * (this.family === 4 ? 4 : 16), key));
      exports.lpmBatch(this.#code, this.family, root, keysAt, out, some.length);
      for (let i = 0; i < some.length; i++) values.push(memory.view.getUint32(out + 4 * i, true));
    }
    return values;
  }

  /** Ends the transaction as a publish does, and begins the next. */
  publish(): void {
    const { memory, exports } = this.engine;
    this.root = exports.lpmCommit(this.#code, this.root) >>> 0;
    exports.publish(memory.view.getUint32(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET, true));
    exports.fibBegin();
  }

  /** Worker 1 begins a batch, as seen by the writer, or ends it. */
  setReaderBusy(busy: boolean): void {
    this.#isReaderBusy = busy;
    const { view } = this.engine.memory;
    const epoch = view.getInt32(CONTROL_OFFSET + CONTROL_EPOCH_OFFSET, true);
    const seen = CONTROL_OFFSET + CONTROL_SEEN_OFFSET + (1 << CONTROL_SEEN_STRIDE_SHIFT);
    view.setInt32(seen, busy ? epoch : EPOCH_IDLE, true);
  }

  /** All prefixes, by address and then length, as the engine lists them. */
  list(): Row[] {
    const { memory, exports } = this.engine;
    const spec = memory.offset(SECTION_SCRATCH) + SCRATCH_SPECS_OFFSET;
    memory.bytes.fill(0, spec, spec + SPEC_BYTES);
    const rows: Row[] = [];
    while (exports.lpmNext(this.#code, this.family, this.root, spec) === 1) {
      const words = this.family === 4 ? [0] : [0, 1, 2, 3];
      rows.push({
        key: words.reduce((key, i) => (key << 32n) | BigInt(memory.view.getUint32(spec + 4 * i, true)), 0n),
        bits: memory.view.getUint8(spec + SPEC_BITS_OFFSET),
        value: memory.view.getUint32(spec + SPEC_VALUE_OFFSET, true),
      });
    }
    return rows;
  }

  get count(): number {
    const { memory, exports } = this.engine;
    const spec = memory.offset(SECTION_SCRATCH) + SCRATCH_SPECS_OFFSET;
    return exports.lpmCount(this.#code, this.family, this.root, spec);
  }

  /** What lookups walk, as published. */
  get readerBytes(): number {
    return this.engine.exports.lpmReaderBytes(this.#code, this.root) >>> 0;
  }

  /** Ends what is under way and counts what the tables take. */
  get liveBytes(): number {
    if (this.isInPlace) this.publish();
    return this.engine.stats().fibLiveBytes;
  }

  get retiredBytes(): number {
    if (this.isInPlace) this.publish();
    return this.engine.stats().fibRetiredBytes;
  }

  /** 0 means no room, and LPM_TOO_NARROW that leaves of two bytes do not do: the table stays what it was. */
  #take(root: number): boolean {
    const isDone = root !== 0 && root !== LPM_TOO_NARROW;
    if (this.isBuiltWhole) return this.#takeBuilt(isDone ? root >>> 0 : 0);
    if (isDone) this.root = root >>> 0;
    return isDone;
  }

  #takeBuilt(root: number): boolean {
    const { exports } = this.engine;
    if (root !== 0 && exports.lpmPrepare(this.#code, this.family, root) !== 0) {
      this.root = root;
      this.publish();
      return true;
    }
    if (root !== 0) exports.lpmAbandon(this.#code, this.family, root);
    exports.fibRollback();
    return false;
  }

  #write(rows: readonly Row[]): number {
    if (rows.length > this.#specCount)
      throw new Error(`${rows.length} prefixes, room for ${this.#specCount}`);
    const { memory } = this.engine;
    const specs = memory.offset(SECTION_BUFFERS);
    memory.bytes.fill(0, specs, specs + rows.length * SPEC_BYTES);
    rows.forEach(({ key, bits, value }, i) => {
      const at = specs + i * SPEC_BYTES;
      this.#writeKey(at, key);
      memory.view.setUint8(at + SPEC_BITS_OFFSET, bits);
      memory.view.setUint8(at + SPEC_FAMILY_OFFSET, this.family);
      memory.view.setUint32(at + SPEC_VALUE_OFFSET, value, true);
    });
    return specs;
  }

  #writeKey(at: number, key: bigint): void {
    const { view } = this.engine.memory;
    const words = this.family === 4 ? 1 : 4;
    for (let i = 0; i < words; i++) {
      view.setUint32(at + 4 * i, Number((key >> BigInt(32 * (words - 1 - i))) & 0xffff_ffffn), true);
    }
  }
}
