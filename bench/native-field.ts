/** What all cases of bench -- native share, and their native contenders. */
import type { Family } from '../src/base/ip.ts';
import type { Peer } from '../src/bench/contender.ts';
import { InputError } from '../src/bench/input-error.ts';
import { traceLength } from './native-data.ts';
import type { NativeHarness } from './native-harness.ts';
import type {
  NativeContender,
  NativeDigest,
  NativeRound,
  NativeSkip,
  NativeWork,
} from './native-protocol.ts';
import { consume, type Round, type Settings } from './runner.ts';

/** Distinct values of the table. */
export const NEXT_HOPS = 1000;
/** Keys or packets of a call. */
export const BATCH = 256;

export interface Field {
  readonly harness: Pick<NativeHarness, 'round' | 'check' | 'show'>;
  /** With the table and the traces. */
  readonly folder: string;
  readonly settings: Settings;
  readonly contenders: readonly NativeContender[];
  /** JavaScript that takes part; may be empty. */
  readonly peers: readonly Peer[];
  readonly progress: (text: string) => void;
}

/** Keys of a pass, a multiple of the batch. @throws InputError where there is not one batch */
export function passLength({ folder, settings }: Field, family: Family, trace: string): number {
  const whole = traceLength(folder, family, trace);
  const wanted = settings.keys === 0 ? whole : Math.min(whole, settings.keys);
  const count = Math.floor(wanted / BATCH) * BATCH;
  if (count === 0) throw new InputError(`native looks up at least ${BATCH} keys, not ${wanted}`);
  return count;
}

/** Of a case: the names of those that can run, and what is to be said of any. Their tables are made here. */
export async function readyNatives(
  { harness, contenders, progress }: Field,
  work: NativeWork,
  family: Family,
  trace: string,
): Promise<{ readonly ready: readonly string[]; readonly notes: Readonly<Record<string, string>> }> {
  const ready: string[] = [];
  const notes: Record<string, string> = {};
  for (const { name, note } of contenders.filter((each) => each.work === work && each.family === family)) {
    progress(`IPv${family} ${trace}: ${name}`);
    const trial = await harness.round(name, trace, BATCH, BATCH);
    if ('skipped' in trial) {
      notes[name] = `skipped: ${trial.skipped}`;
      continue;
    }
    const size = trial.memoryBytes === 0 ? [] : [sizeText(trial.memoryBytes, trial.buildMs)];
    const about = [...size, ...(note === '' ? [] : [note])];
    if (about.length > 0) notes[name] = about.join('; ');
    ready.push(name);
  }
  return { ready, notes };
}

/** `bytes`: undefined where nobody can tell. */
export function sizeText(bytes: number | undefined, buildMs: number): string {
  const built = `built in ${buildMs.toFixed(0)} ms`;
  return bytes === undefined ? built : `${(bytes / 1e6).toFixed(1)} MB, ${built}`;
}

export function roundOf(answer: NativeRound | NativeSkip): Round {
  const { cpuNs, wallNs } = ran(answer);
  return { medianNs: cpuNs, calls: 1, cpuShare: cpuNs / wallNs };
}

export function digestText(answer: NativeDigest | NativeSkip): string {
  const { digest, sum } = ran(answer);
  return `${digest} ${sum}`;
}

/** Of a contender that was ready. */
export function ran<T extends object>(answer: T | NativeSkip): T {
  if ('skipped' in answer) throw new Error(answer.skipped);
  return answer;
}

/** A pass in this process. */
export function timeHere(operations: number, pass: () => number): Round {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  consume(pass());
  const { user, system } = process.cpuUsage(cpu);
  const cpuNs = (user + system) * 1000;
  return { medianNs: cpuNs / operations, calls: 1, cpuShare: cpuNs / 1e6 / (performance.now() - wall) };
}

/** Traces are large: read when first used. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
