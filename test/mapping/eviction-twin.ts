/** What EvictionOrder does, with lists of texts: the last of a list leaves first. */
export class EvictionTwin {
  probation: string[] = [];
  proven: string[] = [];
  /** The oldest is last; undefined where one came back. */
  remembered: (string | undefined)[] = [];
  readonly #seen = new Map<string, number>();
  readonly #room: number;
  readonly #hitsOf: (key: string) => number;

  constructor(room: number, hitsOf: (key: string) => number) {
    this.#room = room;
    this.#hitsOf = hitsOf;
  }

  add(key: string): void {
    this.#seen.set(key, this.#hitsOf(key));
    if (!this.remembered.includes(key)) this.probation.unshift(key);
    else this.proven.unshift(key);
    this.#forget(key);
  }

  remove(key: string): void {
    this.probation = this.probation.filter((each) => each !== key);
    this.proven = this.proven.filter((each) => each !== key);
  }

  evict(): string | undefined {
    for (let looks = 1; looks <= 64; looks++) {
      const isProbation = this.proven.length === 0 || this.probation.length > this.#room / 10;
      const key = (isProbation ? this.probation : this.proven).pop();
      if (key === undefined) return undefined;
      const [hits, seen] = [this.#hitsOf(key), this.#seen.get(key)!];
      const used = hits < seen ? hits : hits - seen;
      if (used >= (isProbation ? 2 : 1) && looks < 64) {
        this.#seen.set(key, this.#hitsOf(key));
        this.proven.unshift(key);
        continue;
      }
      if (isProbation) {
        this.#forget(key);
        this.remembered = [key, ...this.remembered].slice(0, Math.ceil(this.#room / 2));
      }
      return key;
    }
    throw new Error('unreachable');
  }

  #forget(key: string): void {
    this.remembered = this.remembered.map((each) => (each === key ? undefined : each));
  }
}
