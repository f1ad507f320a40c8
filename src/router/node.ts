import type { IpAddress } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';

/** Anything that sits on links: a Router or a Host. Deterministic; time and packets come from outside. */
export interface NetworkNode {
  readonly name: string;
  /** Names of the interfaces; the place in the list is the interface index. */
  readonly interfaces: readonly string[];
  /** Called once, before anything else. */
  start(now: Micros, out: NodeOutput[]): void;
  /** Absorb packets that arrived at `now` and do the work that is due. Early calls are harmless. */
  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void;
  /** Earliest time at which `advance` has work without an arrival; NEVER when idle. */
  nextDeadline(): Micros;
  /** Starts a ping; its console text and result come as outputs. */
  ping(now: Micros, request: PingRequest, out: NodeOutput[]): void;
  /** Plain data, structured-clone safe. */
  save(): unknown;
  restore(state: unknown): void;
}

/** A packet on an interface. The node reads the bytes during the call and keeps none of them. */
export interface Arrival {
  readonly interfaceIndex: number;
  readonly bytes: Uint8Array;
}

/** What a node gives back, in causal order. */
export type NodeOutput =
  /** `bytes` belong to the receiver of the output. */
  | { readonly kind: 'transmit'; readonly interfaceIndex: number; readonly bytes: Uint8Array }
  | { readonly kind: 'trace'; readonly event: TraceEvent }
  | { readonly kind: 'ping-done'; readonly result: PingResult };

export interface PingRequest {
  readonly destination: IpAddress;
  /** Without it the address of the outgoing interface. */
  readonly source?: IpAddress;
  /** Echo requests; default 5. */
  readonly count: number;
  /** Bytes of the IP packet; default 100. */
  readonly size: number;
  /** Default 2 s. */
  readonly timeout: Micros;
}

export interface PingResult {
  readonly request: PingRequest;
  /** One mark per echo: `!` reply, `.` timeout, `U` unreachable, `Q` source quench, `M` could not fragment. */
  readonly marks: string;
  readonly sent: number;
  readonly received: number;
  /** Round-trip times of the replies, in order. */
  readonly times: readonly Micros[];
}
