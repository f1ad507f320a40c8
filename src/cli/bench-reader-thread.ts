/** The thread that reads while a table changes: looks the watched addresses up until it is told to stop, and checks values. */
import { parentPort } from 'node:worker_threads';
import type { ReaderWork } from '../bench/flapping.ts';
import type { Beside } from '../bench/publish-times.ts';
import { impossible } from '../bench/update-work.ts';
import { openThread } from '../threads/worker-thread.ts';

/** What the thread is started with. */
export interface ReaderData extends ReaderWork {
  /** One word of shared memory: 1 = stop. */
  readonly flag: Int32Array;
}

const BATCH = 256;
/** The reader is to be fast: in a pass it checks the values of one batch in so many, in each pass of others. */
const CHECKED = 4;

const { plane, data } = openThread();
const { family, keys, allowed, flag } = data as ReaderData;
const width = family === 4 ? 1 : 4;

parentPort!.on('message', () => {
  const out = new Uint32Array(BATCH);
  let lookups = 0;
  let torn = 0;
  let pass = 0;
  const readAll = (): void => {
    for (let first = 0; first < keys.length / width; first += BATCH) {
      plane.lookupBatch('routes', 0, family, keys.subarray(first * width, (first + BATCH) * width), out);
      lookups += BATCH;
      if ((first / BATCH + pass) % CHECKED === 0) torn += impossible(out, allowed, first);
    }
    pass++;
  };
  readAll();
  parentPort!.postMessage('begun');
  // What was read before is checked as well, but was not beside anything.
  lookups = 0;
  while (Atomics.load(flag, 0) === 0) readAll();
  const read: Beside = { lookups, torn };
  parentPort!.postMessage(read);
});
