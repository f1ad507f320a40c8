/**
 * One case of the fuzz lane, a function of (seed, number): random tables, changed now and then, and mutated packets
 * through Model and Engine. Verdicts, bytes, counters and hits are equal; no byte changes that a packet has no business
 * with; nothing traps.
 */
import { SECTION_WORK, VERDICT_ENCAP, VERDICT_NATIVE, WORK_SKIP_OFFSET } from '../../assembly/layout.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { LpmKind } from '../../src/engine/lpm.ts';
import { Model } from '../../src/engine/model.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { makeEngine, type EngineBuild } from '../engine/engine-builds.ts';
import { applyOp, ForwardingGen, type GeneratedPacket, type TableOp } from '../support/gen-forwarding.ts';
import { Dice } from '../support/gen-dice.ts';
import { firstDifference, type Outcome } from '../support/verdict-difference.ts';
import { Guard } from './guard.ts';
import { MILD, Mutator, WILD } from './mutator.ts';

/** Each case has so many packets, in batches of any size up to MAX_BATCH. */
export const CASE_PACKETS = 8192;
const MAX_BATCH = 256;
const CORPUS = 96;
/** Of so many packets those are chosen that suit the express lane; tables that leave fewer are tried a few times. */
const CANDIDATES = 300;
const ENOUGH_PLAIN = 8;
const ATTEMPTS = 8;
/** From the seed of one attempt to that of the next: beyond all seeds of cases. */
const ATTEMPT = 2 ** 49;
const PACKETS_BETWEEN_CHANGES = 1024;
/** As many as have no divisor in common with what else goes by the number of a case: builds, and profiles. */
const KINDS: readonly (LpmKind | 'auto')[] = [
  'auto',
  'patricia',
  'dir18-run',
  'linear',
  'patricia',
  'dir24-stride6',
  'auto',
];
/** Kinds that are changed in place are large: the Map-Caches alone are of them, one for each of four instances. */
const IN_PLACE: readonly (LpmKind | 'auto')[] = ['dir18-run', 'dir24-stride6'];
const IN_PLACE_BYTES = 36 << 20;

