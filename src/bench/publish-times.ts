/** How long publishes took: those that withdraw prefixes and those that announce them apart. */
import { percentile } from './statistics.ts';

/** Microseconds of the engine for a publish, its changes included, by nearest rank. */
export interface PublishPercentiles {
  readonly p50Us: number;
  readonly p99Us: number;
  /** Publishes. */
  readonly n: number;
}

export interface Publishing {
  /** Changes of each publish. With 1, the percentiles are those of single changes; of several, nobody can tell them. */
  readonly changes: number;
  readonly withdraw: PublishPercentiles;
  readonly announce: PublishPercentiles;
  /** With a thread that reads: its lookups meanwhile, and how many of their values were of no state of the table. */
  readonly lookupsBeside?: number;
  readonly torn?: number;
}

/** What a thread read beside. */
export interface Beside {
  readonly lookups: number;
  readonly torn: number;
}

export class PublishTimes {
  readonly #changes: number;
  readonly #withdraw: number[] = [];
  readonly #announce: number[] = [];

  constructor(changes: number) {
    this.#changes = changes;
  }

  add(what: 'withdraw' | 'announce', milliseconds: number): void {
    (what === 'withdraw' ? this.#withdraw : this.#announce).push(milliseconds);
  }

  /** With all that others have. */
  addAll(others: PublishTimes): void {
    for (const each of others.#withdraw) this.#withdraw.push(each);
    for (const each of others.#announce) this.#announce.push(each);
  }

  /** At least one publish of each sort must have been added. */
  told(beside?: Beside): Publishing {
    return {
      changes: this.#changes,
      withdraw: percentilesOf(this.#withdraw),
      announce: percentilesOf(this.#announce),
      ...(beside === undefined ? {} : { lookupsBeside: beside.lookups, torn: beside.torn }),
    };
  }
}

function percentilesOf(milliseconds: readonly number[]): PublishPercentiles {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (percent: number): number => 1000 * percentile(sorted, percent);
  return { p50Us: at(50), p99Us: at(99), n: sorted.length };
}

export function publishingText({ withdraw, announce, lookupsBeside, torn }: Publishing): string {
  const each = ({ p50Us, p99Us }: PublishPercentiles): string =>
    `${p50Us.toFixed(1)} us in the middle, ${p99Us.toFixed(1)} us at p99`;
  const publishes = `a publish that withdraws took ${each(withdraw)}, one that announces ${each(announce)}`;
  if (lookupsBeside === undefined) return publishes;
  return `${publishes}; ${(lookupsBeside / 1e6).toFixed(0)} M lookups beside, ${torn ?? 0} torn`;
}
