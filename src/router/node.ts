import type { IpAddress } from '../base/ip.ts';
import type { Eid } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
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
  | { readonly kind: 'ping-done'; readonly result: PingResult }
  | { readonly kind: 'traceroute-done'; readonly result: TracerouteResult }
  | { readonly kind: 'lig-done'; readonly result: LigResult };

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

export interface TracerouteRequest {
  readonly destination: IpAddress;
  /** Without it the address of the outgoing interface. */
  readonly source?: IpAddress;
  /** Probes per hop; default 3. */
  readonly probes: number;
  /** First and last TTL; default 1 and 30. */
  readonly minTtl: number;
  readonly maxTtl: number;
  /** Default 3 s. */
  readonly timeout: Micros;
}

export interface TracerouteResult {
  readonly request: TracerouteRequest;
  /** In order of TTL; the last one reached the destination unless the TTLs or a refusal ended the trace. */
  readonly hops: readonly TracerouteHop[];
}

export interface TracerouteHop {
  readonly ttl: number;
  readonly probes: readonly TracerouteProbe[];
}

export type TracerouteProbe =
  | {
      readonly kind: 'reply';
      readonly from: IpAddress;
      readonly roundTrip: Micros;
      /** What IOS prints behind the time: H host, N net, P protocol, A prohibited; absent for an ordinary answer. */
      readonly refusal?: 'H' | 'N' | 'P' | 'A';
    }
  | { readonly kind: 'timeout' };

/** A question to the mapping system that installs nothing (RFC 6835). */
export interface LigRequest {
  readonly eid: Eid;
  /** Default: the configured Map-Resolvers, in turn. */
  readonly mapResolver?: IpAddress;
  /** Map-Requests to send at most, 1..5; default 3. */
  readonly count: number;
  /** Wait for each answer; default 2 s. */
  readonly timeout: Micros;
}

export interface LigResult {
  readonly request: LigRequest;
  /** Map-Requests sent. */
  readonly sent: number;
  /** 'unanswered' after the last timeout; 'nobody-to-ask' when no Map-Resolver is known or there is no way to it. */
  readonly outcome: 'answered' | 'unanswered' | 'nobody-to-ask';
  /** The Map-Resolver asked last. */
  readonly mapResolver?: IpAddress;
  /** Who answered: the outer source of the Map-Reply. */
  readonly from?: IpAddress;
  readonly roundTrip?: Micros;
  /** Records of the answer; one without locators says what its action says. */
  readonly mappings: readonly Mapping[];
}
