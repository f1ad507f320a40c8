/** A table whose prefixes come and go, each time published, with nobody or with a thread that reads meanwhile. */
import type { Family } from '../base/ip.ts';
import { arenaUse, type ArenaUse } from '../engine/arena-use.ts';
import type { Engine } from '../engine/engine.ts';
import type { FibChange } from '../engine/fib.ts';
import { isResearchKind } from '../engine/lpm.ts';
import { engineModuleSync, researchModuleSync, sharedModuleSync } from '../engine/open-research-node.ts';
import { ResearchTable } from '../engine/research-table.ts';
import type { EngineForm } from './engine-contender.ts';
import { PublishTimes, type Beside } from './publish-times.ts';
import { impossible, type Watched } from './update-work.ts';

/** What a thread that reads is given. */
export interface ReaderWork extends Watched {
  readonly family: Family;
}

/** A thread that looks the watched addresses up all the while, and checks their values. */
export interface SideReader {
  /** Resolves when it reads. */
  begin(): Promise<void>;
  /** Resolves when it has stopped, with what it read since `begin`. */
  end(): Promise<Beside>;
  close(): Promise<void>;
}

/** Starts one in the first seat of an engine. Threads are not of this floor: who measures brings it. */
export type StartReader = (engine: Engine, work: ReaderWork) => Promise<SideReader>;

export interface FlappingSetting {
  readonly family: Family;
  readonly rows: readonly FibChange[];
  /** Lists of prefixes that are withdrawn together, and announced again together. */
  readonly lists: readonly (readonly FibChange[])[];
  readonly watched: Watched;
  /** Undefined: nobody reads. */
  readonly startReader?: StartReader;
}

/** What came of flapping. */
export interface Flapped {
  readonly times: PublishTimes;
  /** Of the engine, for all of it. */
  readonly ms: number;
  /** With a thread that reads. */
  readonly beside?: Beside;
}

/** Lists that come and go before anything counts. */
const TRIED = 2;

/** A lookup had a value that its address has in no state of the table. */
export class WrongValues extends Error {}

export class Flapping {
  readonly form: EngineForm;
  readonly #setting: FlappingSetting;
  #table: ResearchTable | undefined;
  #reader: SideReader | undefined;
  #ms = 0;

  constructor(form: EngineForm, setting: FlappingSetting) {
    this.form = form;
    this.#setting = setting;
  }

  /**
   * Opens the table. Throws WrongValues when it does not hold what it was given, or not after a list has come and gone, and
   * EngineError when it does not fit.
   */
  async open(): Promise<void> {
    const { family, rows, watched, lists, startReader } = this.#setting;
    const build = isResearchKind(this.form.kind) ? 'research' : 'engine';
    const alone = build === 'engine' ? engineModuleSync : researchModuleSync;
    const table = ResearchTable.build(startReader === undefined ? alone() : sharedModuleSync(build), rows, {
      ...this.form,
      family,
      seats: startReader === undefined ? 0 : 1,
      around: (work) => this.#timed(work),
    });
    this.#table = table;
    const before = this.#values(table);
    if (impossible(before, watched.allowed, 0) > 0 || before.includes(0))
      throw new WrongValues('values that no prefix has');
    for (const list of lists.slice(0, TRIED)) this.#flap(list, new PublishTimes(list.length));
    if (this.#values(table).some((value, i) => value !== before[i]))
      throw new WrongValues('what was withdrawn and announced again is not as it was');
    this.#reader = await startReader?.(table.engine, { ...watched, family });
  }

  /** Some of the lists, one after another. Throws WrongValues when a reader has seen what never was. */
  async flap(lists: readonly (readonly FibChange[])[]): Promise<Flapped> {
    const times = new PublishTimes(lists[0]!.length);
    await this.#reader?.begin();
    this.#ms = 0;
    try {
      for (const list of lists) this.#flap(list, times);
    } catch (problem) {
      // It would read on, beside all who come after.
      await this.#reader?.end();
      throw problem;
    }
    const beside = await this.#reader?.end();
    if (beside === undefined) return { times, ms: this.#ms };
    if (beside.torn > 0)
      throw new WrongValues(`${beside.torn} torn reads, with ${beside.lookups} lookups beside`);
    return { times, ms: this.#ms, beside };
  }

  /** What has become of its memory. Open, that is. */
  arena(): ArenaUse {
    return arenaUse(this.#table!.engine.memory);
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#table = undefined;
    await reader?.close();
  }

  #flap(list: readonly FibChange[], times: PublishTimes): void {
    const gone = list.map(({ prefix }) => ({ prefix, value: 0 }));
    times.add('withdraw', this.#change(gone));
    times.add('announce', this.#change(list));
  }

  #change(changes: readonly FibChange[]): number {
    const before = this.#ms;
    this.#table!.change(changes);
    return this.#ms - before;
  }

  #timed(work: () => number): number {
    const start = performance.now();
    const result = work();
    this.#ms += performance.now() - start;
    return result;
  }

  #values(table: ResearchTable): Uint32Array {
    const { family, watched } = this.#setting;
    const out = new Uint32Array(watched.keys.length / (family === 4 ? 1 : 4));
    table.engine.lookupBatch('routes', 0, family, watched.keys, out);
    return out;
  }
}
