/**
 * Changes of a full table, for each kind: prefixes are withdrawn in one publish and announced again in the next, 1, 64
 * or 4096 of them together, with nobody and with one thread that looks addresses up all the while and checks values. A
 * time is that of the engine for a change, publish included; how long a publish took stands below, and in the JSON of each
 * round.
 */
import { performance } from 'node:perf_hooks';
import type { Family } from '../src/base/ip.ts';
import type { FibChange } from '../src/engine/fib.ts';
import { ALL_KINDS, LISTS } from '../src/bench/forms.ts';
import { isResearchKind, leastLeafBytes, serves, type LpmKind } from '../src/engine/lpm.ts';
import { engineModuleSync, researchModuleSync, sharedModuleSync } from '../src/engine/open-research-node.ts';
import { ResearchTable } from '../src/engine/research-table.ts';
import { WorkerPool } from '../src/threads/worker-pool.ts';
import { fullTable } from './full-rows.ts';
import { PublishTimes, publishingText, type Beside, type Publishing } from './publish-times.ts';
import type { Case, Round, SelfTimed, Suite } from './runner.ts';
import type { ReaderData, Readings } from './update-thread.ts';
import { flaps, impossible, watch, type Watched } from './update-work.ts';

/** Prefixes that change together. */
const SIZES = [1, 64, 4096];
const WATCHED = 8192;
/** Kinds that are built anew for each publish, which only pays for many changes. */
const BUILT_WHOLE: readonly LpmKind[] = ['multibit', 'poptrie', 'dxr', 'sail', 'hash-length'];
/** Prefixes that a contender changes in a round, about, and publishes at most. */
const ENOUGH = 50_000;
const MOST_LISTS = 2000;

/** Tables of the case that is measured: those of all cases together would not fit. */
let open: readonly Flapping[] = [];

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
  const watched = watch(family, rows, lists, WATCHED, seed);
  const setting = { family, rows, lists, readers, watched, notes };
  const contenders = kinds.map((kind) => new Flapping(kind, setting));
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

interface Setting {
  readonly family: Family;
  readonly rows: readonly FibChange[];
  readonly lists: readonly (readonly FibChange[])[];
  readonly readers: number;
  readonly watched: Watched;
  readonly notes: Record<string, string>;
}

/** A table whose prefixes come and go. */
class Flapping implements SelfTimed {
  readonly kind: LpmKind;
  readonly name: string;
  readonly #setting: Setting;
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  /** Of the round that is measured, and of all that count. */
  #times: PublishTimes;
  readonly #allTimes: PublishTimes;
  #table: ResearchTable | undefined;
  #pool: WorkerPool | undefined;
  #lookups = 0;
  #ms = 0;

  constructor(kind: LpmKind, setting: Setting) {
    this.kind = kind;
    this.name = `${kind} ${leastLeafBytes(kind)} B`;
    this.#setting = setting;
    this.#times = new PublishTimes(setting.lists[0]!.length);
    this.#allTimes = new PublishTimes(setting.lists[0]!.length);
  }

  /** Opens the table. Throws when it does not hold what it was given, or not after a list has come and gone. */
  async gate(): Promise<void> {
    const { family, rows, readers, watched, lists } = this.#setting;
    const build = isResearchKind(this.kind) ? 'research' : 'engine';
    const alone = build === 'engine' ? engineModuleSync : researchModuleSync;
    const table = ResearchTable.build(readers > 0 ? sharedModuleSync(build) : alone(), rows, {
      kind: this.kind,
      leafBytes: leastLeafBytes(this.kind),
      family,
      seats: readers,
      around: (work) => this.#timed(work),
    });
    this.#table = table;
    const before = this.#values();
    if (impossible(before, watched.allowed, 0) > 0 || before.includes(0))
      throw new Error(`${this.name}: wrong values`);
    for (const list of lists.slice(0, 2)) this.#flap(list);
    if (this.#values().some((value, i) => value !== before[i]))
      throw new Error(`${this.name}: what was withdrawn and announced again is not as it was`);
    if (readers === 0) return;
    const data: ReaderData = { ...watched, family, flag: this.#flag };
    this.#pool = await WorkerPool.start(table.engine, {
      script: new URL('./update-thread.js', import.meta.url),
      data,
      onEnd: ({ exitCode, error }) => {
        throw error ?? new Error(`the reader ended with ${exitCode}`);
      },
    });
  }

  async time(round: number): Promise<Round> {
    const { lists } = this.#setting;
    this.#times = new PublishTimes(lists[0]!.length);
    this.#ms = 0;
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const readings = this.#read();
    for (const list of lists) this.#flap(list);
    const read = await this.#stop(readings);
    const { user, system } = process.cpuUsage(cpu);
    const threads = 1 + this.#setting.readers;
    // A reader that did not get to read on a busy machine: what was measured is a writer alone.
    const busy = read?.lookups !== 0 ? (user + system) / 1000 / (performance.now() - wall) / threads : 0;
    const changes = 2 * lists.reduce((sum, { length }) => sum + length, 0);
    if (round > 0) {
      this.#allTimes.addAll(this.#times);
      this.#lookups += read?.lookups ?? 0;
      this.#setting.notes[this.name] = publishingText(this.publishing());
    }
    return {
      medianNs: (this.#ms * 1e6) / changes,
      calls: 2 * lists.length,
      cpuShare: Math.min(1, busy),
      publish: this.#times.told(read),
    };
  }

  publishing(): Publishing {
    // Of those with torn reads, nothing is told.
    return this.#allTimes.told(this.#setting.readers === 0 ? undefined : { lookups: this.#lookups, torn: 0 });
  }

  close(): void {
    void this.#pool?.close();
    this.#pool = undefined;
    this.#table = undefined;
  }

  #flap(list: readonly FibChange[]): void {
    this.#change(
      'withdraw',
      list.map(({ prefix }) => ({ prefix, value: 0 })),
    );
    this.#change('announce', list);
  }

  #change(what: 'withdraw' | 'announce', changes: readonly FibChange[]): void {
    const before = this.#ms;
    this.#table!.change(changes);
    this.#times.add(what, this.#ms - before);
  }

  #timed(work: () => number): number {
    const start = performance.now();
    const result = work();
    this.#ms += performance.now() - start;
    return result;
  }

  #values(): Uint32Array {
    const { family, watched } = this.#setting;
    const out = new Uint32Array(WATCHED);
    this.#table!.engine.lookupBatch('routes', 0, family, watched.keys, out);
    return out;
  }

  #read(): Promise<Readings> | undefined {
    const thread = this.#pool?.thread(1);
    if (thread === undefined) return undefined;
    Atomics.store(this.#flag, 0, 0);
    return new Promise((resolve) => {
      thread.once('message', (message) => resolve(message as Readings)).postMessage('read');
    });
  }

  /** What a reader did beside; undefined without one. */
  async #stop(readings: Promise<Readings> | undefined): Promise<Beside | undefined> {
    Atomics.store(this.#flag, 0, 1);
    const read = await readings;
    if (read !== undefined && read.torn > 0)
      throw new Error(`${this.name}: ${read.torn} torn reads in ${read.lookups}`);
    return read;
  }
}
