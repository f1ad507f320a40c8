import type { IpAddress } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { Eid, EidPrefix } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { StoreEvent, StoreOp } from '../mapping/store.ts';
import type { ControlMessage } from '../wire/control.ts';

/** A deterministic protocol machine. Time only moves forward. */
export interface Machine<In, Out, State> {
  /** Absorb one input at `now`; append outputs in causal order. A tick is an input like any other. */
  handle(now: Micros, input: In, out: Out[]): void;
  /** Earliest time at which a tick has work; NEVER when idle. Early ticks are harmless. */
  nextDeadline(): Micros;
  /** Plain data, structured-clone safe; restore(save()) is indistinguishable from no interruption. */
  save(): State;
  restore(state: State): void;
}

export interface UdpEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** A control message that reached this router, its checksums already verified. */
export interface ReceivedMessage {
  readonly message: ControlMessage;
  /** UDP payload as received; MACs are checked on these bytes. A view, valid during the call. */
  readonly bytes: Uint8Array;
  readonly from: UdpEndpoint;
  readonly to: UdpEndpoint;
}

/** Inputs of the LISP roles. A role ignores kinds that do not concern it. */
export type RoleInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly received: ReceivedMessage }
  /** The engine met a Map-Cache miss or a send-map-request entry. `source` is the host that caused it. */
  | { readonly kind: 'lookup'; readonly eid: Eid; readonly source: IpAddress }
  | { readonly kind: 'store-event'; readonly event: StoreEvent };

/** A UDP datagram to send. The router adds headers, picks the source by its underlay when none is given. */
export interface SendOutput {
  readonly kind: 'send';
  readonly message: ControlMessage;
  /** The encoded (and signed) message. */
  readonly payload: Uint8Array;
  readonly source?: IpAddress;
  readonly sourcePort: number;
  readonly to: UdpEndpoint;
}

/** Outputs of the LISP roles, in causal order. */
export type RoleOutput =
  | SendOutput
  /** Put into the Map-Cache; replaces the entry for exactly this EID-Prefix. */
  | { readonly kind: 'install'; readonly entry: CacheEntry }
  | { readonly kind: 'uninstall'; readonly eid: EidPrefix }
  /** Give up on packets held for this EID. (Those that an `install` serves are released by it.) */
  | { readonly kind: 'give-up'; readonly eid: Eid }
  | { readonly kind: 'store'; readonly op: StoreOp }
  /** In-process hop from the Map-Resolver to the Map-Server of the same box: appears on no wire. */
  | { readonly kind: 'to-map-server'; readonly received: ReceivedMessage }
  /** A refused message or packet: counted by the router under `reason`. */
  | { readonly kind: 'drop'; readonly reason: string; readonly detail?: string }
  | { readonly kind: 'trace'; readonly event: TraceEvent };

/** A Map-Cache entry as the ITR holds it. */
export interface CacheEntry {
  readonly mapping: Mapping;
  readonly origin: 'static' | 'map-reply';
  readonly installed: Micros;
  /** NEVER for static entries. */
  readonly expires: Micros;
  /** Its Map-Reply said that its ETRs send nonces back (E, RFC 9301 §5.4). */
  readonly canEcho?: boolean;
}
