/**
 * `pxtr/workers`: an engine's tables in many threads of Node. The thread that owns the `Engine` changes tables; each
 * thread of a `WorkerPool` forwards packets of its own. Beside that, all of `pxtr/engine`.
 */
export * from './engine.ts';
export {
  WorkerPool,
  type PoolThread,
  type ThreadEnd,
  type WorkerPoolOptions,
} from '../threads/worker-pool.ts';
export { openThread, type WorkerThread } from '../threads/worker-thread.ts';
