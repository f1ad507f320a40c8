/** What if: each link and each locator fails in turn, while everybody who counts pings everybody else. */
import { sameIp } from '../../base/ip.ts';
import { millis, seconds, type Micros } from '../../base/time.ts';
import type { DataPlane } from '../../engine/data-plane.ts';
import { createLab, type Lab } from '../lab.ts';
import type { LabFile } from '../lab-file.ts';
import { quietFile } from '../lab-quiet.ts';
import { isKind } from '../record.ts';
import { endpointsOf, pairsOf, type Endpoint } from './endpoints.ts';
import type { Failure } from './failures.ts';

/** How a sweep is made. Times are of the lab. */
export interface SweepSettings {
  /** One data plane for each router. */
  readonly makeDataPlane: () => DataPlane;
  /** Default 1. */
  readonly seed?: number;
  /** Probes begin: sites have registered. Default 10 s. */
  readonly at?: Micros;
  /** How long probes run before anything fails, so that everything is looked up. Default 20 s. */
  readonly warmUp?: Micros;
  /** How long a failure lasts; default 200 s, when registrations have expired. */
  readonly down?: Micros;
  /** How long is watched after it is mended; default 100 s. */
  readonly up?: Micros;
  /** Between two probes of a pair, and how long each waits for its answer; default 500 ms. */
  readonly interval?: Micros;
  /** Nodes that send and receive probes; default: hosts, EIDs, and edges without LISP. */
  readonly nodes?: readonly string[];
  /** Told before each run: how many are done, and what is next (undefined: the run without a failure). */
  readonly onProgress?: (done: number, total: number, next: Failure | undefined) => void;
}

/** Probes of one pair during one phase. Times are from the start of the phase. */
export interface PhaseResult {
  readonly sent: number;
  readonly lost: number;
  /** When the first lost one was sent; absent when none was lost. */
  readonly firstLoss?: Micros;
  /** When the first answered one after the last loss was sent; absent when none was lost, or nothing came back. */
  readonly recovered?: Micros;
}

/** What a pair saw of a failure. */
export interface PairResult {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** While it lasted. */
  readonly down: PhaseResult;
  /** After it was mended. */
  readonly up: PhaseResult;
}

/** A failure with what everybody saw of it. */
export interface FailureResult {
  readonly failure: Failure;
  readonly pairs: readonly PairResult[];
}

/** All of a sweep. */
export interface SweepResult {
  readonly endpoints: readonly Endpoint[];
  /** The same time without a failure: what is lost here is not a failure's fault. */
  readonly baseline: readonly PairResult[];
  readonly failures: readonly FailureResult[];
  /** As used, defaults filled in. */
  readonly settings: Required<Pick<SweepSettings, 'seed' | 'at' | 'warmUp' | 'down' | 'up' | 'interval'>>;
}

/** One checkpoint at the start: from there the quiet beginning is run again faster than many would be kept. */
const NO_CHECKPOINTS = 1_000_000_000;

/**
 * Runs the lab once to a steady state, and from that same state once for each failure. Deterministic; the time it
 * takes grows with failures, pairs and probes. What the lab file types at consoles is left out.
 */
export function sweepFailures(
  file: LabFile,
  failures: readonly Failure[],
  options: SweepSettings,
): SweepResult {
  const {
    seed = 1,
    at = seconds(10),
    warmUp = seconds(20),
    down = seconds(200),
    up = seconds(100),
    interval = millis(500),
  } = options;
  const settings = { seed, at, warmUp, down, up, interval };
  const endpoints = endpointsOf(file, options.nodes);
  const pairs = pairsOf(endpoints);
  const lab = createLab(quietFile(file, at), {
    seed,
    makeDataPlane: options.makeDataPlane,
    checkpointEvery: NO_CHECKPOINTS,
  });
  lab.timeline.runUntil(at);
  // The last of these probes are over when the first failure comes.
  probe(lab, pairs, at, warmUp - interval, interval);
  lab.timeline.runUntil(at + warmUp);
  const mark = lab.timeline.journal.length;

  const total = failures.length + 1;
  const runOnce = (failure: Failure | undefined, done: number): PairResult[] => {
    options.onProgress?.(done, total, failure);
    const results = runFailure(lab, failure, pairs, settings);
    lab.timeline.takeBack(mark);
    return results;
  };
  const baseline = runOnce(undefined, 0);
  return {
    endpoints,
    baseline,
    failures: failures.map((failure, i) => ({ failure, pairs: runOnce(failure, i + 1) })),
    settings,
  };
}

