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
import { EngineError } from './errors.ts';
import {
  LARGEST_NARROW_VALUE,
  LARGE_TABLE,
  chooseLpm,
  leastLeafBytes,
  lpmCode,
  type LeafBytes,
  type LpmKind,
} from './lpm.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** A prefix and its new value; 0 removes it. */
export interface FibChange {
  readonly prefix: IpPrefix;
  readonly value: number;
}

/** A structure in the engine's memory. */
interface Form {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  /** 0 or 1 when it is empty. */
  readonly root: number;
}

/**
 * One lookup structure: the table of a (VRF, family, purpose). Its root changes with each transaction, and so does its
 * kind, when the number of prefixes or the size of the values asks for another one.
 */
export class Fib {
  readonly family: Family;
  readonly #wanted: LpmKind | 'auto';
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  #published: Form;
  #form: Form;
  /** What the transaction has converted into something else. */
  #replaced: Form[] = [];
  #isTouched = false;
  /** At least as many prefixes as there are, and when it is worth counting them. */
  #atMost = 0;
  #countFrom = LARGE_TABLE;

  constructor(memory: EngineMemory, exports: EngineExports, wanted: LpmKind | 'auto', family: Family) {
    this.#memory = memory;
    this.#exports = exports;
    this.#wanted = wanted;
    this.family = family;
    const kind = chooseLpm(wanted, family, 0, 'patricia');
    this.#form = { kind, leafBytes: leastLeafBytes(kind), root: 0 };
    this.#published = this.#form;
  }

  /** The algorithm in use. */
  get kind(): LpmKind {
    return this.#form.kind;
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
    if (changes.length === 0) return;
    this.#isTouched = true;
    const isWide = this.#form.leafBytes === 4;
    if (!isWide && changes.some(({ value }) => value > LARGEST_NARROW_VALUE)) this.#widen();
    for (let first = 0; first < changes.length; first += SCRATCH_SPEC_COUNT) {
      this.#applySome(changes.slice(first, first + SCRATCH_SPEC_COUNT));
    }
    this.#adapt(changes);
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
    this.rollback();
    const { fibBytes } = this.#memory.capacity;
    throw new EngineError('no-room', 'fib', fibBytes + 1, fibBytes);
  }

  /** Takes the kind that suits the number of prefixes by now. When there is no room for it, the one there is stays. */
  #adapt(changes: readonly FibChange[]): void {
    if (this.#wanted !== 'auto') return;
    for (const { value } of changes) if (value !== 0) this.#atMost += 1;
    const isSmall = this.#form.kind === 'patricia';
    if (isSmall && this.#atMost < this.#countFrom) return;
    const prefixes = this.#exports.lpmCount(this.code, this.family, this.#form.root, this.#specs);
    this.#atMost = prefixes;
    const kind = chooseLpm('auto', this.family, prefixes, this.#form.kind);
    this.#countFrom = Math.max(LARGE_TABLE, prefixes + (prefixes >>> 3));
    if (kind === this.#form.kind) return;
    const narrow = this.#converted(kind, leastLeafBytes(kind));
    const form = narrow ?? (leastLeafBytes(kind) === 2 ? this.#converted(kind, 4) : undefined);
    if (form !== undefined) this.#form = form;
    else this.#countFrom = Math.max(this.#countFrom, prefixes * 2);
  }

  /** The same prefixes in another form; undefined when there is no room, or the leaves are too narrow. */
  #converted(kind: LpmKind, leafBytes: LeafBytes): Form | undefined {
    const { family } = this;
    const from = this.#form;
    const code = lpmCode(kind, leafBytes);
    const root = this.#exports.lpmConvert(this.code, family, from.root, code, this.#specs) >>> 0;
    if (root === 0 || root === LPM_TOO_NARROW) return undefined;
    this.#replaced.push(from);
    return { kind, leafBytes, root };
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
  }

  rollback(): void {
    if (!this.#isTouched) return;
    for (const { kind, leafBytes, root } of [this.#form, ...this.#replaced.reverse()]) {
      this.#exports.lpmAbandon(lpmCode(kind, leafBytes), this.family, root);
    }
    this.#replaced = [];
    this.#form = this.#published;
    this.#isTouched = false;
  }

  get #specs(): number {
    return this.#memory.offset(SECTION_SCRATCH) + SCRATCH_SPECS_OFFSET;
  }
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
