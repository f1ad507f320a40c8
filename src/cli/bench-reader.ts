/** A thread of Node that reads in the table of a bench while it changes. */
import type { Engine } from '../engine/engine.ts';
import type { ReaderWork, SideReader } from '../bench/flapping.ts';
import type { Beside } from '../bench/publish-times.ts';
import { WorkerPool } from '../threads/worker-pool.ts';
import type { ReaderData } from './bench-reader-thread.ts';

/** Beside this file once both are JavaScript. */
const SCRIPT = new URL('./bench-reader-thread.js', import.meta.url);

/** In the first seat of an engine of shared memory. What it waits for is rejected when the thread ends by itself. */
export async function startReader(engine: Engine, work: ReaderWork, script = SCRIPT): Promise<SideReader> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const data: ReaderData = { ...work, flag };
  let fail!: (reason: Error) => void;
  const ended = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Nobody may be waiting for it just then; who waits next hears of it.
  ended.catch(() => undefined);
  const pool = await WorkerPool.start(engine, {
    script,
    data,
    onEnd: ({ exitCode, error }) => {
      fail(error ?? new Error(`the reader ended with ${exitCode}`));
      return 'leave';
    },
  });
  const answer = (): Promise<unknown> =>
    Promise.race([ended, new Promise((resolve) => pool.thread(1)?.once('message', resolve))]);
  return {
    begin: async () => {
      Atomics.store(flag, 0, 0);
      const begun = answer();
      pool.thread(1)?.postMessage('read');
      await begun;
    },
    end: async () => {
      const read = answer();
      Atomics.store(flag, 0, 1);
      return (await read) as Beside;
    },
    close: () => pool.close(),
  };
}
