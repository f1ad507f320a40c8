import { assert } from '../base/assert.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { NetworkNode } from '../router/node.ts';
import type { JournalEntry } from './journal.ts';
import type { LinkOptions } from './link.ts';
import { Network, type NetworkState, type RunLimits } from './network.ts';
import type { NetworkRecord } from './record.ts';

/** Nodes, links and seed of a timeline. */
export interface TimelineOptions<Input> {
  readonly nodes: readonly NetworkNode[];
  readonly links: readonly LinkOptions[];
  readonly seed: number;
  /** Carries out an input by calling back into the network. */
  readonly handleInput: (input: Input, network: Network<Input>) => void;
  /** Told of each record after it was added; may add more with `network.note`. */
  readonly onRecord?: (record: NetworkRecord, network: Network<Input>) => void;
  /** What else the handlers of inputs and records remember: it goes back and forth with the network. */
  readonly companion?: Companion;
  /** Events between checkpoints; default 100. */
  readonly checkpointEvery?: number;
}

/** What a timeline saves and restores beside its network. */
export interface Companion {
  /** Plain data that nobody changes later. */
  save(): unknown;
  /** Takes back what `save` gave. */
  restore(state: unknown): void;
}

/** Plain data: the network, and what its companion remembers. */
export type TimelineState<Input> = NetworkState<Input> & { readonly companion?: unknown };

interface Checkpoint<Input> {
  readonly state: TimelineState<Input>;
  readonly event: number;
  readonly recordCount: number;
  /** Journal entries that had been queued. */
  readonly queuedCount: number;
}

const DEFAULT_EVERY = 100;
/** Beyond this the interval doubles and every other checkpoint goes. */
const MAX_CHECKPOINTS = 512;

/**
 * A network that can go back: it keeps a journal of its inputs and a checkpoint every so many events. Going to an
 * event restores the nearest checkpoint before it and replays; the state is then what it was the first time.
 */
export class Timeline<Input> {
  readonly network: Network<Input>;
  readonly #companion: Companion | undefined;
  #every: number;
  #records: NetworkRecord[] = [];
  #journal: JournalEntry<Input>[] = [];
  #queuedCount = 0;
  #checkpoints: Checkpoint<Input>[] = [];
  #horizon = 0;

  constructor(options: TimelineOptions<Input>) {
    this.network = new Network<Input>(options.nodes, options.links, {
      seed: options.seed,
      record: (record) => {
        this.#records.push(record);
        options.onRecord?.(record, this.network);
      },
      handleInput: (input) => options.handleInput(input, this.network),
    });
    this.#companion = options.companion;
    this.#every = options.checkpointEvery ?? DEFAULT_EVERY;
    this.network.start();
    this.#saveCheckpoint();
  }

  /** Events handled up to here. */
  get event(): number {
    return this.network.eventCount;
  }

  /** The furthest event this run has seen since an input last changed its future. */
  get horizon(): number {
    return this.#horizon;
  }

  /** What has happened up to here. Grows in place; going back shortens a fresh list. */
  get records(): readonly NetworkRecord[] {
    return this.#records;
  }

  /** Every input so far, of the future as well. */
  get journal(): readonly JournalEntry<Input>[] {
    return this.#journal;
  }

  /**
   * Adds an input at `time`; throws when that is in the past. What had been entered after this point of the run is
   * forgotten.
   */
  input(time: Micros, input: Input): void {
    assert(time >= this.network.now, 'inputs are not in the past');
    if (this.#horizon > this.event) this.#forgetFuture(this.event);
    this.#journal.push({ time, input, madeAt: this.event });
    this.#queueInputs();
  }

  /** Adds journal entries of an earlier run of this timeline; each is queued when its point is reached. */
  replay(entries: readonly JournalEntry<Input>[]): void {
    this.#journal.push(...entries);
    this.#queueInputs();
  }

  /** Handles the next event. False when there is none. */
  step(): boolean {
    if (!this.network.step()) return false;
    const { event } = this;
    this.#horizon = Math.max(this.#horizon, event);
    if (event % this.#every === 0 && event > this.#checkpoints.at(-1)!.event) this.#saveCheckpoint();
    this.#queueInputs();
    return true;
  }

  /** Handles events until a limit is met or none is left; returns how many. */
  run({ until = NEVER, maxEvents = Infinity }: RunLimits = {}): number {
    let handled = 0;
    while (handled < maxEvents && this.network.nextTime() <= until && this.step()) handled++;
    return handled;
  }

  /** Handles everything up to `time` and moves the clock there. */
  runUntil(time: Micros): void {
    this.run({ until: time });
    this.network.runUntil(time);
  }

  /** Undoes the last event; false at the start. */
  stepBack(): boolean {
    return this.event > 0 && this.goTo(this.event - 1);
  }

  /** Moves to just after event number `event`; false when the run ends before it. */
  goTo(event: number): boolean {
    assert(Number.isSafeInteger(event) && event >= 0, 'events are counted from 0');
    if (event < this.event) this.#restoreBefore(event);
    while (this.event < event) if (!this.step()) return false;
    return true;
  }

  /**
   * Takes back the inputs from journal entry `index` on: the run stands where the first of them was made, or earlier
   * if it stood there.
   */
  takeBack(index: number): void {
    const first = this.#journal[index];
    if (first === undefined) return;
    const isBefore = this.event < first.madeAt;
    const event = isBefore ? this.event : first.madeAt;
    this.#journal = this.#journal.slice(0, index);
    this.#forgetFuture(event);
    this.#restoreBefore(event);
    while (this.event < event) this.step();
    // The clock may have been moved on before the input was made.
    if (!isBefore && this.network.nextTime() > first.time) this.network.runUntil(first.time);
  }

  /** Everything that decides how the run goes on, journal aside. */
  save(): TimelineState<Input> {
    const state = this.network.save();
    return this.#companion === undefined ? state : { ...state, companion: this.#companion.save() };
  }

  #saveCheckpoint(): void {
    const { event } = this;
    const counts = { recordCount: this.#records.length, queuedCount: this.#queuedCount };
    this.#checkpoints.push({ event, ...counts, state: this.save() });
    if (this.#checkpoints.length <= MAX_CHECKPOINTS) return;
    this.#every *= 2;
    this.#checkpoints = this.#checkpoints.filter((each) => each.event % this.#every === 0);
  }

  #restoreBefore(event: number): void {
    const checkpoint = this.#checkpoints.findLast((each) => each.event <= event)!;
    this.network.restore(checkpoint.state);
    this.#companion?.restore(checkpoint.state.companion);
    this.#records = this.#records.slice(0, checkpoint.recordCount);
    this.#queuedCount = checkpoint.queuedCount;
    this.#queueInputs();
  }

  /** Queues the journal entries made up to this point of the run. */
  #queueInputs(): void {
    for (;;) {
      const entry = this.#journal[this.#queuedCount];
      if (entry === undefined || entry.madeAt > this.event) return;
      this.#queuedCount++;
      this.network.schedule(entry.time, entry.input);
    }
  }

  #forgetFuture(event: number): void {
    this.#horizon = event;
    this.#journal = this.#journal.filter((entry) => entry.madeAt <= event);
    this.#checkpoints = this.#checkpoints.filter((each) => each.event <= event);
  }
}
