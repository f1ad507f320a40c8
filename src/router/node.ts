import type { IpAddress } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { LigRequest, LigResult } from '../roles/lig.ts';

export type { LigRequest, LigResult };

/** Anything that sits on links: a Router or a Host. Deterministic; time and packets come from outside. */
export interface NetworkNode {
  /** Unique in its network. */
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
  /** Starts a traceroute; its result comes as an output. */
  traceroute(now: Micros, request: TracerouteRequest, out: NodeOutput[]): void;
  /** Plain data, structured-clone safe. */
  save(): unknown;
  /** Takes back what `save` gave; the node is then indistinguishable from one that never stopped. */
  restore(state: unknown): void;
}

/** A packet on an interface. The node reads the bytes during the call and keeps none of them. */
export interface Arrival {
  readonly interfaceIndex: number;
  readonly bytes: Uint8Array;
}

/** What a node gives back, in causal order: packets to put on links, what it noticed, and commands that are over. */
export type NodeOutput =
  /** `bytes` belong to the receiver of the output. */
  | { readonly kind: 'transmit'; readonly interfaceIndex: number; readonly bytes: Uint8Array }
  | { readonly kind: 'trace'; readonly event: TraceEvent }
  | { readonly kind: 'ping-done'; readonly result: PingResult }
  | { readonly kind: 'traceroute-done'; readonly result: TracerouteResult }
  | { readonly kind: 'lig-done'; readonly result: LigResult };

/** Echo requests, one at a time: the next leaves when the last is answered or has timed out. */
export interface PingRequest {
  readonly destination: IpAddress;
  /** Without it the address of the outgoing interface. */
  readonly source?: IpAddress;
  /** Echo requests; `ping` of a console sends 5. */
  readonly count: number;
  /** Bytes of the IP packet, its headers included; `ping` of a console sends 100. */
  readonly size: number;
  /** Wait for each reply; `ping` of a console waits 2 s. */
  readonly timeout: Micros;
  /** IPv4: forbid fragmentation, here and on the way. Default false. */
  readonly dontFragment?: boolean;
}

/** What came of a ping. */
export interface PingResult {
  readonly request: PingRequest;
  /**
   * One mark per echo: `!` reply, `.` timeout, `U` unreachable, `Q` source quench, `M` could not fragment, `&` TTL
   * exceeded.
   */
  readonly marks: string;
  readonly sent: number;
  readonly received: number;
  /** Round-trip times of the replies, in order. */
  readonly times: readonly Micros[];
}

/** UDP probes with a rising TTL. */
export interface TracerouteRequest {
  readonly destination: IpAddress;
  /** Without it the address of the outgoing interface. */
  readonly source?: IpAddress;
  /** Probes per hop; `traceroute` of a console sends 3. */
  readonly probes: number;
  /** First TTL, 1..255. */
  readonly minTtl: number;
  /** Last TTL, 1..255; a console's default is 30. */
  readonly maxTtl: number;
  /** Wait for each answer; a console waits 3 s. */
  readonly timeout: Micros;
}

/** What came of a traceroute. */
export interface TracerouteResult {
  readonly request: TracerouteRequest;
  /**
   * In order of TTL; the last one reached the destination unless the TTLs or a refusal ended the trace. Empty when
   * there was no address to send from.
   */
  readonly hops: readonly TracerouteHop[];
}

/** The probes of one TTL. */
export interface TracerouteHop {
  readonly ttl: number;
  readonly probes: readonly TracerouteProbe[];
}

/** What came of one probe. */
export type TracerouteProbe =
  | {
      readonly kind: 'reply';
      readonly from: IpAddress;
      readonly roundTrip: Micros;
      /** What IOS prints behind the time: H host, N net, P protocol, A prohibited; absent for an ordinary answer. */
      readonly refusal?: 'H' | 'N' | 'P' | 'A';
    }
  | { readonly kind: 'timeout' };
