import { Column } from '../base/column.ts';

/** Words of a member; its number is where they begin. 0 is none, whose words nobody reads. */
const WORDS = 6;
const REWRITE = 0;
const PREFERENCE = 1;
const SET = 2;
/** In the set. Of a free one, the next that is free: the one behind it where it has never been used. */
const NEXT = 3;
/** Among those of all sets with the same rewrite. */
const LATER = 4;
const EARLIER = 5;

/**
 * Which rewrites are in which locator sets: a list of members for each set, and one of those that stand for it for each
 * rewrite. 24 bytes a member, and 4 for each set and each rewrite.
 */
export class SetMembers {
  readonly #words = new Column();
  /** By set, and by rewrite. */
  readonly #first = new Column();
  readonly #latest = new Column();
  #free = WORDS;

  /** In front of the others of the set. `preference`: any 32 bits. */
  add(set: number, rewrite: number, preference: number): void {
    const member = this.#free;
    this.#free = this.#words.at(member + NEXT) || member + WORDS;
    const earlier = this.#latest.at(rewrite);
    this.#words.setAll(member, [rewrite, preference, set, this.#first.at(set), 0, earlier]);
    this.#words.set(earlier + LATER, member);
    this.#latest.set(rewrite, member);
    this.#first.set(set, member);
  }

  /** Makes the set empty; the rewrites that were in it. */
  clear(set: number): number[] {
    const rewrites = this.rewritesOf(set);
    for (const rewrite of rewrites) {
      const member = this.#first.at(set);
      const [later, earlier] = [this.#words.at(member + LATER), this.#words.at(member + EARLIER)];
      if (later === 0) this.#latest.set(rewrite, earlier);
      this.#words.set(later + EARLIER, earlier);
      this.#words.set(earlier + LATER, later);
      this.#first.set(set, this.#words.at(member + NEXT));
      this.#words.set(member + NEXT, this.#free);
      this.#free = member;
    }
    return rewrites;
  }

  /** Whether `isIt` holds for each member, from the first on to where it does not. */
  every(set: number, isIt: (rewrite: number, preference: number) => boolean): boolean {
    let member = this.#first.at(set);
    while (member !== 0 && isIt(this.#words.at(member + REWRITE), this.#words.at(member + PREFERENCE)))
      member = this.#words.at(member + NEXT);
    return member === 0;
  }

  rewritesOf(set: number): number[] {
    return this.#walk(this.#first.at(set), NEXT, REWRITE);
  }

  /** Sets that a rewrite is in. */
  setsOf(rewrite: number): number[] {
    return this.#walk(this.#latest.at(rewrite), EARLIER, SET);
  }

  #walk(member: number, link: number, what: number): number[] {
    const found: number[] = [];
    for (; member !== 0; member = this.#words.at(member + link)) found.push(this.#words.at(member + what));
    return found;
  }
}
