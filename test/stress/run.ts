/** One writer that publishes without pause, in this thread, and readers that look without pause, in others. */
import { setImmediate } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { EngineError } from '../../src/engine/errors.ts';
import { WorkerPool } from '../../src/threads/worker-pool.ts';
import {
  BATCHES,
  familyOf,
  isChangedInPlace,
  makeStressEngine,
  ROW,
  rowOf,
  setGeneration,
  unsteadyLocator,
  unsteadyNonce,
  STOP,
  TORN_FORWARD,
  TORN_LOOKUP,
  TRAPPED,
  type ReaderData,
  type StressKind,
} from './plan.ts';

export interface Outcome {
  readonly batches: number;
  readonly publishes: number;
  /** Publishes that were refused since readers held what they needed. */
  readonly refused: number;
  /** Batches that were torn, all of them; then by kind of batch. */
  readonly torn: number;
  readonly tornLookups: number;
  readonly tornForwardings: number;
  readonly traps: number;
  /** Readers that were ended wherever they were; another one took each seat. */
  readonly kills: number;
}

export interface StressOptions {
  readonly kind: StressKind;
  readonly readers: number;
  readonly seed: number;
  /** CONTROL_ flags. */
  readonly flags: number;
  /** From the end of one reader to that of the next, in milliseconds; 0: none is ended. */
  readonly killEveryMs: number;
  /** The bundled reader. */
  readonly script: { readonly href: string };
  /** Asked between publishes. */
  readonly isEnough: (outcome: Outcome, elapsedMs: number) => boolean;
}

const PUBLISHES_A_TURN = 16;

export async function runStress(options: StressOptions): Promise<Outcome> {
  const { kind, readers, seed, flags, script, killEveryMs } = options;
  const family = familyOf(kind);
  const engine = makeStressEngine(flags, kind, readers);
  const shared = new SharedArrayBuffer(4 * (1 + ROW * readers));
  const counts = new Int32Array(shared);
  const data: ReaderData = { counts: shared, seed, isInPlace: isChangedInPlace(kind), family };
  let failure: Error | undefined;
  let kills = 0;
  /** The reader that was told to end and has not yet. */
  let dying: number | undefined;
  const pool = await WorkerPool.start(engine, {
    script,
    data,
    onEnd: ({ worker, exitCode, error }) => {
      if (worker === dying) {
        dying = undefined;
        kills++;
        return 'restart';
      }
      if (Atomics.load(counts, STOP) === 0)
        failure = error ?? new Error(`reader ${worker} ended with ${exitCode}`);
      return 'leave';
    },
  });
  // Batches are counted modulo 2^32 by the readers, and in full here.
  const seen = new Uint32Array(readers);
  let batches = 0;
  const column = (which: number): number => {
    let sum = 0;
    for (let reader = 1; reader <= readers; reader++) sum += Atomics.load(counts, rowOf(reader) + which);
    return sum;
  };
  let publishes = 0;
  let refused = 0;
  const outcome = (): Outcome => {
    for (let i = 0; i < readers; i++) {
      const now = Atomics.load(counts, rowOf(i + 1) + BATCHES) >>> 0;
      batches += (now - seen[i]!) >>> 0;
      seen[i] = now;
    }
    const [tornLookups, tornForwardings, traps] = [TORN_LOOKUP, TORN_FORWARD, TRAPPED].map(column);
    return {
      batches,
      publishes,
      refused,
      torn: tornLookups! + tornForwardings! + traps!,
      tornLookups: tornLookups!,
      tornForwardings: tornForwardings!,
      traps: traps!,
      kills,
    };
  };
  const publish = (): void => {
    try {
      engine.publish();
      publishes++;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refused++;
    }
  };
  const start = performance.now();
  try {
    for (let generation = 1; failure === undefined; generation++) {
      if (options.isEnough(outcome(), performance.now() - start)) break;
      setGeneration(engine, generation, family);
      publish();
      for (const state of ['down', 'up'] as const) {
        engine.setLocatorState(unsteadyLocator(generation), state);
        publish();
      }
      for (const nonce of [unsteadyNonce(generation), undefined]) {
        engine.setNonce(
          unsteadyLocator(generation),
          nonce === undefined ? undefined : { nonce, echo: false },
        );
        publish();
      }
      if (generation % PUBLISHES_A_TURN !== 0) continue;
      const isDue = killEveryMs > 0 && performance.now() - start > (kills + 1) * killEveryMs;
      const victim = 1 + (kills % readers);
      if (isDue && dying === undefined && pool.thread(victim) !== undefined) {
        dying = victim;
        void pool.thread(victim)!.terminate();
      }
      // The ends of readers are heard of between turns.
      await setImmediate();
    }
  } finally {
    Atomics.store(counts, STOP, 1);
    // Without grace a reader may walk in circles: it is not waited for.
    await pool.close();
  }
  if (failure !== undefined) throw failure;
  return outcome();
}