/** What it takes to see a failure again. */
export interface Reproduction {
  readonly build: EngineBuild;
  readonly lpm: LpmKind | 'auto';
  /** The express lane tries each batch, however few packets it took of the last. */
  readonly triesExpress: boolean;
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

/** Packets per "verdict/reason"; and as EXPRESS, batches of which the express lane took a quarter or more. */
export type Outcomes = Map<string, number>;
export const EXPRESS = 'express batches';

/**
 * What a case is made of. Wild packets are of every sort, so that the express lane takes few of them and soon does not
 * try; in other cases it is made to try each batch, and in half of them traffic is what it is for.
 */
interface Profile {
  readonly isPlain: boolean;
  readonly triesExpress: boolean;
}

function profileOf(number: number): Profile {
  const turn = (number >>> 2) % 4;
  return { isPlain: turn >= 2, triesExpress: turn >= 1 };
}

/** Seeds of cases next to each other have nothing in common. */
function caseSeed(seed: number, number: number): number {
  return seed * 0x1000_0000 + number;
}

/** The tables and packets that a case begins with. */
interface Start {
  readonly gen: ForwardingGen;
  readonly twins: Twins;
  readonly first: TableOp[];
  readonly candidates: readonly GeneratedPacket[];
}

/** For plain traffic, the first tables that have enough of it, or else the last ones that were tried. */
function startOf({ seed, number, build, subject }: CaseOptions, lpm: LpmKind | 'auto'): Start {
  const { isPlain, triesExpress } = profileOf(number);
  for (let attempt = 1; ; attempt++) {
    const gen = new ForwardingGen(caseSeed(seed, number) + attempt * ATTEMPT);
    const twins = new Twins({ build, lpm, triesExpress }, subject);
    const first = gen.tables();
    twins.change(first);
    const candidates = Array.from({ length: isPlain ? CANDIDATES : CORPUS }, () => gen.packet());
    if (!isPlain || attempt === ATTEMPTS || twins.plainOf(candidates).length >= ENOUGH_PLAIN)
      return { gen, twins, first, candidates };
  }
}

/** Throws FuzzFailure. Adds to `outcomes`; returns how many packets there were. */
export function runCase(options: CaseOptions, outcomes: Outcomes): number {
  const dice = new Dice(caseSeed(options.seed, options.number), 'fuzz');
  const lpm = KINDS[options.number % KINDS.length]!;
  const { isPlain, triesExpress } = profileOf(options.number);
  const { gen, twins, first, candidates } = startOf(options, lpm);
  const ops = [first];
  const total = options.packets ?? CASE_PACKETS;
  let sent = 0;
  let nextChange = PACKETS_BETWEEN_CHANGES;
  const makeMutator = (): Mutator =>
    isPlain ? new Mutator(dice, twins.plainOf(candidates), MILD) : new Mutator(dice, candidates, WILD);
  let mutator = makeMutator();
  const fail = (problem: string, packets: readonly GeneratedPacket[]): never => {
    throw new FuzzFailure(problem, { build: options.build, lpm, triesExpress, ops: [...ops], packets });
  };
  while (sent < total) {
    const size = dice.chance(70) ? 128 : dice.pick([1, 2, 3, 4, 5, 16, 63, 255, MAX_BATCH]);
    const packets = Array.from({ length: size }, () => mutator.next());
    const problem = twins.batch(packets, outcomes);
    if (problem !== undefined) fail(problem, packets);
    sent += size;
    if (sent < nextChange && sent < total) continue;
    nextChange += PACKETS_BETWEEN_CHANGES;
    const late = twins.tables(gen.eids);
    if (late !== undefined) fail(late, packets);
    ops.push(gen.changes(1 + dice.int(20)));
    twins.change(ops.at(-1)!);
    // What was plain may not be that any more.
    if (isPlain) mutator = makeMutator();
  }
  return sent;
}

/** What is wrong, or undefined. Packets beyond an engine's batch are sent in more than one. */
export function reproduce(
  { build, lpm, triesExpress, ops, packets }: Reproduction,
  subject?: (engine: Engine) => DataPlane,
): string | undefined {
  const twins = new Twins({ build, lpm, triesExpress }, subject);
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
  readonly #engine: Engine;
  readonly #triesExpress: boolean;

  constructor(
    { build, lpm, triesExpress }: Pick<Reproduction, 'build' | 'lpm' | 'triesExpress'>,
    subject: (engine: Engine) => DataPlane = (engine) => engine,
  ) {
    const tables = IN_PLACE.includes(lpm) ? { lpm: { cache: lpm }, fibBytes: IN_PLACE_BYTES } : { lpm };
    const engine = makeEngine(build, { buffers: MAX_BATCH, workers: 2, entries: 1024, ...tables });
    this.#engine = engine;
    this.#triesExpress = triesExpress;
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

  /** Those of one instance that are encapsulated in IPv4 or come out of it, with some others among them. */
  plainOf(candidates: readonly GeneratedPacket[]): GeneratedPacket[] {
    const taken = candidates.filter(({ bytes, options }) => {
      const { originated = false, underlay = false, decapsulated = false } = options;
      if (originated || underlay || decapsulated) return false;
      const { verdict, bytes: after } = this.#model.explain(bytes, options);
      const [before, behind] = [bytes[0], after[0]];
      const isTaken =
        verdict === VERDICT_ENCAP || (verdict === VERDICT_NATIVE && after.length + 36 === bytes.length);
      return isTaken && before === 0x45 && behind === 0x45;
    });
    const byInstance = new Map<number, GeneratedPacket[]>();
    for (const packet of taken) {
      const { instanceId = 0 } = packet.options;
      byInstance.set(instanceId, [...(byInstance.get(instanceId) ?? []), packet]);
    }
    const plain = [...byInstance.values()].sort((a, b) => b.length - a.length)[0] ?? [];
    return [...plain, ...candidates.slice(0, 1 + (plain.length >> 3))];
  }

  /** What is wrong with one batch. */
  batch(packets: readonly GeneratedPacket[], outcomes: Outcomes): string | undefined {
    const wanted: Outcome[] = [];
    for (const { bytes, options } of packets) this.#model.inject(bytes, options);
    this.#model.process();
    this.#model.collect((verdict, bytes) => wanted.push({ verdict, bytes }));
    this.#guard.surround(packets.length);
    const { view } = this.#engine.memory;
    const skip = this.#engine.memory.offset(SECTION_WORK) + WORK_SKIP_OFFSET;
    if (this.#triesExpress) view.setUint32(skip, 0, true);
    for (const { bytes, options } of packets) this.#subject.inject(bytes, options);
    try {
      this.#subject.process();
    } catch (error) {
      return `trap: ${String(error)}`;
    }
    if (this.#triesExpress && view.getUint32(skip, true) === 0)
      outcomes.set(EXPRESS, (outcomes.get(EXPRESS) ?? 0) + 1);
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
