// A reader of the stress test, in a thread of its own: batches on the shared memory until told to stop. It knows the
// engine only through what it is handed, since worker threads of Node 20 take JavaScript.
import { parentPort, workerData } from 'node:worker_threads';

const { module, memory, worker, control, layout, plan } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const view = new DataView(memory.buffer);
const bytes = new Uint8Array(memory.buffer);
const counts = new Int32Array(control);
const mine = plan.countersAt + worker * plan.counters;

/** Values of one table for all addresses at once: all of one generation? In place: all there? */
function isLookupWhole() {
  exports.lookup(worker, plan.routesInstance, 4, layout.TABLE_ROUTES, plan.keys, plan.out, plan.count);
  const first = view.getUint32(plan.out, true);
  for (let i = 0; i < plan.count; i++) {
    const value = view.getUint32(plan.out + 4 * i, true);
    if (value === 0 || (!plan.isInPlace && value !== first)) return false;
  }
  return first !== 0;
}

/** Packets to all addresses at once: each encapsulated soundly, and all (not in place) to one generation's locator? */
function isForwardingWhole() {
  for (let i = 0; i < plan.packets.length; i++) {
    const buffer = plan.buffer + i * layout.BUFFER_BYTES;
    const at = plan.descriptor + i * layout.DESC_BYTES;
    bytes.set(plan.packets[i], buffer + layout.BUFFER_HEADROOM);
    bytes.fill(0, at, at + layout.DESC_BYTES);
    view.setUint32(at + layout.DESC_BUFFER_OFFSET, buffer, true);
    view.setUint16(at + layout.DESC_OFFSET_OFFSET, layout.BUFFER_HEADROOM, true);
    view.setUint16(at + layout.DESC_LENGTH_OFFSET, plan.packets[i].length, true);
  }
  exports.process(worker, plan.first, plan.packets.length);
  let locator;
  for (let i = 0; i < plan.packets.length; i++) {
    const at = plan.descriptor + i * layout.DESC_BYTES;
    if (view.getUint8(at + layout.DESC_VERDICT_OFFSET) !== layout.VERDICT_ENCAP) return false;
    const outer =
      plan.buffer + i * layout.BUFFER_BYTES + view.getUint16(at + layout.DESC_OFFSET_OFFSET, true);
    const destination = view.getUint32(outer + 16);
    // The generation is in the source too.
    if ((view.getUint32(outer + 12) & 0xffff) !== (destination & 0xffff)) return false;
    locator ??= destination;
    if (!plan.isInPlace && destination !== locator) return false;
  }
  return true;
}

/** A reader that meets memory in the making may leave it: that is torn too. */
function isWhole(look) {
  try {
    return look();
  } catch {
    return false;
  }
}

parentPort.postMessage('ready');
while (Atomics.load(counts, plan.stopAt) === 0) {
  const look = counts[mine] % 2 === 0 ? isLookupWhole : isForwardingWhole;
  if (!isWhole(look)) Atomics.add(counts, mine + 1, 1);
  Atomics.add(counts, mine, 1);
}
