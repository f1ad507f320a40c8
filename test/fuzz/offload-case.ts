/**
 * One case of the fuzz lane's offloads, a function of (seed, number): frames to split and batches to coalesce and to find
 * runs in, valid, damaged or noise. The engine comes to what the model comes to, byte by byte; and where its slots and
 * its packets lie in memory, with no room behind the last byte, it changes nothing but what it is told to.
 */
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import type { Result } from '../../src/base/result.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import type { Offloads } from '../../src/engine/offloads.ts';
import { Bare, coalesceAt, frameOf, PATTERNS, runsAt, splitAt } from '../engine/offload-bare.ts';
import { offloadOf, type OFFLOAD_BUILDS } from '../engine/offload-builds.ts';
import { damage, makeBatch } from '../engine/offload-packets.ts';
import { Dice } from '../support/gen-dice.ts';
import type { Outcomes } from './fuzz-case.ts';

/** Frames of a case, and about as many packets in batches. */
const FRAMES = 512;
const BATCHES = 24;
/** Frames are larger than the wire; slots that are as often too small as not. */
const MOST_SLOTS = 20;
const MOST_ROOM = 1100;

export type OffloadBuild = (typeof OFFLOAD_BUILDS)[number];

export interface OffloadCaseOptions {
  readonly seed: number;
  readonly number: number;
  readonly build: OffloadBuild;
  /** For tests of the lane itself: what is held against the model. */
  readonly subject?: Offloads;
}

/** What is wrong, and with which packets. */
export class OffloadFailure extends Error {
  override readonly name = 'OffloadFailure';

  constructor(what: string, problem: string, packets: readonly Uint8Array[]) {
    super(`${what}: ${problem}\n  of ${packets.map(toHex).join(' ')}`);
  }
}

const bares = new Map<OffloadBuild, Bare>();

/** Throws OffloadFailure. Adds to `outcomes`; returns how many frames and packets there were. */
export function runOffloadCase(options: OffloadCaseOptions, outcomes: Outcomes): number {
  const { seed, number, build, subject = offloadOf(build) } = options;
  const dice = new Dice(seed * 0x1000_0000 + number, 'offload');
  const model = new OffloadModel();
  const bare = bares.get(build) ?? new Bare(build);
  bares.set(build, bare);
  const count = (what: string): void => void outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  let packets = 0;
  const hold = (what: string, given: readonly Uint8Array[], ask: (plane: Offloads) => string): void => {
    packets += given.length;
    const wanted = ask(model);
    const got = attempt(what, given, () => ask(subject));
    if (got !== wanted) throw new OffloadFailure(what, `model ${wanted}, engine ${got}`, given);
    count(`${what} ${wanted.startsWith('no ') ? wanted : 'done'}`);
  };
  const guard = (what: string, given: readonly Uint8Array[], call: () => string): void => {
    bare.fill(dice.pick(PATTERNS));
    attempt(what, given, call);
  };
  for (let n = 0; n < FRAMES; n++) {
    const frame = frameOf(dice);
    hold('split', [frame], (plane) => textOf(plane.split(frame), (each) => [each]));
    const [slots, room] = [dice.int(MOST_SLOTS), dice.int(MOST_ROOM)];
    guard('split', [frame], () => splitAt(bare, frame, slots, room));
  }
  for (let n = 0; n < BATCHES; n++) {
    const batch = batchOf(dice);
    const coalescing = { udp: dice.chance(50), fixedIds: dice.chance(50) };
    hold('coalesce', batch, (plane) =>
      textOf(plane.coalesce(batch, coalescing), ({ frame, packets: of, first }) => [
        frame,
        Uint8Array.of(of, first),
      ]),
    );
    hold('runs', batch, (plane) =>
      textOf(plane.runs(batch), ({ payloads, segmentBytes, outerBytes, outer }) => [
        Uint8Array.of(segmentBytes >> 8, segmentBytes, outerBytes, payloads.length),
        outer,
        ...payloads,
      ]),
    );
    guard('coalesce', batch, () => coalesceAt(bare, batch, dice.pick([0, 0, 1, 99]), dice.int(4)));
    guard('runs', batch, () => runsAt(bare, batch, 0));
  }
  return packets;
}

/** Some flows with oddities; a part of the packets damaged in some batches. */
function batchOf(dice: Dice): Uint8Array[] {
  const batch = makeBatch(dice.u32(), dice.pick([0, 10, 60]));
  const percent = dice.pick([0, 0, 20, 80]);
  return batch.map((packet) => (dice.chance(percent) ? damage(packet, dice.u32()) : packet));
}

function attempt(what: string, packets: readonly Uint8Array[], call: () => string): string {
  try {
    return call();
  } catch (error) {
    throw new OffloadFailure(what, error instanceof Error ? error.message : String(error), packets);
  }
}

function textOf<T>(
  result: Result<readonly T[], string>,
  partsOf: (value: T) => readonly Uint8Array[],
): string {
  if (!result.ok) return `no ${result.error}`;
  return result.value.map((each) => toHex(concatBytes(...partsOf(each)))).join(' ');
}
