/** What is right for each key of a trace, and what is wrong with the answers of somebody else. */
import type { Family } from '../src/base/ip.ts';
import { digestOf, keyText } from '../src/bench/gate.ts';

/** What somebody answers for the first keys of a trace. */
export interface Answers {
  /** For how many. */
  readonly count: number;
  /** It only tells whether there is a match, 1 or 0. */
  readonly isMatch: boolean;
  /** Of the first `count` answers. */
  readonly digest: (count: number) => string | Promise<string>;
  readonly at: (key: number) => number | Promise<number>;
  /** Of all of them, added up as in a pass that is timed. */
  readonly sum: () => string | Promise<string>;
}

export class RightAnswers {
  readonly #family: Family;
  readonly #keys: Uint32Array;
  readonly #values: Uint32Array;
  /** Digests that have been asked for. */
  readonly #digests = new Map<string, string>();

  /** A value for each key of one word, or four. */
  constructor(family: Family, keys: Uint32Array, values: Uint32Array) {
    this.#family = family;
    this.#keys = keys;
    this.#values = values;
  }

  get count(): number {
    return this.#values.length;
  }

  /** The first `count` keys. */
  keys(count: number): Uint32Array {
    return this.#keys.subarray(0, count * (this.#family === 4 ? 1 : 4));
  }

  /** Why these answers are refused: the first wrong one, and the digests. Undefined: all of them are right. */
  async complaint(given: Answers): Promise<string | undefined> {
    const { count, isMatch } = given;
    const right = this.#digest(count, isMatch);
    const digest = await given.digest(count);
    if (digest !== right) {
      const first = await this.#firstWrong(given);
      return `${first}; over ${count} keys ${digest}, where ${right} is right`;
    }
    const [sum, rightSum] = [await given.sum(), right.split(' ')[1]!];
    return sum === rightSum
      ? undefined
      : `adds up to ${sum} in the pass that is timed, where ${rightSum} is right`;
  }

  async #firstWrong(given: Answers): Promise<string> {
    let [right, wrong] = [0, given.count];
    while (wrong - right > 1) {
      const middle = (right + wrong) >>> 1;
      if ((await given.digest(middle)) === this.#digest(middle, given.isMatch)) right = middle;
      else wrong = middle;
    }
    const value = this.#value(right, given.isMatch);
    return `answers ${await given.at(right)} for ${keyText(this.#family, this.#keys, right)}, where ${value} is right`;
  }

  #value(key: number, isMatch: boolean): number {
    const value = this.#values[key]!;
    return isMatch ? Math.min(1, value) : value;
  }

  #digest(count: number, isMatch: boolean): string {
    const name = `${count} ${isMatch}`;
    const values = this.#values.subarray(0, count);
    const digest =
      this.#digests.get(name) ?? digestOf(isMatch ? values.map((value) => Math.min(1, value)) : values);
    this.#digests.set(name, digest);
    return digest;
  }
}
