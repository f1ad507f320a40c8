/**
 * The library: data plane, router, laboratory, packets. Everything here runs in Node and in browsers, and is a
 * function of its inputs: no clock, no sockets, no randomness of its own.
 */

// Outcomes and basic values.
export type { Result } from './base/result.ts';
export { ANY4, ANY6, type Family, type IpAddress, type IpPrefix } from './base/ip.ts';
export { formatIp, formatPrefix, parseIp, parsePrefix, type ParsedPrefix } from './base/ip-text.ts';
export { SeededRandom, type Random } from './base/random.ts';
export { millis, minutes, NEVER, seconds, type Micros } from './base/time.ts';
export type { TraceEvent } from './base/trace.ts';

// Data plane: the WASM engine and its plain twin.
export {
  createEngine,
  createEngineSync,
  Engine,
  presets,
  type EngineOptions,
  type EngineStats,
} from './engine/engine.ts';
export { EngineError } from './engine/errors.ts';
export { Model, type ModelOptions } from './engine/model.ts';
export type {
  Counters,
  DataPlane,
  EncapTarget,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  PacketCount,
  Verdict,
} from './engine/data-plane.ts';
export type { Explanation, Phase } from './engine/phases.ts';
export { reasonName, reasonText } from './engine/counters.ts';
export {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_PITR_DESTINATION,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from './engine/codes.ts';

// One router.
export { Router, type RouterParts, type RouterState } from './router/router.ts';
export { noLisp, type InterfaceOptions, type LispOptions, type RouterOptions } from './router/options.ts';
export type { Arrival, NetworkNode, NodeOutput, PingRequest, PingResult } from './router/node.ts';
export type {
  CacheEntryView,
  LocatorView,
  RouterView,
  RouteView,
  SitePrefixView,
  SiteView,
} from './router/view.ts';

// Configurations as on IOS.
export { parseConfig, type ParsedConfig, type ParseSettings } from './ios/parse.ts';
export { formatConfigError, type ConfigError } from './ios/config-error.ts';
export { renderConfig } from './ios/render.ts';
export { runShow } from './ios/show/show.ts';

// Networks in virtual time.
export { loadLab, type LabFile } from './sim/lab-file.ts';
export { formatLabError, type LabError } from './sim/lab-yaml.ts';
export { createLab, Lab, type LabPing, type LabResult, type LabSettings } from './sim/lab.ts';
export type { LabInput } from './sim/journal.ts';
export type { StoryPacket } from './sim/story.ts';
export { formatExpectation, type ExpectationResult } from './sim/lab-expect.ts';

// Packets and capture files.
export { decodePacket, layersOf, type Layer, type Packet } from './wire/packet.ts';
export { describePacket } from './wire/describe.ts';
export { describeTree } from './wire/describe-tree.ts';
export { renderTree, type TreeNode } from './wire/tree.ts';
export { formatWireError, type Decoded, type WireError } from './wire/error.ts';
export { readCapture } from './wire/read-capture.ts';
export { readPcap, writePcap, type PcapOptions } from './wire/pcap.ts';
export { readPcapng } from './wire/pcapng.ts';
export { PcapngWriter } from './wire/pcapng-writer.ts';
export { LINK_RAW, type Capture, type CaptureInterface, type CapturePacket } from './wire/capture.ts';
