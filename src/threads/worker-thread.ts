import { workerData } from 'node:worker_threads';
import { EngineWorker, type WorkerSeat } from '../engine/engine-worker.ts';

/** What a pool hands to a thread as its `workerData`. */
export interface ThreadStart {
  readonly seat: WorkerSeat;
  readonly data: unknown;
  /** Told once the seat is taken. */
  readonly ready: { postMessage(message: string): void; close(): void };
}

/** What a thread of a WorkerPool works with. */
export interface WorkerThread {
  readonly plane: EngineWorker;
  /** The pool's `data`, a copy; shared memory in it is shared. */
  readonly data: unknown;
}

/** Takes the seat that this thread was started for; once, first of all. Throws outside a thread of a WorkerPool. */
export function openThread(): WorkerThread {
  const start = workerData as Partial<ThreadStart> | null;
  if (start?.seat === undefined || start.ready === undefined)
    throw new Error('openThread: this is no thread of a WorkerPool; start it with WorkerPool.start');
  const plane = EngineWorker.open(start.seat);
  start.ready.postMessage('ready');
  start.ready.close();
  return { plane, data: start.data };
}
