/** The reader of the `update` suite: looks the watched addresses up until it is told to stop, and checks every value. */
import { parentPort } from 'node:worker_threads';
import type { Family } from '../src/base/ip.ts';
import { openThread } from '../src/threads/worker-thread.ts';
import { impossible, type Watched } from './update-work.ts';

/** What the thread is started with. */
export interface ReaderData extends Watched {
  readonly family: Family;
  /** One word of shared memory: 1 = stop. */
  readonly flag: Int32Array;
}

/** What it tells when it has stopped. */
export interface Readings {
  readonly lookups: number;
  /** Values that the address can have in no state of the table. */
  readonly torn: number;
}

const BATCH = 256;
/** Values of all batches are compared with what is possible; the reader is to be fast, so only each so many batches. */
const CHECKED = 4;

const { plane, data } = openThread();
const { family, keys, allowed, flag } = data as ReaderData;
const width = family === 4 ? 1 : 4;

parentPort!.on('message', () => {
  const out = new Uint32Array(BATCH);
  let lookups = 0;
  let torn = 0;
  let batch = 0;
  while (Atomics.load(flag, 0) === 0) {
    for (let first = 0; first < keys.length / width; first += BATCH) {
      plane.lookupBatch('routes', 0, family, keys.subarray(first * width, (first + BATCH) * width), out);
      lookups += BATCH;
      if (batch++ % CHECKED === 0) torn += impossible(out, allowed, first);
    }
  }
  const readings: Readings = { lookups, torn };
  parentPort!.postMessage(readings);
});
