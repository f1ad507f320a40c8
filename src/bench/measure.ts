/** A table in all its forms over all traces: built, held to each other, timed, and looked into. */
import type { Family } from '../base/ip.ts';
import { EngineError } from '../engine/errors.ts';
import type { LpmKind } from '../engine/lpm.ts';
import { researchModuleSync } from '../engine/open-research-node.ts';
import { ResearchTable } from '../engine/research-table.ts';
import type { TableRow } from '../tables/collect.ts';
import { TooMuch, type Peer, type Refusal, type TableContender } from './contender.ts';
import { EngineContender, type EngineForm } from './engine-contender.ts';
import { readEnvironment } from './environment.ts';
import { formsOf, noKindServes } from './forms.ts';
import { gate } from './gate.ts';
import { instrument, type Instruments } from './instruments.ts';
import { InputError } from './input-error.ts';
import { timeBatches } from './latency.ts';
import { Oracle } from './oracle.ts';
import {
  absenceText,
  type Absence,
  type BenchReport,
  type TableFacts,
  type TableResult,
  type TraceFacts,
} from './results.ts';
import { consume, timeRounds, type Turn } from './rounds.ts';
import { spreadOf } from './statistics.ts';
import { tableDigest, wordDigest } from './table-digest.ts';
import { KEY_FILES_HINT, openTraces, type Trace, type TraceOptions } from './traces.ts';

export interface BenchOptions extends TraceOptions {
  /** What the table is called. */
  readonly table: string;
  /** Each prefix once, each with a value. */
  readonly rows: readonly TableRow[];
  readonly kinds?: readonly LpmKind[];
  readonly peers?: readonly Peer[];
  readonly rounds: number;
  /** CPU time of a contender in a round. */
  readonly milliseconds: number;
  /** 1, or multiples of 4 up to 256. */
  readonly batches: readonly number[];
  /** Keys whose lookups are traced; 0: none. */
  readonly sample: number;
}

/** What is being done, and how much of all is. */
export type BenchProgress = (text: string, done: number, total: number) => void;

/** What is no turn of a round counts as so many turns, for the guess of the time that is left. */
const STEPS = { build: 2, gate: 4, latency: 2, instruments: 8 };

type Part = Pick<BenchReport, 'tables' | 'traces' | 'results' | 'refused' | 'instruments' | 'memory'>;

export function runBench(options: BenchOptions, progress: BenchProgress): BenchReport {
  const { table, rows, rounds, milliseconds, batches, sample, seed } = options;
  const families = ([4, 6] as const)
    .map((family) => ({ family, rows: rows.filter(({ prefix }) => prefix.address.family === family) }))
    .filter((each) => each.rows.length > 0);
  if (families.length === 0) throw new InputError(`${table} has no prefixes`);
  const absent: Absence[] = [];
  const opened = families.flatMap(({ family, rows: own }): FamilyBench[] => {
    const forms = formsOf(family, own, options.kinds);
    const peers = (options.peers ?? []).filter((peer) => peer.families.includes(family));
    if (forms.length + peers.length === 0) {
      absent.push({ table, family, why: noKindServes(family) });
      return [];
    }
    const traces = openTraces(family, own, options);
    absent.push(...traces.absent.map((each) => ({ table, ...each })));
    return traces.present.length === 0
      ? []
      : [new FamilyBench(family, own, traces.present, forms, peers, options)];
  });
  if (opened.length === 0) {
    const isOfFiles = absent.some(({ trace }) => trace !== undefined) && options.keyFiles !== undefined;
    throw new InputError(absent.map(absenceText).join('\n'), isOfFiles ? KEY_FILES_HINT : undefined);
  }
  const total = opened.reduce((sum, { steps }) => sum + steps, 0);
  let before = 0;
  const parts = opened.map((work): Part => {
    const part = work.run((text, done) => progress(text, before + done, total));
    before += work.steps;
    return part;
  });
  return {
    format: 'pxtr-bench',
    version: 1,
    environment: readEnvironment(seed),
    settings: { table, seed, rounds, milliseconds, batches, sample },
    tables: parts.flatMap((part) => part.tables),
    traces: parts.flatMap((part) => part.traces),
    results: parts.flatMap((part) => part.results),
    refused: parts.flatMap((part) => part.refused),
    absent,
    instruments: parts.flatMap((part) => part.instruments),
    updates: [],
    memory: parts.flatMap((part) => part.memory),
    means: [],
  };
}

