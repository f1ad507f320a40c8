/**
 * Source of random bits, handed in from above. Machines keep its position in their saved state, so that a
 * restored machine draws the same numbers again.
 */
export interface Random {
  /** Uniform over 0 .. 2^32-1. */
  u32(): number;
  /** The position, as plain data. */
  save(): RandomState;
  /** Goes back to a position. */
  restore(state: RandomState): void;
}

/** Four u32 words. */
export type RandomState = readonly [number, number, number, number];

/** A 64-bit nonce as two u32 words. */
export interface Nonce {
  readonly hi: number;
  readonly lo: number;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): small, fast, passes PractRand to terabytes. For simulation; a daemon
 * hands in a cryptographic source instead (CP-09).
 */
export class SeededRandom implements Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Equal `(seed, stream)` give equal sequences; `stream` names independent generators of one run. */
  constructor(seed: number, stream = '') {
    // FNV-1a (Fowler, Noll, Vo) spreads the stream name over the state.
    let hash = 0x811c9dc5;
    for (let i = 0; i < stream.length; i++) hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
    this.#a = seed >>> 0;
    this.#b = hash >>> 0;
    this.#c = Math.floor(seed / 0x1_0000_0000) >>> 0;
    for (let i = 0; i < 15; i++) this.u32();
  }

  u32(): number {
    const sum = (((this.#a + this.#b) >>> 0) + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** The position, as plain data. */
  save(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** Goes back to a position. */
  restore(state: RandomState): void {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }
}

export function nonce(random: Random): Nonce {
  return { hi: random.u32(), lo: random.u32() };
}

export function sameNonce(a: Nonce, b: Nonce): boolean {
  return a.hi === b.hi && a.lo === b.lo;
}

export function compareNonce(a: Nonce, b: Nonce): number {
  return a.hi - b.hi || a.lo - b.lo;
}

/** The following nonce; wraps at 2^64. */
export function nextNonce({ hi, lo }: Nonce): Nonce {
  const nextLo = (lo + 1) >>> 0;
  return { hi: nextLo === 0 ? (hi + 1) >>> 0 : hi, lo: nextLo };
}

/** `0x11223344-0x55667788`, as IOS prints it. */
export function formatNonce({ hi, lo }: Nonce): string {
  return `0x${hex8(hi)}-0x${hex8(lo)}`;
}

/** Uniform over [0, 1). */
export function fraction(random: Random): number {
  return random.u32() / 0x1_0000_0000;
}

function hex8(word: number): string {
  return word.toString(16).toUpperCase().padStart(8, '0');
}
