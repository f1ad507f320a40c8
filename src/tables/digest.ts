/** What contenders must agree on: FNV-1a over the results and their sum, as bench/native/digest.h has them. */
export class Digest {
  #hash = 0x811c9dc5;
  #sum = 0n;

  add(values: ArrayLike<number> & Iterable<number>): void {
    let hash = this.#hash;
    let sum = 0;
    for (const value of values) {
      hash = Math.imul(hash ^ value, 0x01000193);
      sum += value;
    }
    this.#hash = hash;
    this.#sum += BigInt(sum);
  }

  toString(): string {
    return `${(this.#hash >>> 0).toString(16).padStart(8, '0')} ${this.#sum}`;
  }
}
