// The program of threads in worker-pool.test.ts: what it does is in its data.
import { parentPort } from 'node:worker_threads';
import { SECTION_BUFFERS, BUFFER_BYTES, TABLE_CACHE } from '../../assembly/layout.ts';
import { openThread } from '../../src/threads/worker-thread.ts';

const { plane, data } = openThread();
const { mode } = data as { readonly mode: 'forward' | 'stuck' | 'fail' };

if (mode === 'fail') throw new Error('this thread fails');
if (mode === 'stuck') {
  // A lookup of so many keys, row by row, that this thread is in a batch whenever somebody looks.
  const { buffers } = plane.memory.capacity;
  const keys = plane.memory.offset(SECTION_BUFFERS) + plane.worker * buffers * BUFFER_BYTES;
  const count = Math.floor((buffers * BUFFER_BYTES) / 8);
  parentPort!.postMessage('stuck');
  for (;;) plane.exports.lookup(plane.worker, 0, 4, TABLE_CACHE, keys, keys + 4 * count, count);
}

// Forwards what it is sent, and answers with what became of it.
parentPort!.on('message', (packets: readonly Uint8Array[]) => {
  for (const packet of packets) plane.inject(packet, { interfaceIndex: plane.worker });
  plane.process();
  const fates: { verdict: number; outInterface: number; bytes: Uint8Array }[] = [];
  plane.collect(({ verdict, outInterface }, bytes) =>
    fates.push({ verdict, outInterface, bytes: bytes.slice() }),
  );
  parentPort!.postMessage(fates);
});
