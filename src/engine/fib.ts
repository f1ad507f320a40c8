import type { Family, IpPrefix } from '../base/ip.ts';
import {
  SCRATCH_SPEC_COUNT,
  SCRATCH_SPECS_OFFSET,
  SECTION_SCRATCH,
  SPEC_BITS_OFFSET,
  SPEC_BYTES,
  SPEC_FAMILY_OFFSET,
  SPEC_VALUE_OFFSET,
} from '../../assembly/layout.ts';
import { EngineError } from './errors.ts';
import { lpmCode, type LpmKind } from './lpm.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** A prefix and its new value; 0 removes it. */
export interface FibChange {
  readonly prefix: IpPrefix;
  readonly value: number;
}

/** One lookup structure: the table of a (VRF, family, purpose). Its root changes with each transaction. */
export class Fib {
  readonly kind: LpmKind;
  readonly family: Family;
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  #published = 0;
  #root = 0;

  constructor(memory: EngineMemory, exports: EngineExports, kind: LpmKind, family: Family) {
    this.#memory = memory;
    this.#exports = exports;
    this.kind = kind;
    this.family = family;
  }

  /** For the next snapshot; 0 or 1 when the table is empty. */
  get root(): number {
    return this.#root;
  }

  /** Applies changes of this family within the open transaction. Throws EngineError when the arena is full. */
  apply(changes: readonly FibChange[]): void {
    const specs = this.#memory.offset(SECTION_SCRATCH) + SCRATCH_SPECS_OFFSET;
    for (let first = 0; first < changes.length; first += SCRATCH_SPEC_COUNT) {
      const some = changes.slice(first, first + SCRATCH_SPEC_COUNT);
      for (const [i, change] of some.entries()) writeSpec(this.#memory, specs + i * SPEC_BYTES, change);
      const root = this.#exports.lpmApply(lpmCode(this.kind), this.family, this.#root, specs, some.length);
      if (root === 0) {
        // The engine has undone this table's part of the transaction.
        this.#root = this.#published;
        const { fibBytes } = this.#memory.capacity;
        throw new EngineError('no-room', 'fib', fibBytes + 1, fibBytes);
      }
      this.#root = root >>> 0;
    }
  }

  commit(): void {
    this.#published = this.#root;
  }

  rollback(): void {
    if (this.#root !== this.#published) {
      this.#exports.lpmAbandon(lpmCode(this.kind), this.family, this.#root);
    }
    this.#root = this.#published;
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
