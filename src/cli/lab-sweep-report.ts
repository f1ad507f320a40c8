import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { Endpoint } from '../sim/sweep/endpoints.ts';
import type { Failure } from '../sim/sweep/failures.ts';
import {
  isHurt,
  type FailureResult,
  type PairResult,
  type PhaseResult,
  type SweepResult,
} from '../sim/sweep/sweep.ts';

/** The document that `pxtr lab sweep --json` prints. Kept as stable as RunReport. Times are seconds of virtual time. */
export interface SweepReport {
  readonly schema: 'pxtr-lab-sweep/1';
  readonly scenario: string;
  readonly seed: number;
  /** Between probes of a pair; how long a failure lasts; how long is watched afterwards. */
  readonly interval: number;
  readonly down: number;
  readonly up: number;
  /** Of the Map-Caches when a failure begins: everybody has looked everybody up, or nobody anybody. */
  readonly caches: 'warm' | 'cold';
  readonly endpoints: readonly EndpointReport[];
  /** The same time without a failure. */
  readonly baseline: readonly PairReport[];
  readonly failures: readonly FailureReport[];
}

export interface EndpointReport {
  readonly node: string;
  readonly address: string;
}

export interface FailureReport {
  /** `link:lisp1-mapserver`, `rloc:10.0.1.2`. */
  readonly id: string;
  readonly kind: Failure['kind'];
  readonly what: string;
  /** Pairs that lost more than without the failure; all pairs that work without it. */
  readonly hurt: number;
  readonly working: number;
  /** Probes of all pairs while it lasted. */
  readonly sent: number;
  readonly lost: number;
  readonly pairs: readonly PairReport[];
}

export interface PairReport {
  readonly from: EndpointReport;
  readonly to: EndpointReport;
  readonly down: PhaseReport;
  readonly up: PhaseReport;
}

export interface PhaseReport {
  readonly sent: number;
  readonly lost: number;
  /** From the start of the phase to the first probe that was lost; null when none was. */
  readonly firstLoss: number | null;
  /** To the first probe that was answered after the last loss; null when none was lost, or nothing came back. */
  readonly recovered: number | null;
  /** From the first loss to there; 0 when none was lost, null when nothing came back. */
  readonly outage: number | null;
  /**
   * How long it lasted as far as was seen: the same as `outage`, and where nothing came back the rest of the phase, all
   * of it when the first probe of the pair was lost. It is at least that long then.
   */
  readonly outageSeen: number;
}

export function sweepReport(scenario: string, result: SweepResult): SweepReport {
  const { settings, endpoints, baseline, failures } = result;
  return {
    schema: 'pxtr-lab-sweep/1',
    scenario,
    seed: settings.seed,
    interval: settings.interval / 1_000_000,
    down: settings.down / 1_000_000,
    up: settings.up / 1_000_000,
    caches: settings.warmUp > 0 ? 'warm' : 'cold',
    endpoints: endpoints.map(endpointReport),
    baseline: baseline.map((pair) => pairReport(pair, settings)),
    failures: failures.map((each) => failureReport(each, baseline, settings)),
  };
}

function failureReport(
  { failure, pairs }: FailureResult,
  baseline: readonly PairResult[],
  settings: Settings,
): FailureReport {
  const { id, kind, what } = failure;
  return {
    id,
    kind,
    what,
    hurt: pairs.filter((pair) => isHurt(pair, baseline)).length,
    working: baseline.filter(isWorking).length,
    sent: sum(pairs, ({ down }) => down.sent),
    lost: sum(pairs, ({ down }) => down.lost),
    pairs: pairs.map((pair) => pairReport(pair, settings)),
  };
}

/** Some probe comes back when nothing is broken. */
export function isWorking({ down, up }: Pick<PairResult, 'down' | 'up'>): boolean {
  return down.lost + up.lost < down.sent + up.sent;
}

function sum(pairs: readonly PairResult[], of: (pair: PairResult) => number): number {
  return pairs.reduce((total, pair) => total + of(pair), 0);
}

type Settings = SweepResult['settings'];

function pairReport({ from, to, down, up }: PairResult, settings: Settings): PairReport {
  return {
    from: endpointReport(from),
    to: endpointReport(to),
    down: phaseReport(down, settings.down, settings.interval),
    up: phaseReport(up, settings.up, settings.interval),
  };
}

function endpointReport({ node, address }: Endpoint): EndpointReport {
  return { node, address: formatIp(address) };
}

function phaseReport(
  { sent, lost, firstLoss = 0, recovered }: PhaseResult,
  lasts: Micros,
  interval: Micros,
): PhaseReport {
  const ended = lost === 0 ? 0 : recovered === undefined ? undefined : recovered - firstLoss;
  const rest = firstLoss < interval ? lasts : lasts - firstLoss;
  return {
    sent,
    lost,
    firstLoss: inSeconds(lost === 0 ? undefined : firstLoss),
    recovered: inSeconds(recovered),
    outage: inSeconds(ended),
    outageSeen: inSeconds(ended ?? rest),
  };
}

/** Milliseconds are as fine as anybody asks. */
function inSeconds(time: Micros): number;
function inSeconds(time: Micros | undefined): number | null;
function inSeconds(time: Micros | undefined): number | null {
  return time === undefined ? null : Math.round(time / 1000) / 1000;
}
