import type { Family, IpPrefix } from '../base/ip.ts';
import {
  LPM_TOO_NARROW,
  SCRATCH_SPEC_COUNT,
  SCRATCH_SPECS_OFFSET,
  SECTION_SCRATCH,
  SPEC_BITS_OFFSET,
  SPEC_BYTES,
  SPEC_FAMILY_OFFSET,
  SPEC_VALUE_OFFSET,
} from '../../assembly/layout.ts';
import { badOption, EngineError } from './errors.ts';
import {
  LARGEST_NARROW_VALUE,
  LARGE_TABLE,
  SMALL_TABLE,
  chooseLpm,
  isLarge,
  leastLeafBytes,
  lpmCode,
  type LeafBytes,
  type LpmChoice,
  type LpmKind,
  type Traffic,
} from './lpm.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** A prefix and its new value; 0 removes it. */
export interface FibChange {
  readonly prefix: IpPrefix;
  readonly value: number;
}

/** By how much a table grows until its kind is looked at again. */
const GROWTH = 1.125;
const MIB = 1024 * 1024;
/** What an empty table takes; of dir24-8 with leaves of two bytes and, while values outgrow them, of four beside. */
const EMPTY_DIR18_BYTES = 4.25 * MIB;
const EMPTY_DIR24_BYTES = 100 * MIB;
/** Bytes a prefix in dir18-run: of a full table of the Internet at most; and where it stops to be worth it. */
const DENSE_BYTES = 128;
const SPARSE_BYTES = 1024;
/** Of dir24-stride6: what an empty table and the first rows take, and the writer's part of a prefix. */
const EMPTY_STRIDE6_BYTES = 6 * MIB;
const STRIDE6_PREFIX_BYTES = 96;

/** A structure in the engine's memory. */
interface Form {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  /** 0 or 1 when it is empty. */
  readonly root: number;
  /** The reason for the kind. */
  readonly why: string;
}

/**
 * One lookup structure: the table of a (VRF, family, purpose). Its root changes with each transaction, and so does its
 * kind, when the number of prefixes or the size of the values asks for another one.
 */
export class Fib {
  readonly family: Family;
  readonly #wanted: LpmKind | 'auto';
  #traffic: Traffic;
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  #published: Form;
  #form: Form;
  /** What the transaction has converted into something else. */
  #replaced: Form[] = [];
  #isTouched = false;
  /** The traffic has changed since the kind was chosen. */
  #isStale = false;
  /** At least as many prefixes as there are, and when it is worth counting them. */
  #atMost = 0;
  /** At the last count, and removals since. */
  #prefixes = 0;
  #removals = 0;
  #countFrom = SMALL_TABLE + 1;
  /** The form that found no room in the last try, what to take in this one instead, and what has been tried. */
  #failed: Form | undefined;
  #instead: LpmChoice | undefined;
  #tried: LpmKind[] = [];

  constructor(
    memory: EngineMemory,
    exports: EngineExports,
    wanted: LpmKind | 'auto',
    family: Family,
    traffic: Traffic,
  ) {
    this.#memory = memory;
    this.#exports = exports;
    this.#wanted = wanted;
    this.#traffic = traffic;
    this.family = family;
    const { kind, why } = chooseLpm(wanted, family, 0, 'patricia');
    this.#form = { kind, leafBytes: leastLeafBytes(kind), root: 0, why };
    this.#published = this.#form;
  }

  /** The algorithm in use. */
  get kind(): LpmKind {
    return this.#form.kind;
  }

  /** The reason for it. */
  get why(): string {
    return this.#form.why;
  }

