/** A u32 for each small number, without an object for it. Grows by half when it has to; what was never set is 0. */
export class Column {
  #words: Uint32Array;

  constructor(room = 16) {
    this.#words = new Uint32Array(room);
  }

  at(number: number): number {
    return this.#words[number] ?? 0;
  }

  set(number: number, value: number): void {
    if (number >= this.#words.length) {
      const words = new Uint32Array(1.5 * number + 16);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[number] = value;
  }

  /** Of `number` and those behind it. */
  setAll(number: number, values: readonly number[]): void {
    for (const value of values) this.set(number++, value);
  }
}