/** The work on the prefixes of one family. */
class FamilyBench {
  /** Of the progress. */
  readonly steps: number;
  readonly #table: string;
  readonly #family: Family;
  readonly #rows: readonly TableRow[];
  readonly #traces: readonly Trace[];
  readonly #options: BenchOptions;
  readonly #forms: readonly EngineForm[];
  readonly #peers: readonly Peer[];
  readonly #refused: Refusal[] = [];
  #done = 0;
  #tell: (text: string, done: number) => void = () => undefined;

  constructor(
    family: Family,
    rows: readonly TableRow[],
    traces: readonly Trace[],
    forms: readonly EngineForm[],
    peers: readonly Peer[],
    options: BenchOptions,
  ) {
    this.#table = options.table;
    this.#family = family;
    this.#rows = rows;
    this.#traces = traces;
    this.#options = options;
    this.#forms = forms;
    this.#peers = peers;
    const contenders = this.#forms.length + this.#peers.length;
    const turns = contenders * options.batches.length * (options.rounds + 1 + STEPS.latency);
    const looks =
      options.sample === 0 ? 0 : this.#forms.length * (STEPS.build + traces.length * STEPS.instruments);
    this.steps = contenders * STEPS.build + traces.length * (turns + contenders * STEPS.gate) + looks;
  }

