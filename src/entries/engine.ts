/**
 * `pxtr/engine`: the data plane without a built-in module. `Engine.open` and `Lpm.open` take one that was compiled
 * elsewhere (`compileEngine`); `pxtr` has the same with the module built in, `pxtr/url` with the module in a file.
 */

// Addresses and EIDs.
export * from './addresses.ts';
export { eidPrefix, formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
export type { Action } from '../mapping/action.ts';

// The engine and its plain twin.
export { Engine, type EngineOptions, type EngineStats } from '../engine/engine.ts';
export type { EngineTable } from '../engine/lookups.ts';
export { EngineWorker, type WorkerSeat } from '../engine/engine-worker.ts';
export {
  compileEngine,
  compileEngineSync,
  type EngineModule,
  type EngineSource,
  type WasmMemory,
} from '../engine/engine-module.ts';
export { presets, type EngineCapacity } from '../engine/memory.ts';
export { EngineError, type EngineErrorCode } from '../engine/errors.ts';
export { Model, type ModelOptions } from '../engine/model.ts';
export type {
  Counters,
  DataPlane,
  EncapTarget,
  EntryView,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  PacketCount,
  Verdict,
} from '../engine/data-plane.ts';
export type { LocatorNonce, Marking, ReceptionRules, TunnelReport } from '../engine/marking.ts';
export type { LispDataHeader, MapVersions } from '../wire/lisp-data.ts';
export type { Explanation, Phase } from '../engine/phases.ts';
export { reasonName, reasonText } from '../engine/counters.ts';
export { verdict as verdictText } from '../engine/model-text.ts';
export * from '../engine/codes.ts';

// Longest-prefix match alone.
export { Lpm, type LpmOptions, type LpmStats } from '../engine/lpm-table.ts';
export type { TableKinds } from '../engine/publisher.ts';
export {
  LPM_KINDS,
  type LpmCapabilities,
  type LpmKind,
  type ResearchLpmKind,
  type RouterLpmKind,
  type Traffic,
} from '../engine/lpm.ts';

// Packets larger than the wire.
export { Offload } from '../engine/offload.ts';
export {
  MAX_BATCH_BYTES,
  MAX_FRAME_BYTES,
  MAX_SEGMENTS,
  type CoalesceOptions,
  type DatagramRun,
  type OffloadFault,
  type Offloads,
  type SuperFrame,
} from '../engine/offloads.ts';
export type { Result } from '../base/result.ts';
