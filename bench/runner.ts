/**
 * Interleaved measurement: round r runs every contender of a case once, so that drift of the machine meets all of
 * them alike. A gate comes first: whom it refuses is not timed.
 */
import { performance } from 'node:perf_hooks';
import { Bench } from 'tinybench';
import type { LpmKind } from '../src/engine/lpm.ts';
import { middle } from '../src/bench/statistics.ts';
import type { Publishing } from '../src/bench/publish-times.ts';

export interface Contender {
  readonly name: string;
  /** One call does `operations` operations of the case; the result is consumed. Synchronous. */
  readonly run: () => number;
}

/** A contender that times itself: it lives in another process, or a call of it is a pass over a long trace. */
export interface SelfTimed {
  readonly name: string;
  /** The round by number, 0 for the one that warms up and does not count. Its `medianNs` is that of one pass. */
  readonly time: (round: number) => Round | Promise<Round>;
  /** Of one that publishes: how long that took, over the rounds that count. */
  readonly publishing?: () => Publishing;
}

/** Contenders for one piece of work. */
export interface Case {
  readonly name: string;
  /** What is counted: 'packet', 'key'. */
  readonly unit: string;
  /** Operations per call of every contender. */
  readonly operations: number;
  /** Bytes that these operations work on, where bytes are what takes the time. */
  readonly bytes?: number;
  readonly contenders: readonly (Contender | SelfTimed)[];
  /** Name of the contender that ratios refer to; the first one that is left where it is refused. */
  readonly baseline: string;
  /** Refuses each contender that does not do the right thing. Throws where nobody can tell who is right. */
  readonly gate: (refuse: Refuse) => void | Promise<void>;
  /** What the table and the trace are like: sizes, next hops, length histogram. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** What is to be known of contenders, by name: their tables, or why they are absent. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** A contender that answers wrongly. */
export interface Refused {
  readonly name: string;
  /** What it answers, and what is right. */
  readonly why: string;
}

export type Refuse = (refused: Refused) => void;

export interface Suite {
  readonly name: string;
  /** Takes long or needs what few have: runs only when it is named. */
  readonly isOptional?: boolean;
  readonly cases: (
    seed: number,
    settings: Settings,
    progress: (text: string) => void,
  ) => Cases | Promise<Cases>;
  /** Ends what `cases` began. */
  readonly close?: () => void;
}

/** All at once, or one after another, each made when it is its turn; or why there are none. */
export type Cases = readonly Case[] | AsyncIterable<Case> | { readonly skipped: string };

export interface Settings {
  readonly rounds: number;
  /** Per contender and round. */
  readonly seconds: number;
  readonly seed: number;
  /** Of suites over a trace: keys a pass, 0 for all of it. */
  readonly keys: number;
  /** Of suites over a trace: results are not added up, by nobody. */
  readonly unsummed: boolean;
  /** Of suites over a cache: entries; undefined for as many as the suite is about. */
  readonly entries?: number;
  /** Of suites over a full table: its list of prefixes; undefined for the one beside the checkout, or a made one. */
  readonly prefixes?: string;
  /** Of native: kinds of the engine; undefined for those that are fast. */
  readonly kinds?: readonly LpmKind[] | 'all';
  /** Of native: JavaScript takes part. */
  readonly peers?: boolean;
}

/** One contender in one case. */
export interface Measured {
  readonly name: string;
  /** Median of the round medians, in nanoseconds an operation; then the least and the largest round median. */
  readonly medianNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly rounds: readonly Round[];
  /** How many times as fast as the baseline, by the medians. */
  readonly ratio: number;
  /** Of one that publishes, over all rounds. */
  readonly publish?: Publishing;
}

export interface Round {
  /** Median over the calls of the round, in nanoseconds an operation. */
  readonly medianNs: number;
  readonly calls: number;
  /** CPU time over wall time: well below 1 means that something else ran. */
  readonly cpuShare: number;
  /** Of one that publishes. */
  readonly publish?: Publishing;
}

export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly unit: string;
  readonly operationsPerCall: number;
  readonly bytesPerCall?: number;
  readonly baseline: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly notes?: Readonly<Record<string, string>>;
  readonly measured: readonly Measured[];
  /** Absent: nobody. */
  readonly refused?: readonly Refused[];
}

const WARM_UP_SECONDS = 0.3;

/** What contenders return ends here, so that no compiler can leave their work out. */
let sink = 0;

/** For contenders that time themselves. */
export function consume(value: number): void {
  sink = (sink + value) | 0;
}

export function consumed(): number {
  return sink;
}

export async function measureCase(
  suite: string,
  work: Case,
  settings: Settings,
  progress: (text: string) => void,
): Promise<CaseResult> {
  progress(`${work.name}: gate`);
  const refused: Refused[] = [];
  await work.gate((each) => refused.push(each));
  const contenders = work.contenders.filter(({ name }) => !refused.some((each) => each.name === name));
  const baseline =
    contenders.find(({ name }) => name === work.baseline)?.name ?? contenders[0]?.name ?? work.baseline;
  for (const contender of contenders) await warmUp(contender);
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let r = 0; r < settings.rounds; r++) {
    // Another one goes first each time.
    const order = contenders.map((_, i) => contenders[(i + r) % contenders.length]!);
    for (const contender of order) {
      progress(`${work.name}: round ${r + 1} of ${settings.rounds}, ${contender.name}`);
      const round =
        'time' in contender
          ? await contender.time(r + 1)
          : measureRound(contender, work.operations, settings.seconds);
      rounds.get(contender.name)!.push(round);
    }
  }
  const median = (name: string): number => middle(rounds.get(name)!.map(({ medianNs }) => medianNs));
  return {
    suite,
    name: work.name,
    unit: work.unit,
    operationsPerCall: work.operations,
    ...(work.bytes === undefined ? {} : { bytesPerCall: work.bytes }),
    baseline,
    facts: work.facts,
    ...(work.notes === undefined ? {} : { notes: work.notes }),
    measured: contenders.map((contender) => {
      const { name } = contender;
      const publish = 'time' in contender ? contender.publishing?.() : undefined;
      const own = rounds.get(name)!;
      const medians = own.map(({ medianNs }) => medianNs);
      return {
        name,
        medianNs: median(name),
        minNs: Math.min(...medians),
        maxNs: Math.max(...medians),
        rounds: own,
        ratio: median(baseline) / median(name),
        ...(publish === undefined ? {} : { publish }),
      };
    }),
    ...(refused.length === 0 ? {} : { refused }),
  };
}

async function warmUp(contender: Contender | SelfTimed): Promise<void> {
  if ('time' in contender) {
    await contender.time(0);
    return;
  }
  const end = performance.now() + WARM_UP_SECONDS * 1000;
  do sink = (sink + contender.run()) | 0;
  while (performance.now() < end);
}

function measureRound(contender: Contender, operations: number, seconds: number): Round {
  const bench = new Bench({ time: seconds * 1000, iterations: 5, warmup: false, throws: true });
  bench.add(contender.name, () => void (sink = (sink + contender.run()) | 0), { async: false });
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  bench.runSync();
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - wall;
  const result = bench.tasks[0]!.result;
  if (!('latency' in result)) throw new Error(`${contender.name}: nothing was measured (${result.state})`);
  return {
    medianNs: (result.latency.p50 * 1e6) / operations,
    calls: result.latency.samplesCount,
    cpuShare: (user + system) / 1000 / wallMs,
  };
}
