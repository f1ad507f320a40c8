/**
 * Changes of a full table, for each kind: prefixes are withdrawn in one publish and announced again in the next, 1, 64
 * or 4096 of them together, with nobody and with one thread that looks addresses up all the while and checks values. A
 * time is that of the engine for a change, publish included; how long a publish took stands below, and in the JSON of each
 * round.
 */
import { performance } from 'node:perf_hooks';
import type { Family } from '../src/base/ip.ts';
import type { FibChange } from '../src/engine/fib.ts';
import { ALL_KINDS, BUILT_WHOLE, LISTS } from '../src/bench/forms.ts';
import { leastLeafBytes, serves, type LpmKind } from '../src/engine/lpm.ts';
import { Flapping, type FlappingSetting } from '../src/bench/flapping.ts';
import { PublishTimes, publishingText, type Publishing } from '../src/bench/publish-times.ts';
import { flaps, watch, WATCHED } from '../src/bench/update-work.ts';
import { startReader } from '../src/cli/bench-reader.ts';
import { failureText } from '../src/cli/failure-text.ts';
import { fullTable } from './full-rows.ts';
import type { Case, Round, SelfTimed, Suite } from './runner.ts';

/** Prefixes that change together. */
const SIZES = [1, 64, 4096];
/** Prefixes that a contender changes in a round, about, and publishes at most. */
const ENOUGH = 50_000;
const MOST_LISTS = 2000;

/** Tables of the case that is measured: those of all cases together would not fit. */
let open: readonly FlapContender[] = [];

export const updateSuite: Suite = {
  name: 'update',
  isOptional: true,
  cases: (seed, settings) => {
    const rows = fullTable(settings);
    return ([4, 6] as const).flatMap((family) =>
      SIZES.flatMap((size) => [0, 1].map((readers) => updateCase(family, rows[family], size, readers, seed))),
    );
  },
  close: () => {
    for (const each of open) each.close();
  },
};

function updateCase(
  family: Family,
  rows: readonly FibChange[],
  size: number,
  readers: number,
  seed: number,
): Case {
  const isLargest = size === SIZES.at(-1) && readers === 0;
  const kinds = ALL_KINDS.filter(
    (kind) => serves(kind, family) && !LISTS.includes(kind) && (isLargest || !BUILT_WHOLE.includes(kind)),
  );
  const lists = flaps(rows, size, Math.min(MOST_LISTS, Math.ceil(ENOUGH / size)), seed);
  const notes: Record<string, string> = {};
  const setting: FlappingSetting = {
    family,
    rows,
    lists,
    watched: watch(family, rows, lists, WATCHED, seed),
    ...(readers === 0 ? {} : { startReader }),
  };
  const contenders = kinds.map((kind) => new FlapContender(kind, setting, notes));
  return {
    name: `IPv${family}, ${size} at once, ${readers === 0 ? 'nobody reads' : 'one thread reads'}`,
    unit: 'change',
    operations: 1,
    baseline: contenders.find(({ kind }) => kind === 'patricia')!.name,
    contenders,
    gate: async () => {
      for (const each of open) each.close();
      open = contenders;
      for (const each of contenders) await each.gate();
    },
    facts: { prefixes: rows.length, 'changes a publish': size },
    notes,
  };
}

/** A table whose prefixes come and go, as the runner has its contenders. */
class FlapContender implements SelfTimed {
  readonly kind: LpmKind;
  readonly name: string;
  readonly #setting: FlappingSetting;
  readonly #notes: Record<string, string>;
  readonly #flapping: Flapping;
  /** Of all rounds that count. */
  readonly #times: PublishTimes;
  #lookups = 0;

  constructor(kind: LpmKind, setting: FlappingSetting, notes: Record<string, string>) {
    const leafBytes = leastLeafBytes(kind);
    this.kind = kind;
    this.name = `${kind} ${leafBytes} B`;
    this.#setting = setting;
    this.#notes = notes;
    this.#flapping = new Flapping({ kind, leafBytes }, setting);
    this.#times = new PublishTimes(setting.lists[0]!.length);
  }

  async gate(): Promise<void> {
    await this.#named(this.#flapping.open());
  }

  async time(round: number): Promise<Round> {
    const { lists, startReader: reader } = this.#setting;
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const { times, ms, beside } = await this.#named(this.#flapping.flap(lists));
    const { user, system } = process.cpuUsage(cpu);
    const threads = reader === undefined ? 1 : 2;
    // A reader that did not get to read on a busy machine: what was measured is a writer alone.
    const busy = beside?.lookups !== 0 ? (user + system) / 1000 / (performance.now() - wall) / threads : 0;
    const changes = 2 * lists.reduce((sum, { length }) => sum + length, 0);
    if (round > 0) {
      this.#times.addAll(times);
      this.#lookups += beside?.lookups ?? 0;
      this.#notes[this.name] = publishingText(this.publishing());
    }
    return {
      medianNs: (ms * 1e6) / changes,
      calls: 2 * lists.length,
      cpuShare: Math.min(1, busy),
      publish: times.told(beside),
    };
  }

  publishing(): Publishing {
    const { startReader: reader } = this.#setting;
    // Of those with torn reads, nothing is told.
    return this.#times.told(reader === undefined ? undefined : { lookups: this.#lookups, torn: 0 });
  }

  close(): void {
    void this.#flapping.close();
  }

  /** Whoever fails is told by name: many are measured together. */
  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (problem) {
      throw new Error(`${this.name}: ${failureText(problem)}`, { cause: problem });
    }
  }
}