  /** Lets the next transaction think the kind over, if it is 'auto', even one without changes. */
  set traffic(traffic: Traffic) {
    if (traffic === this.#traffic || this.#wanted !== 'auto') return;
    this.#traffic = traffic;
    this.#isStale = this.family === 4;
  }

  /** Whether a transaction without changes has something to do. */
  get isStale(): boolean {
    return this.#isStale;
  }

  get leafBytes(): LeafBytes {
    return this.#form.leafBytes;
  }

  /** LPM_* code, for the next snapshot. */
  get code(): number {
    return lpmCode(this.#form.kind, this.#form.leafBytes);
  }

  /** For the next snapshot; 0 or 1 when the table is empty. */
  get root(): number {
    return this.#form.root;
  }

  /** Applies changes of this family within the open transaction. Throws EngineError when the arena is full. */
  apply(changes: readonly FibChange[]): void {
    if (changes.length === 0 && !this.#isStale) return;
    this.#isTouched = true;
    if (this.#isStale) this.#countFrom = 0;
    const removals = changes.filter(({ value }) => value === 0).length;
    const hasGrown = this.#wanted === 'auto' && this.#makeRoomFor(changes.length - removals);
    const isWide = this.#form.leafBytes === 4;
    if (!isWide && changes.some(({ value }) => value > LARGEST_NARROW_VALUE)) this.#widen();
    for (let first = 0; first < changes.length; first += SCRATCH_SPEC_COUNT) {
      this.#applySome(changes.slice(first, first + SCRATCH_SPEC_COUNT));
    }
    this.#removals += removals;
    if (this.#wanted === 'auto' && (hasGrown || this.#removals > this.#prefixes / 8)) this.#settle();
    const { root } = this.#form;
    const prepared = this.#exports.lpmPrepare(this.code, this.family, root) >>> 0;
    if (prepared === 0 && root !== 0) this.#fail();
  }

  #applySome(changes: readonly FibChange[]): void {
    const specs = this.#specs;
    for (const [i, change] of changes.entries()) writeSpec(this.#memory, specs + i * SPEC_BYTES, change);
    const root = this.#exports.lpmApply(this.code, this.family, this.#form.root, specs, changes.length);
    if (root === LPM_TOO_NARROW) {
      // More /24 with longer prefixes than leaves of two bytes can number. Doing the same changes again does no harm.
      this.#widen();
      this.#applySome(changes);
    } else if (root === 0) {
      // The engine has undone this table's part of the transaction.
      this.#form = { ...this.#form, root: 0 };
      this.#fail();
    } else {
      this.#form = { ...this.#form, root: root >>> 0 };
    }
  }

  #widen(): void {
    this.#form = this.#converted(this.#form.kind, 4) ?? this.#fail();
  }

  #fail(): never {
    this.#failed = this.#form;
    this.rollback();
    const { fibBytes } = this.#memory.capacity;
    throw new EngineError('no-room', 'fibBytes', fibBytes + 1, fibBytes);
  }

  /**
   * After the rollback of a transaction: whether it can be tried again, since this table of kind 'auto' found no room in
   * it and has another kind to try. A patricia is tried again too: it takes memory that other kinds have left.
   */
  tryAnother(): boolean {
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed === undefined || this.#wanted !== 'auto') return false;
    if (this.#instead !== undefined) this.#tried.push(this.#instead.kind);
    const { kind } = failed;
    const isMany = this.family === 4 && this.#atMost >= LARGE_TABLE;
    const kinds: LpmKind[] = isMany && isLarge(kind) ? ['dir18-run', 'patricia'] : ['patricia'];
    if (isMany) kinds.push('dir18-run');
    if (isLarge(kind)) this.#tried.push(kind);
    const next = kinds.find((each) => !this.#tried.includes(each));
    this.#instead = next && {
      kind: next,
      why: `no room in ${kind}, in an arena of ${mib(this.#memory.capacity.fibBytes)} MiB`,
    };
    return next !== undefined;
  }

  /** The publish fails: the next one begins with the kind that 'auto' has, whatever this one has tried. */
  giveUp(): void {
    this.#instead = undefined;
    this.#tried = [];
  }

  /** Takes the kind that 'auto' has for a table of so many prefixes. True when that is another than before. */
  #choose(prefixes: number): boolean {
    const now = this.#form.kind;
    let { kind, why } = this.#instead ?? chooseLpm('auto', this.family, prefixes, now, this.#traffic);
    if (this.#instead === undefined) {
      for (let refusal; (refusal = this.#refusal(kind, prefixes)) !== ''; why = refusal)
        kind = kind === 'dir24-8' ? 'dir18-run' : 'patricia';
    } else if (kind === 'patricia') {
      this.#exports.lpmMakeRoom(this.family, prefixes);
    }
    const isChange = this.#take(kind);
    if (this.#form.kind !== kind) why = `no room to make ${kind} beside ${now}`;
    this.#form = { ...this.#form, why };
    const next = this.#form.kind === 'compare' ? SMALL_TABLE + 1 : LARGE_TABLE;
    this.#countFrom = Math.max(next, prefixes * GROWTH);
    return isChange;
  }

  /**
   * Why a kind for large tables is not worth its memory for the prefixes that there are, '' when it is: in dir18-run sparse
   * ones, such as host routes of all the world, take a kilobyte each; dir24-stride6 takes the room that prefixes leave.
   * What another kind has used of the arena cannot be had back for this one.
   */
  #refusal(kind: LpmKind, prefixes: number): string {
    if (!isLarge(kind)) return '';
    const { fibBytes } = this.#memory.capacity;
    let bytes = EMPTY_STRIDE6_BYTES + prefixes * STRIDE6_PREFIX_BYTES;
    let share = 0.5;
    if (this.family === 4) {
      bytes = this.#exports.lpmEstimate(this.code, this.#form.root, this.#specs) >>> 0;
      const each = bytes / prefixes;
      if (each > SPARSE_BYTES)
        return `prefixes lie too far apart for ${kind}, which would take ${Math.round(each)} bytes for each`;
      share = each <= DENSE_BYTES ? 0.75 : 0.25;
      bytes += kind === 'dir24-8' ? EMPTY_DIR24_BYTES : EMPTY_DIR18_BYTES;
    }
    if (bytes <= fibBytes * share) return '';
    return `${kind} would take ${mib(bytes)} MiB, at most ${mib(fibBytes * share)} of ${mib(fibBytes)} are worth it`;
  }

  /** Before insertions: takes the kind for as many prefixes as there may come to be. True when it took another. */
  #makeRoomFor(insertions: number): boolean {
    this.#atMost += insertions;
    if (this.#atMost < this.#countFrom) return false;
    const prefixes = this.count();
    this.#atMost = prefixes + insertions;
    return this.#choose(this.#atMost);
  }

  /** After changes: takes the kind for the prefixes that there are. */
  #settle(): void {
    const prefixes = this.count();
    this.#prefixes = prefixes;
    this.#atMost = prefixes;
    this.#removals = 0;
    this.#choose(prefixes);
  }

  /** How many prefixes there are, unpublished ones included. */
  count(): number {
    return this.#exports.lpmCount(this.code, this.family, this.#form.root, this.#specs) >>> 0;
  }

  /** Converts the table, with the narrowest leaves that do. When there is no room for it, it stays what it is. */
  #take(kind: LpmKind): boolean {
    if (kind === this.#form.kind) return false;
    const least = leastLeafBytes(kind);
    const form = this.#converted(kind, least) ?? (least === 4 ? undefined : this.#converted(kind, 4));
    // A list of prefixes that are compared must not grow long, whatever there is room for.
    if (form === undefined)
      return this.#form.kind === 'compare' && kind !== 'patricia' && this.#take('patricia');
    this.#form = form;
    return true;
  }

  /** The same prefixes in another form; undefined when there is no room, or the leaves are too narrow. */
  #converted(kind: LpmKind, leafBytes: LeafBytes): Form | undefined {
    const { family } = this;
    const from = this.#form;
    const code = lpmCode(kind, leafBytes);
    const root = this.#exports.lpmConvert(this.code, family, from.root, code, this.#specs) >>> 0;
    if (root === 0 || root === LPM_TOO_NARROW) return undefined;
    // What this transaction has made no reader has seen: other tables may have its memory at once.
    if (isLarge(from.kind) && from.kind !== this.#published.kind)
      this.#exports.lpmAbandon(this.code, family, from.root);
    else this.#replaced.push(from);
    return { kind, leafBytes, root, why: from.why };
  }

  /** Values less 1 of up to `limit` prefixes behind `after`, in order. */
  slotsAfter(after: IpPrefix | undefined, limit: number): number[] {
    const { root } = this.#form;
    if (after !== undefined) writeSpec(this.#memory, this.#specs, { prefix: after, value: 0 });
    else this.#memory.bytes[this.#specs + SPEC_FAMILY_OFFSET] = 0;
    const slots: number[] = [];
    while (slots.length < limit && this.#exports.lpmNext(this.code, this.family, root, this.#specs) === 1) {
      slots.push(this.#memory.view.getUint32(this.#specs + SPEC_VALUE_OFFSET, true) - 1);
    }
    return slots;
  }

  /** Makes ready what the coming publish shows; nothing may fail between this and that. */
  expose(): void {
    if (!this.#isTouched) return;
    const { family } = this;
    this.#form = { ...this.#form, root: this.#exports.lpmCommit(this.code, this.#form.root) >>> 0 };
    for (const { kind, leafBytes, root } of this.#replaced) {
      this.#exports.lpmDestroy(lpmCode(kind, leafBytes), family, root);
    }
    this.#replaced = [];
  }

  commit(): void {
    this.#published = this.#form;
    this.#isTouched = false;
    this.#isStale = false;
    this.giveUp();
  }

  rollback(): void {
    if (!this.#isTouched) return;
    for (const { kind, leafBytes, root } of [this.#form, ...this.#replaced.reverse()]) {
      this.#exports.lpmAbandon(lpmCode(kind, leafBytes), this.family, root);
    }
    this.#replaced = [];
    this.#form = this.#published;
    this.#isTouched = false;
    this.#countFrom = 0;
  }

  get #specs(): number {
    return this.#memory.offset(SECTION_SCRATCH) + SCRATCH_SPECS_OFFSET;
  }
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

/** The tables of a purpose, one for each family. */
export type FibPair = Readonly<Record<Family, Fib>>;

/** Throws EngineError when the module has no such kind, and on traffic that is neither. */
export function fibPair(
  memory: EngineMemory,
  exports: EngineExports,
  wanted: LpmKind | 'auto',
  traffic: Traffic = 'spread',
): FibPair {
  const isKnown: boolean = traffic === 'spread' || traffic === 'skewed';
  if (!isKnown) throw badOption('traffic', `spread or skewed, not ${traffic}`);
  if (wanted !== 'auto' && exports.lpmCaps(lpmCode(wanted)) === 0) {
    const hint = 'a kind of pxtr/research: pass `wasm: await researchModule()`';
    throw new EngineError('bad-module', wanted, 1, 0, hint);
  }
  return { 4: new Fib(memory, exports, wanted, 4, traffic), 6: new Fib(memory, exports, wanted, 6, traffic) };
}

export function writeSpec({ view }: EngineMemory, at: number, { prefix, value }: FibChange): void {
  const { address, bits } = prefix;
  view.setUint32(at, address.w0, true);
  view.setUint32(at + 4, address.w1, true);
  view.setUint32(at + 8, address.w2, true);
  view.setUint32(at + 12, address.w3, true);
  view.setUint8(at + SPEC_BITS_OFFSET, bits);
  view.setUint8(at + SPEC_FAMILY_OFFSET, address.family);
  view.setUint32(at + SPEC_VALUE_OFFSET, value, true);
}
