/**
 * How the engine scales over threads: 1 and 2 workers on one shared memory, with and without updates of the tables. A
 * time is that of the wall clock for each packet or key of all workers together: half of it with 2 workers is what there
 * is to win. This thread waits, or updates; where workers and it are more than the cores, they share them.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../src/engine/engine.ts';
import { EngineError } from '../src/engine/errors.ts';
import { Model } from '../src/engine/model.ts';
import { WorkerPool } from '../src/threads/worker-pool.ts';
import { openEngine } from './engine.ts';
import { consume, type Case, type Round, type SelfTimed, type Settings, type Suite } from './runner.ts';
import {
  change,
  CHANGED,
  fill,
  modelPass,
  OPERATIONS,
  passOf,
  SITES,
  WORKS,
  type Work,
} from './workers-work.ts';
import type { Done, Job } from './workers-thread.ts';

const WORKERS = 2;
/** A publish each. */
const UPDATE_MS = 5;

let pool: WorkerPool | undefined;

export const workersSuite: Suite = {
  name: 'workers',
  cases: async (seed, settings) => {
    const engine = openEngine({
      shared: true,
      workers: WORKERS + 1,
      entries: 8 * SITES,
      rewrites: 256,
      fibBytes: 8 << 20,
    });
    fill(engine);
    const threads = await WorkerPool.start(engine, {
      script: new URL('./workers-thread.js', import.meta.url),
      onEnd: ({ worker, exitCode, error }) => {
        throw error ?? new Error(`worker ${worker} ended with ${exitCode}`);
      },
    });
    pool = threads;
    return WORKS.map((work) => workCase(work, engine, threads, seed, settings));
  },
  close: () => void pool?.close(),
};

function workCase(work: Work, engine: Engine, threads: WorkerPool, seed: number, settings: Settings): Case {
  const job = { work, seed };
  const notes: Record<string, string> = {};
  const counts = Array.from({ length: WORKERS }, (_, i) => i + 1);
  const expected = passOf(work, seed, engine)();
  const contender = (workers: number, hasUpdates: boolean): SelfTimed => {
    const name = `${workers} worker${workers === 1 ? '' : 's'}${hasUpdates ? ', updates' : ''}`;
    const updates = new Updates(engine);
    return {
      name,
      time: async (round) => {
        const seats = counts.slice(0, workers);
        const [wall, cpu] = [performance.now(), process.cpuUsage()];
        const running = Promise.all(
          seats.map((seat) => ask(threads, seat, { ...job, seconds: settings.seconds })),
        );
        const all = hasUpdates ? await updates.until(running) : await running;
        const { user, system } = process.cpuUsage(cpu);
        const busy = (user + system) / 1000 / (performance.now() - wall);
        check(work, all, expected);
        if (hasUpdates && round > 0) notes[name] = updates.text();
        return roundOf(work, all, Math.min(1, busy / workers));
      },
    };
  };
  return {
    name: work === 'encapsulate' ? 'encapsulate IPv4 in IPv4' : 'look up IPv4 keys',
    unit: work === 'encapsulate' ? 'packet' : 'key',
    operations: OPERATIONS[work],
    baseline: '1 worker',
    contenders: [false, true].flatMap((hasUpdates) => counts.map((n) => contender(n, hasUpdates))),
    gate: async () => {
      if (work === 'encapsulate') {
        const model = new Model();
        fill(model);
        if (modelPass(seed, model)() !== expected) throw new Error(`${work}: Engine and Model differ`);
      }
      const all = await Promise.all(counts.map((seat) => ask(threads, seat, { ...job, seconds: 0 })));
      check(work, all, expected);
    },
    facts: {
      entries: SITES + CHANGED,
      'a pass': OPERATIONS[work],
      updates: `${CHANGED} entries each ${UPDATE_MS} ms`,
    },
    notes,
  };
}

/** Every worker found what the engine's own thread found, in each of its passes. */
function check(work: Work, all: readonly Done[], expected: number): void {
  for (const [i, { result, wrong }] of all.entries()) {
    consume(result);
    if (result !== expected || wrong > 0)
      throw new Error(`${work}: worker ${i + 1} found something else in ${Math.max(1, wrong)} of its passes`);
  }
}

function roundOf(work: Work, all: readonly Done[], cpuShare: number): Round {
  const passesEachNs = all.reduce((sum, { passes, seconds }) => sum + passes / (seconds * 1e9), 0);
  const calls = all.reduce((sum, { passes }) => sum + passes, 0);
  return { medianNs: 1 / (passesEachNs * OPERATIONS[work]), calls, cpuShare };
}

/** Changes of the tables at a steady pace, and how long a publish took. */
class Updates {
  readonly #engine: Engine;
  readonly #times: number[] = [];
  #turn = 0;
  #refused = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async until<T>(done: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const watched = done.finally(() => (state.isDone = true));
    while (!state.isDone) {
      const start = performance.now();
      change(this.#engine, ++this.#turn);
      try {
        this.#engine.publish();
        this.#times.push(performance.now() - start);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        this.#refused++;
      }
      await Promise.race([watched, setTimeout(UPDATE_MS)]);
    }
    return watched;
  }

  text(): string {
    const times = this.#times.toSorted((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2);
    return `${times.length} publishes, ${this.#refused} refused; one took ${at(0.5)} ms in the middle, ${at(1)} ms at most`;
  }
}

function ask(threads: WorkerPool, worker: number, job: Job): Promise<Done> {
  return new Promise((resolve, reject) => {
    const thread = threads.thread(worker);
    if (thread === undefined) {
      reject(new Error(`worker ${worker} is not there`));
      return;
    }
    thread.once('message', (done) => resolve(done as Done)).postMessage(job);
  });
}
