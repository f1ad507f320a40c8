/**
 * The control block: where the sections are, and the protocol by which one writer replaces the tables under any
 * number of readers (DESIGN: publishing).
 *
 * Reader, once per batch:  SEEN[w] = EPOCH;  read SNAPSHOT;  work;  SEEN[w] = IDLE.
 * A reader that has announced itself before it calls stays announced, with the epoch it had then: what its verdicts
 * refer to is not reused until it has read them.
 * Writer:  write what no reader can see yet;  SNAPSHOT = new;  EPOCH += 1;  retire the old, stamped EPOCH.
 * What is stamped e may be reused when every SEEN is idle or has reached e: the store to SEEN comes before the load
 * of SNAPSHOT, and both are sequentially consistent, so a reader that announces later meets the new snapshot.
 */
import {
  CONTROL_EPOCH_OFFSET,
  CONTROL_FLAGS_OFFSET,
  CONTROL_LAYOUT_VERSION_OFFSET,
  CONTROL_MAGIC_OFFSET,
  CONTROL_NO_GRACE,
  CONTROL_OFFSET,
  CONTROL_SECTIONS_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  CONTROL_SNAPSHOT_OFFSET,
  CONTROL_WORKER_COUNT_OFFSET,
  EPOCH_IDLE,
  LAYOUT_VERSION,
  MAGIC,
} from './layout';

/** 1 when this memory was laid out by the same layout.ts that this module was compiled with. */
export function checkLayout(): i32 {
  const magic: i32 = load<i32>(CONTROL_OFFSET + CONTROL_MAGIC_OFFSET);
  const version: i32 = load<i32>(CONTROL_OFFSET + CONTROL_LAYOUT_VERSION_OFFSET);
  return i32(magic == MAGIC && version == LAYOUT_VERSION);
}

// @ts-ignore: decorator
@inline
export function section(index: i32): usize {
  return <usize>load<u32>((<usize>index << 3) + CONTROL_OFFSET, CONTROL_SECTIONS_OFFSET);
}

// @ts-ignore: decorator
@inline
export function sectionBytes(index: i32): u32 {
  return load<u32>((<usize>index << 3) + CONTROL_OFFSET, CONTROL_SECTIONS_OFFSET + 4);
}

// @ts-ignore: decorator
@inline
function seenOf(worker: i32): usize {
  return (<usize>worker << CONTROL_SEEN_STRIDE_SHIFT) + CONTROL_OFFSET + CONTROL_SEEN_OFFSET;
}

// @ts-ignore: decorator
@inline
export function currentEpoch(): i32 {
  return atomic.load<i32>(CONTROL_OFFSET + CONTROL_EPOCH_OFFSET);
}

/** The epoch after this one; the value that means idle is skipped. */
// @ts-ignore: decorator
@inline
export function nextEpoch(): i32 {
  const next = currentEpoch() + 1;
  return next == EPOCH_IDLE ? next + 1 : next;
}

/** The worker that changes the tables, in one thread with its batches. */
const WRITER: i32 = 0;

/**
 * Reader: true when this worker has nothing to announce. Its caller did, or it is the writer: nothing changes during a
 * batch of its own, and the two stores would have it wait for all that it has loaded.
 */
export function isHeld(worker: i32): bool {
  return worker == WRITER || atomic.load<i32>(seenOf(worker)) != EPOCH_IDLE;
}

/** Reader: a batch begins. Returns the snapshot to work on until `idle`. */
export function announce(worker: i32, held: bool): usize {
  if (!held) atomic.store<i32>(seenOf(worker), currentEpoch());
  return <usize>atomic.load<u32>(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET);
}

/** Reader: the batch is over; nothing of its snapshot is looked at any more. */
export function idle(worker: i32, held: bool): void {
  if (!held) atomic.store<i32>(seenOf(worker), EPOCH_IDLE);
}

/** Writer: makes `snapshot` the live one. Returns the epoch with which the replaced is to be stamped. */
export function publish(snapshot: u32): i32 {
  const epoch = nextEpoch();
  atomic.store<u32>(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET, snapshot);
  atomic.store<i32>(CONTROL_OFFSET + CONTROL_EPOCH_OFFSET, epoch);
  return epoch;
}

/** Writer: 1 when no reader can still see what was retired with stamp `epoch`. */
export function quiesced(epoch: i32): i32 {
  if (load<u32>(CONTROL_OFFSET + CONTROL_FLAGS_OFFSET) & CONTROL_NO_GRACE) return 1;
  if (currentEpoch() - epoch < 0) return 0; // not yet published
  const workers = load<i32>(CONTROL_OFFSET + CONTROL_WORKER_COUNT_OFFSET);
  for (let worker = 0; worker < workers; worker++) {
    const seen = atomic.load<i32>(seenOf(worker));
    if (seen != EPOCH_IDLE && seen - epoch < 0) return 0;
  }
  return 1;
}
