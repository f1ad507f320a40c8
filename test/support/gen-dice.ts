import type { Family } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';

/** Random choices that are repeatable from a seed. */
export class Dice {
  readonly seed: number;
  readonly #random: SeededRandom;

  constructor(seed: number, stream: string) {
    this.seed = seed;
    this.#random = new SeededRandom(seed, stream);
  }

  u32(): number {
    return this.#random.u32();
  }

  /** 0 .. bound - 1. */
  int(bound: number): number {
    return this.#random.u32() % bound;
  }

  chance(percent: number): boolean {
    return this.int(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }

  family(): Family {
    return this.chance(50) ? 4 : 6;
  }
}
