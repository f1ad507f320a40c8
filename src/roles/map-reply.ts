/** Making Map-Replies (RFC 9301 §5.4, §5.5): what goes in, what fits. */
import { commonBits, covers, prefix, type Family, type IpAddress } from '../base/ip.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { CONTROL_PORT, encodeControl } from '../wire/control.ts';
import { eidRecordBytes } from '../wire/eid-record.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { Nonce } from '../base/random.ts';
import type { SendOutput, UdpEndpoint } from './machine.ts';
import { writeRecord } from './records.ts';

const MAP_REPLY_HEADER_BYTES = 12;
const MAX_RECORDS_COUNT = 255;

/** CP-03: UDP payload of an IP packet of 576 bytes (IPv4) or 1280 bytes (IPv6), the path MTU being unknown. */
export function maxPayloadBytes(family: Family): number {
  return family === 4 ? 576 - 20 - 8 : 1280 - 40 - 8;
}

/** True when a Map-Reply with these records respects CP-03 on the way to an address of `family`. */
export function fitsMapReply(mappings: readonly Mapping[], family: Family): boolean {
  if (mappings.length > MAX_RECORDS_COUNT) return false;
  const bytes = mappings.reduce((sum, mapping) => sum + eidRecordBytes(writeRecord(mapping)), 0);
  return MAP_REPLY_HEADER_BYTES + bytes <= maxPayloadBytes(family);
}

/**
 * CP-23: the best match and every mapping inside it, in one message. Where that does not fit, one record: the widest
 * part of the best match around `asked` that none of the others overlaps. All records have one TTL (CP-24).
 *
 * `inside` are the mappings inside the best match; it may be among them.
 */
export function answerWith(
  best: Mapping,
  inside: Iterable<Mapping>,
  asked: EidPrefix,
  family: Family,
): readonly Mapping[] {
  const others = [...inside].filter(({ eid }) => eid.prefix.bits > best.eid.prefix.bits);
  if (others.length === 0) return [best];
  const ttlMinutes = Math.min(
    best.ttlMinutes,
    ...others.slice(0, MAX_RECORDS_COUNT).map((m) => m.ttlMinutes),
  );
  const all = [best, ...others].map((mapping) => ({ ...mapping, ttlMinutes }));
  if (fitsMapReply(all, family)) return all;
  // A more-specific that covers what is asked for would have been the best match; one inside it cannot be avoided.
  const { address } = asked.prefix;
  const avoided = others.filter(({ eid }) => !covers(asked.prefix, eid.prefix));
  const bits = avoided.reduce(
    (most, { eid }) => Math.max(most, commonBits(eid.prefix.address, address) + 1),
    best.eid.prefix.bits,
  );
  return [{ ...best, eid: { ...best.eid, prefix: prefix(address, bits) } }];
}

/** The answers to several records of one Map-Request in one list: each EID-Prefix once, what does not fit left out. */
export function combineAnswers(answers: Iterable<readonly Mapping[]>, family: Family): Mapping[] {
  const combined = new Map<string, Mapping>();
  for (const answer of answers) {
    const more = answer.filter(({ eid }) => !combined.has(eidKey(eid)));
    if (combined.size > 0 && !fitsMapReply([...combined.values(), ...more], family)) continue;
    for (const mapping of more) combined.set(eidKey(mapping.eid), mapping);
  }
  return [...combined.values()];
}

export interface MapReplyFields {
  readonly nonce: Nonce;
  readonly mappings: readonly Mapping[];
  readonly to: UdpEndpoint;
  /** E: this ETR sends nonces back (RFC 9300 §10.1). */
  readonly canEcho?: boolean;
  /** Answers an RLOC-probe of this own address, from which the reply is sent. */
  readonly probed?: IpAddress;
}

export function sendMapReply({ nonce, mappings, to, canEcho = false, probed }: MapReplyFields): SendOutput {
  const message: MapReply = {
    type: 'map-reply',
    probe: probed !== undefined,
    echoNonceCapable: canEcho,
    nonce,
    records: mappings.map((mapping) => writeRecord(mapping, probed)),
  };
  return {
    kind: 'send',
    message,
    payload: encodeControl(message),
    ...(probed === undefined ? {} : { source: probed }),
    sourcePort: CONTROL_PORT,
    to,
  };
}
