/** Taking a LISP header off (RFC 9300 §5.3, RFC 6040), and whether this router may. */
import { err, ok, type Result } from '../base/result.ts';
import {
  POLICY_ETR_DESTINATION,
  POLICY_PETR_SOURCE,
  REASON_BAD_INNER,
  REASON_ECN,
  REASON_LISP_KEY,
  REASON_LISP_TRUNCATED,
  REASON_NOT_LOCAL_EID,
  REASON_SOURCE_DENIED,
  REASON_UDP_CHECKSUM,
  REASON_UNKNOWN_INSTANCE,
} from '../../assembly/layout.ts';
import {
  isUdpChecksumRight,
  LISP_BYTES,
  parsePacket,
  payloadOf,
  u16,
  UDP_BYTES,
  withTtlAndTos,
  type Packet,
} from './model-packet.ts';
import type { ModelTables } from './model-tables.ts';
import * as text from './model-text.ts';
import { STEPS, type Note } from './phases.ts';

/** The inner packet, its TTL, DSCP and ECN merged with those of the outer one. */
export interface Decapsulated {
  readonly inner: Packet;
  readonly instanceId: number;
}

/** `outer` is a whole UDP packet to an own address and port 4341. The error is a REASON_ code. */
export function decapsulate(tables: ModelTables, outer: Packet, note: Note): Result<Decapsulated, number> {
  const datagram = checkUdp(outer, note);
  if (!datagram.ok) return datagram;

  const lisp = datagram.value.subarray(UDP_BYTES);
  const flags = lisp[0]!;
  const hasInstance = (flags & 0x08) !== 0;
  const instanceId = hasInstance ? (u16(lisp, 4) << 8) | lisp[6]! : 0;
  const vrf = tables.vrf(instanceId);
  const failure =
    (flags & 0x03) !== 0 ? REASON_LISP_KEY : vrf === undefined ? REASON_UNKNOWN_INSTANCE : undefined;
  note(STEPS.lisp, '-', () => [
    `flags ${text.lispFlags(flags)}`,
    failure === undefined ? `instance ${instanceId}` : text.reason(failure),
  ]);
  if (failure !== undefined) return err(failure);

  const parsed = parsePacket(lisp.subarray(LISP_BYTES));
  note(STEPS.inner, '-', () => [
    `${lisp.length - LISP_BYTES} bytes`,
    parsed.ok ? text.packet(parsed.value) : `${text.reason(REASON_BAD_INNER)} (${text.reason(parsed.error)})`,
  ]);
  if (!parsed.ok) return err(REASON_BAD_INNER);

  const inner = merged(parsed.value, outer);
  note(STEPS.merge, '-', () => [
    `outer ${text.headerFields(outer)}; inner ${text.headerFields(parsed.value)}`,
    inner === undefined ? text.reason(REASON_ECN) : text.headerFields(inner),
  ]);
  if (inner === undefined) return err(REASON_ECN);

  const isEtr = (vrf!.flagsOf(inner.destination) & POLICY_ETR_DESTINATION) !== 0;
  const isPetr = (vrf!.flagsOf(inner.source) & POLICY_PETR_SOURCE) !== 0;
  const refusal = tables.isProxyEtr ? REASON_SOURCE_DENIED : REASON_NOT_LOCAL_EID;
  note(STEPS.acceptance, text.table('policies', instanceId), () => [
    text.addresses(inner),
    text.acceptance(isEtr, isPetr, refusal),
  ]);
  return isEtr || isPetr ? ok({ inner, instanceId }) : err(refusal);
}

/** The UDP datagram, trimmed to its length. */
function checkUdp(outer: Packet, note: Note): Result<Uint8Array, number> {
  const payload = payloadOf(outer);
  const length = payload.length < UDP_BYTES ? 0 : u16(payload, 4);
  const isWhole = length >= UDP_BYTES + LISP_BYTES && length <= payload.length;
  const datagram = payload.subarray(0, length);
  const checksum = isWhole ? u16(payload, 6) : 0;
  const isRight = checksum === 0 || isUdpChecksumRight(outer, datagram);
  const failure = !isWhole ? REASON_LISP_TRUNCATED : !isRight ? REASON_UDP_CHECKSUM : undefined;
  note(STEPS.udp, '-', () => [
    `length ${length}, checksum ${checksum}`,
    failure === undefined ? (checksum === 0 ? 'not computed by the sender' : 'right') : text.reason(failure),
  ]);
  return failure === undefined ? ok(datagram) : err(failure);
}

const NOT_ECT = 0b00;
const ECT_1 = 0b01;
const ECT_0 = 0b10;
const CE = 0b11;

/**
 * The inner ECN field after decapsulation, RFC 6040 Figure 4: ECN_AFTER[inner][outer], both in the order of their
 * codes: Not-ECT, ECT(1), ECT(0), CE. Undefined: drop.
 */
const ECN_AFTER: readonly (readonly (number | undefined)[])[] = [
  [NOT_ECT, NOT_ECT, NOT_ECT, undefined],
  [ECT_1, ECT_1, ECT_1, CE],
  [ECT_0, ECT_1, ECT_0, CE],
  [CE, CE, CE, CE],
];

/** The inner packet with the lesser TTL, the outer DSCP and the merged ECN; undefined when ECN says drop. */
function merged(inner: Packet, outer: Packet): Packet | undefined {
  const ecn = ECN_AFTER[inner.tos & 3]![outer.tos & 3];
  if (ecn === undefined) return undefined;
  return withTtlAndTos(inner, Math.min(inner.ttl, outer.ttl), (outer.tos & 0xfc) | ecn);
}
