import type { IpAddress } from '../base/ip.ts';
import {
  REASON_AGGREGATE_HOLE,
  REASON_DROP_NO_REASON,
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_NO_ROUTE,
  REASON_NO_USABLE_RLOC,
  REASON_SEND_MAP_REQUEST,
  REASON_TOO_BIG,
  REASON_TTL_EXPIRED,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../engine/codes.ts';
import { reasonName } from '../engine/counters.ts';
import type { DataPlane, InjectOptions, Verdict } from '../engine/data-plane.ts';
import type { TunnelReport } from '../engine/marking.ts';
import type { Fragmenter } from './fragmenter.ts';
import type { ErrorCause } from './icmp-errors.ts';

/** A packet on its way into the data plane. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly options: InjectOptions;
}

/** What the router has to do with a packet after the data plane saw it. `bytes` are owned by the receiver. */
export type Decision = Waiting &
  (
    | { readonly kind: 'transmit'; readonly interfaceIndex: number; readonly gateway?: IpAddress }
    /** To one of the router's own addresses. */
    | { readonly kind: 'local' }
    /** Its destination EID must be resolved first. */
    | { readonly kind: 'lookup' }
    /** Go in again in pieces. */
    | { readonly kind: 'fragment'; readonly fragments: readonly Uint8Array[] }
    /** Dropped; `error` is what its sender is told. */
    | { readonly kind: 'refuse'; readonly reason: string; readonly error?: ErrorCause; readonly mtu: number }
    /** Longer than a buffer of the data plane. */
    | { readonly kind: 'too-long' }
  );

/** Packets of one router through its data plane, in order, batch by batch. */
export class PacketPath {
  readonly #dataPlane: DataPlane;
  readonly #fragmenter: Fragmenter;
  readonly #hear: (instanceId: number, report: TunnelReport) => void;
  #waiting: Waiting[] = [];

  /** `hear` is told what LISP headers said, where the data plane reports that. */
  constructor(
    dataPlane: DataPlane,
    fragmenter: Fragmenter,
    hear: (instanceId: number, report: TunnelReport) => void,
  ) {
    this.#dataPlane = dataPlane;
    this.#fragmenter = fragmenter;
    this.#hear = hear;
  }

  /** Takes the bytes as they are; they are read by the next `run`. */
  push(bytes: Uint8Array, options: InjectOptions): void {
    this.#waiting.push({ bytes, options });
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Sends what waits through the data plane, as much as fits one batch. `takeUp` sees what goes in. */
  run(takeUp?: (bytes: Uint8Array, options: InjectOptions) => void): Decision[] {
    const waiting = this.#waiting;
    const batch: Waiting[] = [];
    let taken = 0;
    for (const { bytes, options } of waiting) {
      if (!this.#dataPlane.inject(bytes, { ...options, cookie: batch.length })) break;
      takeUp?.(bytes, options);
      batch.push({ bytes, options });
      taken++;
    }
    if (taken === 0) {
      const [tooLong] = waiting.splice(0, 1);
      return [{ ...tooLong!, kind: 'too-long' }];
    }
    waiting.splice(0, taken);
    this.#dataPlane.process();
    const decisions: Decision[] = [];
    this.#dataPlane.collect((verdict, bytes) => {
      const { options } = batch[verdict.cookie]!;
      if (verdict.tunnel !== undefined) this.#hear(verdict.instanceId, verdict.tunnel);
      decisions.push(decide(verdict, bytes.slice(), optionsAfter(verdict, options), this.#fragmenter));
    });
    return decisions;
  }
}

/** How a packet goes in again, should it have to: a decapsulated one as the inner packet it has become. */
function optionsAfter(verdict: Verdict, options: InjectOptions): InjectOptions {
  return { ...options, instanceId: verdict.instanceId, decapsulated: verdict.decapsulated };
}

function decide(
  verdict: Verdict,
  bytes: Uint8Array,
  options: InjectOptions,
  fragmenter: Fragmenter,
): Decision {
  const packet = { bytes, options };
  if (verdict.verdict === VERDICT_NATIVE || verdict.verdict === VERDICT_ENCAP) {
    const { outInterface, gateway } = verdict;
    const way = { kind: 'transmit', interfaceIndex: outInterface } as const;
    return { ...packet, ...way, ...(gateway === undefined ? {} : { gateway }) };
  }
  if (verdict.verdict === VERDICT_PUNT) {
    switch (verdict.reason) {
      case REASON_LOCAL:
        return { ...packet, kind: 'local' };
      case REASON_MAP_CACHE_MISS:
      case REASON_SEND_MAP_REQUEST:
        return { ...packet, kind: 'lookup' };
      case REASON_TOO_BIG:
        return tooBig(packet, verdict.mtu, fragmenter);
    }
  }
  const reason = reasonName(verdict.reason);
  const error = errorOf(verdict.reason);
  return { ...packet, kind: 'refuse', reason, mtu: verdict.mtu, ...(error === undefined ? {} : { error }) };
}

/** DP-18: fragment the inner packet only when its sender allows it, otherwise tell the sender what fits. */
function tooBig(packet: Waiting, mtu: number, fragmenter: Fragmenter): Decision {
  const fragments = fragmenter.split(packet.bytes, mtu, packet.options.originated === true);
  if (fragments.length > 0) return { ...packet, kind: 'fragment', fragments };
  return { ...packet, kind: 'refuse', reason: reasonName(REASON_TOO_BIG), error: 'too-big', mtu };
}

/** Which drops the sender is told of: RFC 1812 §5.3.1, RFC 9301 §5.4 (ACT 3, CP-22), RFC 9301 §7. */
function errorOf(reason: number): ErrorCause | undefined {
  switch (reason) {
    case REASON_TTL_EXPIRED:
      return 'ttl-expired';
    case REASON_NO_ROUTE:
    case REASON_AGGREGATE_HOLE:
    case REASON_DROP_NO_REASON:
    case REASON_NO_USABLE_RLOC:
      return 'no-route';
    default:
      return undefined;
  }
}
