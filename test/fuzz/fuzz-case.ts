/**
 * One case of the fuzz lane, a function of (seed, number): random tables, changed now and then, and mutated packets
 * through Model and Engine. Verdicts, bytes, counters and hits are equal; no byte changes that a packet has no business
 * with; nothing traps.
 */
import type { DataPlane } from '../../src/engine/data-plane.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { LpmKind } from '../../src/engine/lpm.ts';
import { Model } from '../../src/engine/model.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { makeEngine, type EngineBuild } from '../engine/engine-builds.ts';
import { applyOp, ForwardingGen, type GeneratedPacket, type TableOp } from '../support/gen-forwarding.ts';
import { Dice } from '../support/gen-dice.ts';
import { firstDifference, type Outcome } from './compare.ts';
import { Guard } from './guard.ts';
import { Mutator } from './mutator.ts';

/** Each case has so many packets, in batches of any size up to MAX_BATCH. */
export const CASE_PACKETS = 8192;
const MAX_BATCH = 256;
const CORPUS = 96;
const PACKETS_BETWEEN_CHANGES = 1024;
const KINDS: readonly (LpmKind | 'auto')[] = ['auto', 'patricia', 'auto', 'linear'];

/** What it takes to see a failure again. */
export interface Reproduction {
  readonly build: EngineBuild;
  readonly lpm: LpmKind | 'auto';
  /** Batches of changes, each of them published, before the packets. */
  readonly ops: readonly (readonly TableOp[])[];
  /** One batch. */
  readonly packets: readonly GeneratedPacket[];
}

/** Engine and Model differ, the engine trapped, or it wrote where it must not. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
  readonly reproduction: Reproduction;

  constructor(message: string, reproduction: Reproduction) {
    super(message);
    this.reproduction = reproduction;
  }
}

export interface CaseOptions {
  readonly seed: number;
  readonly number: number;
  readonly build: EngineBuild;
  /** Default CASE_PACKETS. */
  readonly packets?: number;
  /** For tests of the lane itself: what is held against the Model instead of an engine of this build. */
  readonly subject?: (engine: Engine) => DataPlane;
}

/** Packets per "verdict/reason". */
export type Outcomes = Map<string, number>;

/** Seeds of cases next to each other have nothing in common. */
export function caseSeed(seed: number, number: number): number {
  return seed * 0x1000_0000 + number;
}

/** Throws FuzzFailure. Adds to `outcomes`; returns how many packets there were. */
export function runCase(options: CaseOptions, outcomes: Outcomes): number {
  const seed = caseSeed(options.seed, options.number);
  const gen = new ForwardingGen(seed);
  const dice = new Dice(seed, 'fuzz');
  const lpm = KINDS[options.number % KINDS.length]!;
  const twins = new Twins(options.build, lpm, options.subject);
  const ops: TableOp[][] = [gen.tables()];
  const corpus = Array.from({ length: CORPUS }, () => gen.packet());
  const mutator = new Mutator(dice, corpus);
  const total = options.packets ?? CASE_PACKETS;
  let sent = 0;
  let nextChange = PACKETS_BETWEEN_CHANGES;
  twins.change(ops[0]!);
  while (sent < total) {
    const size = dice.chance(70) ? 128 : dice.pick([1, 2, 3, 4, 5, 16, 63, 255, MAX_BATCH]);
    const packets = Array.from({ length: size }, () => mutator.next());
    const problem = twins.batch(packets, outcomes);
    if (problem !== undefined)
      throw new FuzzFailure(problem, { build: options.build, lpm, ops: [...ops], packets });
    sent += size;
    if (sent < nextChange && sent < total) continue;
    nextChange += PACKETS_BETWEEN_CHANGES;
    const late = twins.tables(gen.eids);
    if (late !== undefined)
      throw new FuzzFailure(late, { build: options.build, lpm, ops: [...ops], packets });
    ops.push(gen.changes(1 + dice.int(20)));
    twins.change(ops.at(-1)!);
  }
  return sent;
}

/** What is wrong, or undefined. Packets beyond an engine's batch are sent in more than one. */
export function reproduce(
  { build, lpm, ops, packets }: Reproduction,
  subject?: (engine: Engine) => DataPlane,
): string | undefined {
  const twins = new Twins(build, lpm, subject);
  for (const each of ops) twins.change(each);
  return twins.batch(packets, new Map()) ?? twins.tables(eidsOf(ops.flat()));
}

function eidsOf(ops: readonly TableOp[]): EidPrefix[] {
  return ops.flatMap((op) => (op.op === 'entry' ? [op.entry.eid] : []));
}

/** Model and Engine with the same tables. */
class Twins {
  readonly #model = new Model({ batchCount: MAX_BATCH });
  readonly #subject: DataPlane;
  readonly #guard: Guard;

  constructor(
    build: EngineBuild,
    lpm: LpmKind | 'auto',
    subject: (engine: Engine) => DataPlane = (engine) => engine,
  ) {
    const engine = makeEngine(build, { buffers: MAX_BATCH, workers: 2, entries: 1024, lpm });
    this.#subject = subject(engine);
    this.#guard = new Guard(engine);
  }

  change(ops: readonly TableOp[]): void {
    for (const plane of [this.#model, this.#subject]) {
      for (const op of ops) applyOp(plane, op);
      plane.publish();
    }
    this.#guard.remember();
  }

  /** What is wrong with one batch. */
  batch(packets: readonly GeneratedPacket[], outcomes: Outcomes): string | undefined {
    const wanted: Outcome[] = [];
    for (const { bytes, options } of packets) this.#model.inject(bytes, options);
    this.#model.process();
    this.#model.collect((verdict, bytes) => wanted.push({ verdict, bytes }));
    this.#guard.surround(packets.length);
    for (const { bytes, options } of packets) this.#subject.inject(bytes, options);
    try {
      this.#subject.process();
    } catch (error) {
      return `trap: ${String(error)}`;
    }
    const trespass = this.#guard.trespass(packets);
    if (trespass !== undefined) return trespass;
    let at = 0;
    let problem: string | undefined;
    this.#subject.collect((verdict, bytes) => {
      const model = wanted[at];
      problem ??=
        model === undefined
          ? 'more verdicts than packets'
          : firstDifference(model, { verdict, bytes }, `packet ${at}`);
      at++;
    });
    if (at !== wanted.length) problem ??= `${at} verdicts for ${wanted.length} packets`;
    for (const { verdict } of wanted) {
      const key = `${verdict.verdict}/${verdict.reason}`;
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    }
    return problem;
  }

  /** What is wrong with counters, hits, or the memory that packets do not own, after some batches. */
  tables(eids: readonly EidPrefix[]): string | undefined {
    const change = this.#guard.change();
    if (change !== undefined) return change;
    const [wanted, got] = [this.#model, this.#subject].map((plane) => JSON.stringify(plane.counters()));
    if (wanted !== got) return `counters: model ${wanted}, engine ${got}`;
    for (const eid of eids) {
      const [model, subject] = [this.#model.hits(eid), this.#subject.hits(eid)];
      if (model !== subject) return `hits of ${eidKey(eid)}: model ${model}, engine ${subject}`;
    }
    return undefined;
  }
}