type Pairs = ReturnType<typeof pairsOf>;

/** Enters the probes of a stretch of time; those of the pairs are spread over the interval. Returns how many each has. */
function probe(lab: Lab, pairs: Pairs, from: Micros, duration: Micros, interval: Micros): number {
  const count = Math.floor(duration / interval);
  for (let round = 0; round < count; round++) {
    for (const [i, [source, destination]] of pairs.entries()) {
      const request = {
        source: source.address,
        destination: destination.address,
        count: 1,
        size: 100,
        timeout: interval,
      };
      lab.input(sendTime(from, round, i, pairs.length, interval), {
        kind: 'ping',
        node: source.node,
        request,
      });
    }
  }
  return count;
}

function sendTime(from: Micros, round: number, pair: number, pairs: number, interval: Micros): Micros {
  return from + round * interval + Math.floor((pair * interval) / pairs);
}

function runFailure(
  lab: Lab,
  failure: Failure | undefined,
  pairs: Pairs,
  { down, up, interval }: SweepResult['settings'],
): PairResult[] {
  const start = lab.now;
  const before = lab.timeline.records.length;
  if (failure !== undefined) {
    lab.input(start, failure.down);
    lab.input(start + down, failure.up);
  }
  const downCount = probe(lab, pairs, start, down, interval);
  const upCount = probe(lab, pairs, start + down, up, interval);
  lab.timeline.runUntil(start + down + up + interval);

  // A probe is over before the next of its pair is sent: answers come in the order of the probes.
  const answers = pairs.map((): boolean[] => []);
  const index = new Map(pairs.map(([from, to], i) => [pairKey(from, to), i]));
  for (const { node, result } of lab.timeline.records.slice(before).filter(isKind('ping-done'))) {
    const { source, destination } = result.request;
    const found =
      source === undefined
        ? undefined
        : index.get(pairKey({ node, address: source }, { address: destination }));
    if (found !== undefined) answers[found]!.push(result.received > 0);
  }
  return pairs.map(([from, to], i) => {
    const time = (phaseStart: Micros, round: number): Micros =>
      sendTime(phaseStart, round, i, pairs.length, interval) - phaseStart;
    return {
      from,
      to,
      down: phase(answers[i]!.slice(0, downCount), (round) => time(start, round)),
      up: phase(answers[i]!.slice(downCount, downCount + upCount), (round) => time(start + down, round)),
    };
  });
}

function pairKey(from: Endpoint, to: Pick<Endpoint, 'address'>): string {
  const words = [from.address, to.address].flatMap(({ family, w0, w1, w2, w3 }) => [family, w0, w1, w2, w3]);
  return [from.node, ...words].join(' ');
}

/** `time` is when the probe of a round was sent. */
function phase(answers: readonly boolean[], time: (round: number) => Micros): PhaseResult {
  const lost = answers.filter((isAnswered) => !isAnswered).length;
  if (lost === 0) return { sent: answers.length, lost };
  const last = answers.lastIndexOf(false);
  return {
    sent: answers.length,
    lost,
    firstLoss: time(answers.indexOf(false)),
    ...(last === answers.length - 1 ? {} : { recovered: time(last + 1) }),
  };
}

/** Whether a pair lost more during a failure, or after it, than it loses without one. */
export function isHurt(pair: PairResult, baseline: readonly PairResult[]): boolean {
  const usual = baseline.find(({ from, to }) => isSamePair({ from, to }, pair));
  if (usual === undefined) return false;
  return pair.down.lost > usual.down.lost || pair.up.lost > usual.up.lost;
}

function isSamePair(a: Pick<PairResult, 'from' | 'to'>, b: Pick<PairResult, 'from' | 'to'>): boolean {
  const isSame = (x: Endpoint, y: Endpoint): boolean => x.node === y.node && sameIp(x.address, y.address);
  return isSame(a.from, b.from) && isSame(a.to, b.to);
}
