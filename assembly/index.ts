/** The exports of the engine: raw pointers and numbers. src/engine/wasm.ts describes them as EngineExports. */
import { SECTION_FIB } from './layout';
import { announce, idle, isHeld, section, sectionBytes } from './control';
import { arenaBegin, arenaInit, arenaRollback } from './arena';
import { findVrf, vrfKind, vrfRoot } from './snapshot';
import { lpmBatch, lpmOne4 } from './lpm/lpm';

export { checkLayout, publish, quiesced } from './control';
export { process } from './forward';
export {
  lpmAbandon,
  lpmApply,
  lpmAtomicity,
  lpmBatch,
  lpmBuild,
  lpmCaps,
  lpmCommit,
  lpmConvert,
  lpmCount,
  lpmDestroy,
  lpmEstimate,
  lpmFootprint,
  lpmInsert,
  lpmMakeRoom,
  lpmNext,
  lpmPrepare,
  lpmReaderBytes,
  lpmRemove,
} from './lpm/lpm';
export { coalesce } from './offload/coalesce';
export { udpRuns } from './offload/runs';
export { planSplit, split } from './offload/split';

/** Makes the FIB section an empty arena. */
export function fibInit(): void {
  arenaInit(section(SECTION_FIB), sectionBytes(SECTION_FIB));
}

/** Starts the transaction that the next `publish` makes visible. */
export function fibBegin(): void {
  arenaBegin(section(SECTION_FIB));
}

/** Takes back this transaction's retirements, once `lpmAbandon` has freed its new blocks. */
export function fibRollback(): void {
  arenaRollback(section(SECTION_FIB));
}

/** `lpmBatch` in a table of the live snapshot, as a reader: safe in any thread that owns `worker`. */
export function lookup(worker: i32, instanceId: u32, family: i32, table: u32, keys: usize, out: usize, n: i32): void {
  const held = isHeld(worker);
  const snapshot = announce(worker, held);
  const vrf = findVrf(snapshot, instanceId);
  if (vrf == 0) memory.fill(out, 0, <usize>n << 2);
  else lpmBatch(vrfKind(vrf, family, table), family, vrfRoot(vrf, family, table), keys, out, n);
  idle(worker, held);
}

/**
 * The value of one IPv4 address, as `lookup` finds it: a number in place of a key in memory, which a caller outside would have
 * to write and the lookup to wait for. `scratch`: room for a key and a value.
 */
export function lookupOne4(worker: i32, instanceId: u32, table: u32, scratch: usize, address: u32): u32 {
  const held = isHeld(worker);
  const vrf = findVrf(announce(worker, held), instanceId);
  const value = vrf == 0 ? 0 : lpmOne4(vrfKind(vrf, 4, table), vrfRoot(vrf, 4, table), address, scratch);
  idle(worker, held);
  return value;
}
