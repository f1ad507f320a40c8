/**
 * `pxtr/sim`: routers, hosts, links and virtual time. `Router` is one router without I/O, `Network` runs any nodes,
 * `Timeline` can go back, `Lab` is a folder of configurations brought to life. Equal inputs give equal runs.
 */

export type * from './packet-types.ts';
export type * from './router-types.ts';

// Basic values.
export * from './addresses.ts';
export { SeededRandom, type Random, type RandomState } from '../base/random.ts';
export { micros, millis, minutes, NEVER, seconds, type Micros } from '../base/time.ts';

// One node.
export type { Arrival, NetworkNode, NodeOutput } from '../router/node.ts';
export { Router, type RouterParts } from '../router/router.ts';
export type { RouterState } from '../router/router-state.ts';
export { Host, type HostCounters, type HostOptions, type HostState } from '../sim/host.ts';
export { noLisp, noRip } from '../router/options.ts';
export { checkRouterOptions, type OptionIssue } from '../router/options-schema.ts';
export type {
  DataPlane,
  EncapTarget,
  EntryView,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  Verdict,
} from '../engine/data-plane.ts';

// Nodes, links, time.
export {
  Network,
  type NetworkOptions,
  type NetworkState,
  type RecordBody,
  type RunLimits,
} from '../sim/network.ts';
export {
  Link,
  type Direction,
  type Fate,
  type LinkChange,
  type LinkCounters,
  type LinkEnd,
  type LinkOptions,
  type LinkState,
} from '../sim/link.ts';
export { Timeline, type Companion, type TimelineOptions, type TimelineState } from '../sim/checkpoint.ts';
export {
  isKind,
  type Frame,
  type NetworkRecord,
  type RecordHead,
  type RecordKind,
  type RecordOf,
} from '../sim/record.ts';
export { formatTime, logHash, logLine, logLines } from '../sim/log.ts';
export { captureFile, type Annotate } from '../sim/tap.ts';

// Labs.
export { LAB_FILE_NAME, loadLab, type LabFile } from '../sim/lab-file.ts';
export type { LabNode } from '../sim/lab-node.ts';
export type { GarbageStep, LabStep } from '../sim/lab-steps.ts';
export type { LabExpectation } from '../sim/lab-expect-file.ts';
export { formatLabError, type LabError } from '../sim/lab-yaml.ts';
export { formatLabWarning, type LabWarning } from '../sim/lab-warning.ts';
export { createLab, Lab, type LabPing, type LabResult, type LabSettings } from '../sim/lab.ts';
export { flood, type FloodOptions, type Journal, type JournalEntry, type LabInput } from '../sim/journal.ts';
export { LabShell, withoutConsoleSteps, type ShellSettings } from '../sim/lab-shell.ts';
export type { ShellEffect, ShellOutput } from '../sim/lab-shell-output.ts';
export type { Completion } from '../ios/complete.ts';
export { formatExpectation, type ExpectationResult } from '../sim/lab-expect.ts';
export { ladder, narrate, type NarrateOptions } from '../sim/narrate.ts';
export type { EncapsulatorOf } from '../sim/record-index.ts';
export { tellStory, type StoryLink, type StoryPacket } from '../sim/story.ts';
export type { PacketFacts } from '../sim/packet-facts.ts';

// Pictures.
export {
  labGraph,
  type GraphAddress,
  type GraphEnd,
  type GraphLink,
  type GraphNode,
  type GraphSite,
  type LabGraph,
} from '../sim/lab-graph.ts';
export type { LispRole } from '../sim/node-roles.ts';
export { topologyDot } from '../sim/draw/topology-dot.ts';
export { ladderMermaid, topologyMermaid } from '../sim/draw/mermaid.ts';
export { ladderDot } from '../sim/draw/ladder-dot.ts';
export { ladderSvg } from '../sim/draw/ladder-svg.ts';
export type { LadderRemark, LadderStory } from '../sim/draw/ladder-story.ts';
export { topologySvg } from '../sim/draw/topology-svg.ts';

// Failures in turn.
export { endpointsOf, type Endpoint } from '../sim/sweep/endpoints.ts';
export { failuresOf, type Failure } from '../sim/sweep/failures.ts';
export {
  sweepFailures,
  type FailureResult,
  type PairResult,
  type PhaseResult,
  type SweepResult,
  type SweepSettings,
} from '../sim/sweep/sweep.ts';

// Messages signed as routers sign them.
export {
  encodeSigned,
  signControl,
  verifyControl,
  type AuthFailure,
  type AuthKey,
  type MacCoverage,
  type SignOptions,
  type VerifyOptions,
} from '../wire/authenticate.ts';
export type { Mac } from '../base/mac.ts';
export type { LocatorNonce, Marking, ReceptionRules, TunnelReport } from '../engine/marking.ts';
export type { SiteSelection } from '../router/control-plane.ts';
export type { MapVersions } from '../wire/lisp-data.ts';
