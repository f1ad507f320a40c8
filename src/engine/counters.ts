/** Names and texts of the REASON_* codes: what counters, traces and `explain` call a punt or a drop. */
import * as layout from '../../assembly/layout.ts';
import type { Counters, PacketCount } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';

/** A kebab-case word for counters and traces; and a text for people, which completes "because ...". */
type ReasonText = readonly [name: string, text: string];

const REASONS: ReadonlyMap<number, ReasonText> = new Map<number, ReasonText>([
  [layout.REASON_NONE, ['none', 'nothing is wrong']],
  [layout.REASON_LOCAL, ['local', 'it is to an address of this router']],
  [layout.REASON_MAP_CACHE_MISS, ['map-cache-miss', 'no Map-Cache entry covers the destination']],
  [layout.REASON_SEND_MAP_REQUEST, ['send-map-request', 'the Map-Cache entry says to ask']],
  [layout.REASON_TTL_EXPIRED, ['ttl-expired', 'its TTL ends here']],
  [layout.REASON_TOO_BIG, ['too-big', 'it is larger than the way out takes']],
  [layout.REASON_TRUNCATED, ['truncated', 'it is shorter than its headers say']],
  [layout.REASON_BAD_VERSION, ['bad-version', 'it is neither IPv4 nor IPv6']],
  [layout.REASON_BAD_HEADER, ['bad-header', 'its header contradicts itself']],
  [layout.REASON_BAD_CHECKSUM, ['bad-checksum', 'its IPv4 header checksum is wrong']],
  [layout.REASON_NOT_UNICAST, ['not-unicast', 'an address is multicast, broadcast or unspecified']],
  [layout.REASON_LISP_TRUNCATED, ['lisp-truncated', 'the LISP header does not fit its UDP datagram']],
  [layout.REASON_UDP_CHECKSUM, ['udp-checksum', 'the outer UDP checksum is wrong']],
  [layout.REASON_LISP_KEY, ['lisp-key', 'its payload is encrypted and there is no key']],
  [layout.REASON_UNKNOWN_INSTANCE, ['unknown-instance', 'no table has its instance ID']],
  [layout.REASON_BAD_INNER, ['bad-inner', 'the inner packet is malformed']],
  [layout.REASON_ECN, ['ecn', 'the outer header says CE and the inner sender does not know ECN']],
  [layout.REASON_NOT_LOCAL_EID, ['not-local-eid', 'the inner destination is no EID of this site']],
  [layout.REASON_SOURCE_DENIED, ['source-denied', 'the inner source belongs to no site served here']],
  [
    layout.REASON_NEXT_PROTOCOL,
    ['next-protocol', 'its GPE Next Protocol is unknown here, or not what is inside'],
  ],
  [layout.REASON_GPE_SHIM, ['gpe-shim', 'its GPE shim header is unknown here']],
  [layout.REASON_GPE_CHECKSUM, ['gpe-checksum', 'it is GPE over IPv6 without a UDP checksum']],
  [layout.REASON_NESTED, ['nested', 'it has more than two LISP headers']],
  [layout.REASON_NO_ACTION, ['no-action', 'the Map-Cache entry has neither locators nor an action']],
  [layout.REASON_DROP_NO_REASON, ['drop', 'the Map-Cache entry says to drop']],
  [layout.REASON_POLICY_DENIED, ['policy-denied', 'the Map-Cache entry says that policy denies it']],
  [layout.REASON_AUTH_FAILURE, ['auth-failure', 'the Map-Cache entry says that authentication failed']],
  [layout.REASON_NO_USABLE_RLOC, ['no-usable-rloc', 'no locator of the mapping can be used']],
  [layout.REASON_NO_ROUTE, ['no-route', 'the underlay has no route']],
  [layout.REASON_AGGREGATE_HOLE, ['aggregate-hole', 'the underlay route is a discard route']],
]);

/** A kebab-case word; total. */
export function reasonName(reason: number): string {
  return REASONS.get(reason)?.[0] ?? `reason-${reason}`;
}

/** Completes "because ..."; total. */
export function reasonText(reason: number): string {
  return REASONS.get(reason)?.[1] ?? `of reason ${reason}`;
}

/** Sums the counter rows of some workers, or of all. */
export function readCounters(memory: EngineMemory, only?: readonly number[]): Counters {
  const workers = only ?? Array.from({ length: memory.capacity.workers }, (_, worker) => worker);
  const column = (index: number): number => {
    let sum = 0;
    for (const worker of workers) {
      sum += memory.u64(
        memory.offset(layout.SECTION_COUNTERS) + worker * layout.COUNTER_ROW_BYTES + index * 8,
      );
    }
    return sum;
  };
  const pair = (packets: number, bytes: number): PacketCount => ({
    packets: column(packets),
    bytes: column(bytes),
  });
  return {
    received: pair(layout.COUNTER_RECEIVED_PACKETS, layout.COUNTER_RECEIVED_BYTES),
    native: pair(layout.COUNTER_NATIVE_PACKETS, layout.COUNTER_NATIVE_BYTES),
    encapsulated: pair(layout.COUNTER_ENCAP_PACKETS, layout.COUNTER_ENCAP_BYTES),
    decapsulated: pair(layout.COUNTER_DECAP_PACKETS, layout.COUNTER_DECAP_BYTES),
    punted: column(layout.COUNTER_PUNTED),
    dropped: column(layout.COUNTER_DROPPED),
    byReason: Array.from({ length: layout.REASON_COUNT }, (_, reason) =>
      column(layout.COUNTER_REASONS + reason),
    ),
  };
}
