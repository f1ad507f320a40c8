/** Named counters of a router's control plane, in order of first use. Plain data underneath. */
export class ControlCounters {
  #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  clear(): void {
    this.#counts.clear();
  }

  all(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  save(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }

  restore(state: readonly (readonly [string, number])[]): void {
    this.#counts = new Map(state);
  }
}
