/** A cache of so many lines that forgets what was not used for longest; any line may lie anywhere. */
export class LruCache {
  readonly #lines: number;
  /** In order of use, the oldest first. */
  readonly #held = new Set<number>();

  constructor(lines: number) {
    this.#lines = lines;
  }

  /** Uses a line. True when it was there. */
  use(line: number): boolean {
    const isHit = this.#held.delete(line);
    this.#held.add(line);
    if (this.#held.size > this.#lines) {
      for (const oldest of this.#held) {
        this.#held.delete(oldest);
        break;
      }
    }
    return isHit;
  }
}
