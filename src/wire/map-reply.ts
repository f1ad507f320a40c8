/**
 * Map-Reply, type 2 (RFC 9301 §5.4).
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Type=2 |P|E|S|          Reserved               | Record Count  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Nonce . . .                           |
 * |                         . . . Nonce                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Record Count EID-Records.   S: LISP-SEC AD           |
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import { formatNonce, type Nonce } from '../base/random.ts';
import {
  CONTROL_HEADER_BYTES,
  decodeNonce,
  describeFlags,
  encodeNonce,
  encodeWord0,
  flag,
  hasFlag,
  RECORD_COUNT_OFFSET,
  TYPE_MAP_REPLY,
} from './control-header.ts';
import {
  decodeEidRecords,
  describeEidRecord,
  eidRecordsBytes,
  encodeEidRecord,
  type EidRecord,
} from './eid-record.ts';

const PROBE_BIT = 4;
const ECHO_NONCE_BIT = 5;
const SECURITY_BIT = 6;
/** AD Type and the unassigned bytes beside it: less than this is no authentication data (RFC 9303 §6.4). */
const MIN_SECURITY_DATA_BYTES = 4;

/** Map-Reply, type 2 (RFC 9301 §5.4). */
export interface MapReply {
  readonly type: 'map-reply';
  /** P: answers an RLOC-probe. */
  readonly probe: boolean;
  /** E: the sender can echo nonces. */
  readonly echoNonceCapable: boolean;
  readonly nonce: Nonce;
  /** 1..255. */
  readonly records: readonly EidRecord[];
  /** S: LISP-SEC authentication data: every byte after the last record, at least 4. */
  readonly securityData?: Uint8Array;
}

/** `r` stands at the start of a message whose type is 2. No records is a bad-count fault. */
export function decodeMapReply(r: Reader): MapReply {
  const start = r.offset;
  const word0 = r.u32('map-reply flags');
  const nonce = decodeNonce(r);
  const recordCount = word0 & 0xff;
  if (recordCount === 0) r.fail('bad-count', 'record count', start + RECORD_COUNT_OFFSET);
  const records = decodeEidRecords(r, recordCount, 'defined');
  return {
    type: 'map-reply',
    probe: hasFlag(word0, PROBE_BIT),
    echoNonceCapable: hasFlag(word0, ECHO_NONCE_BIT),
    nonce,
    records,
    ...(hasFlag(word0, SECURITY_BIT) ? { securityData: decodeSecurityData(r) } : {}),
  };
}

/** Its PKT-AD covers the whole message (RFC 9303 §5.8), so nothing can follow it. */
function decodeSecurityData(r: Reader): Uint8Array {
  return r.take(Math.max(r.remaining, MIN_SECURITY_DATA_BYTES), 'security data');
}

export function encodeMapReply(w: Writer, x: MapReply): void {
  assert(x.records.length > 0, 'a Map-Reply has a record');
  const flags =
    flag(PROBE_BIT, x.probe) |
    flag(ECHO_NONCE_BIT, x.echoNonceCapable) |
    flag(SECURITY_BIT, x.securityData !== undefined);
  encodeWord0(w, TYPE_MAP_REPLY, flags, x.records.length);
  encodeNonce(w, x.nonce);
  for (const record of x.records) encodeEidRecord(w, record, 'defined');
  if (x.securityData === undefined) return;
  assert(x.securityData.length >= MIN_SECURITY_DATA_BYTES, 'authentication data has at least 4 bytes');
  w.bytes(x.securityData);
}

export function mapReplyBytes(x: MapReply): number {
  return CONTROL_HEADER_BYTES + eidRecordsBytes(x.records) + (x.securityData?.length ?? 0);
}

export function describeMapReply(x: MapReply): string {
  const flags = describeFlags({ P: x.probe, E: x.echoNonceCapable, S: x.securityData !== undefined });
  const records = x.records.map(describeEidRecord).join(', ');
  const security = x.securityData === undefined ? '' : `; security data ${x.securityData.length} bytes`;
  return `Map-Reply ${records}; flags ${flags}; nonce ${formatNonce(x.nonce)}${security}`;
}
