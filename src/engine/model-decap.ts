/** Taking a LISP header off (RFC 9300 §5.3, RFC 6040), and whether this router may. */
import { err, ok, type Result } from '../base/result.ts';
import {
  POLICY_ETR_DESTINATION,
  POLICY_PETR_SOURCE,
  POLICY_RTR_DESTINATION,
  REASON_BAD_INNER,
  REASON_ECN,
  REASON_GPE_CHECKSUM,
  REASON_GPE_SHIM,
  REASON_LISP_KEY,
  REASON_LISP_TRUNCATED,
  REASON_NEXT_PROTOCOL,
  REASON_NOT_LOCAL_EID,
  REASON_SOURCE_DENIED,
  REASON_UDP_CHECKSUM,
  REASON_UNKNOWN_INSTANCE,
} from '../../assembly/layout.ts';
import type { ReceptionRules, TunnelReport } from './marking.ts';
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
  /** What the LISP header said, where the rules ask for it. */
  readonly report?: TunnelReport;
}

/** `outer` is a whole UDP packet to an own address and port 4341. The error is a REASON_ code. */
export function decapsulate(tables: ModelTables, outer: Packet, note: Note): Result<Decapsulated, number> {
  const { reception } = tables;
  const datagram = checkUdp(outer, reception, note);
  if (!datagram.ok) return datagram;

  const lisp = datagram.value.subarray(UDP_BYTES);
  const flags = lisp[0]!;
  const hasInstance = (flags & 0x08) !== 0;
  const instanceId = hasInstance ? (u16(lisp, 4) << 8) | lisp[6]! : 0;
  const vrf = tables.vrf(instanceId);
  const isGpe = reception.gpe === true && (flags & 0x04) !== 0;
  const failure =
    (flags & 0x03) !== 0
      ? REASON_LISP_KEY
      : ((isGpe ? gpeFailure(outer, datagram.value, reception) : undefined) ??
        (vrf === undefined ? REASON_UNKNOWN_INSTANCE : undefined));
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
  if (isGpe && NEXT_PROTOCOLS.get(lisp[3]!) !== parsed.value.family) return err(REASON_NEXT_PROTOCOL);

  const inner = merged(parsed.value, outer);
  note(STEPS.merge, '-', () => [
    `outer ${text.headerFields(outer)}; inner ${text.headerFields(parsed.value)}`,
    inner === undefined ? text.reason(REASON_ECN) : text.headerFields(inner),
  ]);
  if (inner === undefined) return err(REASON_ECN);

  const isEtr = (vrf!.flagsOf(inner.destination) & POLICY_ETR_DESTINATION) !== 0;
  const isRtr = (vrf!.flagsOf(inner.destination) & POLICY_RTR_DESTINATION) !== 0;
  const isPetr = (vrf!.flagsOf(inner.source) & POLICY_PETR_SOURCE) !== 0;
  const refusal = tables.isProxyEtr ? REASON_SOURCE_DENIED : REASON_NOT_LOCAL_EID;
  note(STEPS.acceptance, text.table('policies', instanceId), () => [
    text.addresses(inner),
    text.acceptance({ isEtr, isRtr, isPetr }, refusal),
  ]);
  if (!isEtr && !isRtr && !isPetr) return err(refusal);
  return ok({
    inner,
    instanceId,
    ...(reception.report === true ? { report: reportOf(outer, inner, lisp) } : {}),
  });
}

/** Next Protocol -> IP version (RFC 9305 §7). */
const NEXT_PROTOCOLS: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 6],
]);

/** Why a GPE packet is refused, as far as its header tells. */
function gpeFailure(outer: Packet, datagram: Uint8Array, rules: ReceptionRules): number | undefined {
  const isUnprotected = outer.family === 6 && u16(datagram, 6) === 0;
  if (isUnprotected && rules.gpeZeroChecksum !== true) return REASON_GPE_CHECKSUM;
  const next = datagram[UDP_BYTES + 3]!;
  if (next >= 0x80 && next <= 0xfd) return REASON_GPE_SHIM;
  return NEXT_PROTOCOLS.has(next) ? undefined : REASON_NEXT_PROTOCOL;
}

function reportOf(outer: Packet, inner: Packet, lisp: Uint8Array): TunnelReport {
  return {
    source: outer.source,
    destination: outer.destination,
    innerSource: inner.source,
    header: {
      flags: lisp[0]!,
      word0: lisp[1]! * 0x1_0000 + u16(lisp, 2),
      word1: u16(lisp, 4) * 0x1_0000 + u16(lisp, 6),
    },
  };
}

/** The UDP datagram, trimmed to its length. */
function checkUdp(outer: Packet, { unverified }: ReceptionRules, note: Note): Result<Uint8Array, number> {
  const payload = payloadOf(outer);
  const length = payload.length < UDP_BYTES ? 0 : u16(payload, 4);
  const isWhole = length >= UDP_BYTES + LISP_BYTES && length <= payload.length;
  const datagram = payload.subarray(0, length);
  const checksum = isWhole ? u16(payload, 6) : 0;
  const isRight = unverified === true || checksum === 0 || isUdpChecksumRight(outer, datagram);
  const failure = !isWhole ? REASON_LISP_TRUNCATED : !isRight ? REASON_UDP_CHECKSUM : undefined;
  note(STEPS.udp, '-', () => [
    `length ${length}, checksum ${checksum}`,
    failure === undefined ? checksumText(checksum, unverified === true) : text.reason(failure),
  ]);
  return failure === undefined ? ok(datagram) : err(failure);
}

function checksumText(checksum: number, isUnverified: boolean): string {
  if (checksum === 0) return 'not computed by the sender';
  return isUnverified ? 'not looked at' : 'right';
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
