/** A thread of the `workers` suite: passes over its trace for as long as it is told, each with the result it must have. */
import { performance } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { openThread } from '../src/threads/worker-thread.ts';
import { passOf, type Pass, type Work } from './workers-work.ts';

/** What the bench asks for. */
export interface Job {
  readonly work: Work;
  readonly seed: number;
  /** Zero: one pass, for the gate. */
  readonly seconds: number;
}

/** And gets. */
export interface Done {
  /** Of the last pass. */
  readonly result: number;
  /** Passes whose result was another than that of the first. */
  readonly wrong: number;
  readonly passes: number;
  readonly seconds: number;
}

/** Between two looks at the clock, in seconds. */
const TURN = 0.002;

const { plane } = openThread();
const passes = new Map<string, Pass>();

parentPort!.on('message', ({ work, seed, seconds }: Job) => {
  const key = `${work} ${seed}`;
  const pass = passes.get(key) ?? passOf(work, seed, plane);
  passes.set(key, pass);
  const start = performance.now();
  const first = pass();
  let count = 1;
  let wrong = 0;
  let result = first;
  let turn = 1;
  let elapsed = (performance.now() - start) / 1000;
  while (elapsed < seconds) {
    for (let i = 0; i < turn; i++) {
      result = pass();
      if (result !== first) wrong++;
    }
    count += turn;
    elapsed = (performance.now() - start) / 1000;
    turn = Math.max(1, Math.round((count / elapsed) * TURN));
  }
  const done: Done = { result, wrong, passes: count, seconds: elapsed };
  parentPort!.postMessage(done);
});