  run(progress: (text: string, done: number) => void): Part {
    this.#tell = progress;
    const contenders = this.#open();
    const oracle = new Oracle(this.#family, this.#rows);
    const traces: TraceFacts[] = [];
    const results = this.#traces.flatMap((trace) => {
      const own = this.#measure(contenders, trace, oracle);
      traces.push(own.facts);
      return own.results;
    });
    return {
      tables: [{ table: this.#table, ...tableFacts(this.#family, this.#rows) }],
      traces,
      results,
      instruments: this.#look(oracle),
      refused: this.#refused,
      memory: contenders.flatMap(({ kind, leafBytes, arena }) =>
        arena === undefined
          ? []
          : [{ table: this.#table, family: this.#family, kind, leafBytes, built: arena }],
      ),
    };
  }

  #step(text: string, steps = 1): void {
    this.#tell(`IPv${this.#family} ${text}`, this.#done);
    this.#done += steps;
  }

  #open(): TableContender[] {
    const most = Math.max(...this.#traces.map(({ keys }) => keys.length / (this.#family === 4 ? 1 : 4)));
    const makers = [
      ...this.#forms.map((form) => ({
        ...form,
        open: () => new EngineContender(form, this.#family, this.#rows, most),
      })),
      ...this.#peers.map(({ kind, open }) => ({
        kind,
        leafBytes: 4 as const,
        open: () => open(this.#family, this.#rows),
      })),
    ];
    return makers.flatMap(({ kind, leafBytes, open }) => {
      this.#step(`building ${kind}, ${leafBytes}-byte leaves`, STEPS.build);
      try {
        return [open()];
      } catch (problem) {
        if (!(problem instanceof EngineError) && !(problem instanceof TooMuch)) throw problem;
        this.#refused.push({
          table: this.#table,
          family: this.#family,
          kind,
          leafBytes,
          why: problem.message,
        });
        return [];
      }
    });
  }

  #measure(
    contenders: readonly TableContender[],
    { name: trace, keys, capture }: Trace,
    oracle: Oracle,
  ): { readonly facts: TraceFacts; readonly results: TableResult[] } {
    const { rounds, milliseconds, batches } = this.#options;
    const { judged, matched } = gate(contenders, keys, oracle, ({ kind }) =>
      this.#step(`${trace}: gate, ${kind}`, STEPS.gate),
    );
    const count = keys.length / (this.#family === 4 ? 1 : 4);
    const admitted = contenders.flatMap((contender, i) => {
      const { digest, why } = judged[i]!;
      if (why === undefined) return [{ contender, digest }];
      const { kind, leafBytes } = contender;
      this.#refused.push({ table: this.#table, family: this.#family, trace, kind, leafBytes, why });
      return [];
    });
    const turns = admitted.flatMap(({ contender, digest }) =>
      batches.map((batch) => ({ contender, batch, digest })),
    );
    const rates = timeRounds(turns, count, rounds, milliseconds, (round, { contender, batch }: Turn) =>
      this.#step(`${trace}: round ${round} of ${rounds}, ${contender.kind}, batches of ${batch}`),
    );
    const latencies = turns.map(({ contender, batch }) => {
      this.#step(`${trace}: latency of ${contender.kind}, batches of ${batch}`, STEPS.latency);
      return timeBatches(contender, batch, count, consume);
    });
    const prefixes = this.#rows.length;
    const results = turns.map(({ contender, batch, digest }, i): TableResult => ({
      table: this.#table,
      family: this.#family,
      trace,
      kind: contender.kind,
      leafBytes: contender.leafBytes,
      batch,
      mlps: spreadOf(rates[i]!),
      bytesPerPrefix: perPrefix(contender.readerBytes, prefixes),
      totalBytesPerPrefix: perPrefix(contender.liveBytes, prefixes),
      buildMs: contender.buildMs,
      digest,
      latency: latencies[i]!,
    }));
    const facts = {
      table: this.#table,
      family: this.#family,
      trace,
      keys: count,
      matched,
      digest: wordDigest(keys),
    };
    return { facts: capture === undefined ? facts : { ...facts, capture }, results };
  }

  /** In builds of their own, one after another: they are slower, and nothing of them is timed. */
  #look(oracle: Oracle): Instruments[] {
    const { sample } = this.#options;
    if (sample === 0) return [];
    const matches = new Map(this.#traces.map(({ name, keys }) => [name, oracle.lengths(keys, sample)]));
    const refused = new Set(
      this.#refused.map(({ kind, leafBytes, trace }) => `${kind} ${leafBytes} ${trace ?? ''}`),
    );
    return this.#forms.flatMap((form) => {
      const { kind, leafBytes } = form;
      if (refused.has(`${kind} ${leafBytes} `)) return [];
      this.#step(`building ${kind}, ${leafBytes}-byte leaves, to look into it`, STEPS.build);
      const table = ResearchTable.build(researchModuleSync('traced'), this.#rows, {
        ...form,
        family: this.#family,
      });
      return this.#traces
        .filter(({ name }) => !refused.has(`${kind} ${leafBytes} ${name}`))
        .map(({ name, keys }) => {
          this.#step(`${name}: what ${kind} reads`, STEPS.instruments);
          return { table: this.#table, ...instrument(table, name, keys, matches.get(name)!) };
        });
    });
  }
}

function perPrefix(bytes: number | undefined, prefixes: number): number | null {
  return bytes === undefined ? null : bytes / prefixes;
}

export function tableFacts(family: Family, rows: readonly TableRow[]): Omit<TableFacts, 'table'> {
  const lengths = new Map<number, number>();
  for (const { prefix } of rows) lengths.set(prefix.bits, (lengths.get(prefix.bits) ?? 0) + 1);
  return {
    family,
    prefixes: rows.length,
    distinctValues: new Set(rows.map(({ value }) => value)).size,
    lengths: Object.fromEntries([...lengths].sort(([a], [b]) => a - b)),
    digest: tableDigest(rows),
  };
}
