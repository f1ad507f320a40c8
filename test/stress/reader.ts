/**
 * A reader of the stress test, in a thread of its own: small batches without pause until told to stop. A batch is torn
 * when it finds two generations, or a packet that was put together from two.
 */
import { SeededRandom } from '../../src/base/random.ts';
import { word } from '../../src/base/ip.ts';
import { VERDICT_ENCAP } from '../../assembly/layout.ts';
import { openThread } from '../../src/threads/worker-thread.ts';
import { LISP_N } from '../../src/wire/lisp-data.ts';
import { packetOf } from '../engine/forwarding-support.ts';
import {
  ADDRESSES,
  BATCHES,
  LOCATORS,
  MOST,
  NEXT_HOPS,
  routedAddresses,
  ROUTES_INSTANCE,
  rowOf,
  STOP,
  TORN_FORWARD,
  TORN_LOOKUP,
  TRAPPED,
  type ReaderData,
} from './plan.ts';

/** Of so many batches one forwards packets; that takes twenty times as long as to look up as many keys. */
const FORWARD_EVERY = 4;

const { plane, data } = openThread();
const { counts: shared, seed, isInPlace, family } = data as ReaderData;
const counts = new Int32Array(shared);
const row = rowOf(plane.worker);
/** Goes on where an earlier thread of this seat was ended. */
let batches = Atomics.load(counts, row + BATCHES) >>> 0;
const random = new SeededRandom(seed, `reader ${plane.worker}, from batch ${batches}`);
const packets = ADDRESSES.map((destination) => packetOf(4, { destination }));
// The addresses twice, so that any run of them is one piece.
const routed = routedAddresses(family);
const words = family === 4 ? [0] : [0, 1, 2, 3];
const keys = Uint32Array.from(
  [...routed, ...routed].flatMap((address) => words.map((each) => word(address, each))),
);
/** By length. */
const out = Array.from({ length: MOST + 1 }, (_, length) => new Uint32Array(length));

/** Values of one table for some addresses: all of one generation? In place: all there? */
function isLookupWhole(first: number, count: number): boolean {
  const found = out[count]!;
  const some = keys.subarray(first * words.length, (first + count) * words.length);
  plane.lookupBatch('routes', ROUTES_INSTANCE, family, some, found);
  for (const value of found) {
    if (value === 0 || value > NEXT_HOPS || (!isInPlace && value !== found[0])) return false;
  }
  return true;
}

let wanted: number | undefined;
let isWhole = true;

function judge(verdict: number, outInterface: number, bytes: Uint8Array): void {
  // The generation is in the outer source and destination, and in the way out, which is read after the batch.
  const source = (bytes[14]! << 8) | bytes[15]!;
  const destination = (bytes[18]! << 8) | bytes[19]!;
  wanted ??= source;
  isWhole &&= verdict === VERDICT_ENCAP && source === destination && source === outInterface;
  isWhole &&= isInPlace || source === wanted;
  // While a row of buckets is written anew, each of its words is a locator of the entry, of before or of after.
  isWhole &&= (LOCATORS as readonly number[]).includes((bytes[16]! << 8) | bytes[17]!);
  // The first word of the LISP header, behind IPv4 and UDP: no nonce, or all of one.
  const hasNonce = bytes[28] === LISP_N;
  isWhole &&= hasNonce ? bytes[29] === bytes[30] && bytes[30] === bytes[31] : bytes[28] === 0;
}

/** Packets to some addresses: each encapsulated soundly, and all (not in place) by one generation? */
function isForwardingWhole(first: number, count: number): boolean {
  for (let i = 0; i < count; i++) plane.inject(packets[(first + i) % packets.length]!, { interfaceIndex: 0 });
  plane.process();
  wanted = undefined;
  isWhole = true;
  plane.collect(({ verdict, outInterface }, bytes) => judge(verdict, outInterface, bytes));
  return isWhole;
}

while (Atomics.load(counts, STOP) === 0) {
  const dice = random.u32();
  const first = (dice >>> 8) % ADDRESSES.length;
  const count = 1 + (dice % MOST);
  const isForwarding = batches++ % FORWARD_EVERY === 0;
  try {
    const isSound = isForwarding ? isForwardingWhole(first, count) : isLookupWhole(first, count);
    if (!isSound) counts[row + (isForwarding ? TORN_FORWARD : TORN_LOOKUP)]! += 1;
  } catch {
    // A reader that meets memory in the making may leave it: that is torn too.
    counts[row + TRAPPED]! += 1;
  }
  Atomics.store(counts, row + BATCHES, batches | 0);
}
