import { MessageChannel, Worker } from 'node:worker_threads';
import type { Engine } from '../engine/engine.ts';
import type { ThreadStart } from './worker-thread.ts';

/** A thread of a pool has ended, without being asked to by `close`. */
export interface ThreadEnd {
  /** Its seat. */
  readonly worker: number;
  /** As `process.exit` says, 1 after `terminate` or an error. */
  readonly exitCode: number;
  /** What it threw. */
  readonly error?: Error;
}

/** A `Worker` of node:worker_threads, as far as one needs it to talk to a thread; told by shape, to need no types of Node. */
export interface PoolThread {
  /** Copies it, as structured clones are. */
  postMessage(message: unknown): void;
  /** Each message that it sends. */
  on(event: 'message', listen: (message: unknown) => void): this;
  /** The next message that it sends. */
  once(event: 'message', listen: (message: unknown) => void): this;
  /** Ends it, wherever it is. */
  terminate(): Promise<number>;
}

/** How the threads of a pool are started, and what follows when one ends. */
export interface WorkerPoolOptions {
  /** The program of each thread, as a URL or an absolute path; it calls `openThread` first. */
  readonly script: { readonly href: string } | string;
  /** How many; default as many as the engine has seats: its `workers` less the one of its own thread. */
  readonly count?: number;
  /** For the threads, as `postMessage` copies it. */
  readonly data?: unknown;
  /** Called when its seat is free again, wherever in a batch it ended. 'restart' puts a new thread there. */
  readonly onEnd: (end: ThreadEnd) => 'restart' | 'leave';
}

/**
 * Threads of Node over one engine of shared memory, a seat each: the first has seat 1. Whatever a thread held when it
 * ended is free again for the engine as soon as this thread hears of it.
 */
export class WorkerPool {
  readonly #engine: Engine;
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Map<number, Worker>();
  readonly #ends = new Set<Promise<void>>();
  #isClosing = false;

  private constructor(engine: Engine, options: WorkerPoolOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /**
   * Resolves when every thread has taken its seat. Rejects, and leaves none running, with what a thread threw before
   * that, or with EngineError when the engine has not so many seats.
   */
  static async start(engine: Engine, options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(engine, options);
    const count = options.count ?? engine.memory.capacity.workers - 1;
    // Before a thread runs: does the engine have the first seat, and the last one?
    for (const worker of [1, count]) engine.seat(worker);
    try {
      await Promise.all(Array.from({ length: count }, (_, i) => pool.#startThread(i + 1)));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The thread in a seat, to talk to it; undefined when there is none. */
  thread(worker: number): PoolThread | undefined {
    return this.#threads.get(worker);
  }

  /** Ends all threads. `onEnd` is not called any more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const thread of this.#threads.values()) void thread.terminate();
    await Promise.all(this.#ends);
  }

  /** Resolves when it has taken its seat, rejects when it ended before. */
  #startThread(worker: number): Promise<void> {
    const { script, data } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const start: ThreadStart = { seat: this.#engine.seat(worker), data, ready: port2 };
    const thread = new Worker(typeof script === 'string' ? script : new URL(script.href), {
      workerData: start,
      transferList: [port2],
    });
    this.#threads.set(worker, thread);
    let error: Error | undefined;
    thread.on('error', (thrown: unknown) => {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    });
    let isReady = false;
    return new Promise((resolve, reject) => {
      port1.once('message', () => {
        isReady = true;
        resolve();
      });
      const ended = new Promise<void>((settle) => {
        thread.once('exit', (exitCode) => {
          port1.close();
          this.#threads.delete(worker);
          this.#engine.recover(worker);
          if (isReady && !this.#isClosing) {
            const end = { worker, exitCode, ...(error === undefined ? {} : { error }) };
            this.#after(end);
          }
          reject(error ?? new Error(`worker ${worker} ended with ${exitCode} before it took its seat`));
          settle();
        });
      });
      this.#ends.add(ended);
      void ended.then(() => this.#ends.delete(ended));
    });
  }

  #after(end: ThreadEnd): void {
    if (this.#options.onEnd(end) === 'leave') return;
    // One that does not get as far as its seat has ended again; it is not tried for ever.
    this.#startThread(end.worker).catch((error: unknown) => {
      this.#options.onEnd({ worker: end.worker, exitCode: 1, error: error as Error });
    });
  }
}
