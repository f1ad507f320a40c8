/**
 * Map-Request, type 1 (RFC 9301 §5.2; I and N by RFC 9437 §4).
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Type=1 |A|M|P|S|p|s|R|I|  Rsvd   |L|D|   IRC   | Record Count  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Nonce . . .                           |
 * |                         . . . Nonce                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Source-EID-AFI        |   Source EID Address  ...     |
 * |         ITR-RLOC-AFI 1        |    ITR-RLOC Address 1  ...    |
 * |                              ...                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |N|  Reserved   | EID mask-len  |        EID-Prefix-AFI         |  Record
 * |                       EID-Prefix  ...                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     M: EID-Record of the source EID.   I: xTR-ID, Site-ID     |
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import { formatNonce, type Nonce } from '../base/random.ts';
import { decodeAddress, encodeAddress, lispAddressBytes, type LispAddress } from './afi.ts';
import {
  CONTROL_HEADER_BYTES,
  decodeNonce,
  describeFlags,
  encodeNonce,
  encodeWord0,
  flag,
  hasFlag,
  RECORD_COUNT_OFFSET,
  TYPE_MAP_REQUEST,
} from './control-header.ts';
import {
  decodeEidRecord,
  describeEidRecord,
  eidRecordBytes,
  encodeEidRecord,
  type EidRecord,
} from './eid-record.ts';
import { formatEidPrefix, formatLispAddress, maxMaskBits } from './lisp-address.ts';
import { decodeXtrIds, describeXtrIds, encodeXtrIds, XTR_IDS_BYTES, type XtrIds } from './xtr-ids.ts';

const A_BIT = 4;
const M_BIT = 5;
const PROBE_BIT = 6;
const SMR_BIT = 7;
const PITR_BIT = 8;
const SMR_INVOKED_BIT = 9;
const I_BIT = 11;
const LOCAL_XTR_BIT = 17;
const DONT_REPLY_BIT = 18;
const IRC_SHIFT = 8;
const IRC_MASK = 0x1f;
const MAX_ITR_RLOCS_COUNT = 32;
/** N (RFC 9437 §4), in the first byte of a record. */
const RECORD_N = 0x80;
/** Bytes of a record before EID-Prefix-AFI. */
const RECORD_FIXED_BYTES = 2;

export type { XtrIds } from './xtr-ids.ts';

/** An EID-Prefix that is asked for. */
export interface MapRequestRecord {
  /** N (RFC 9437): subscribe. */
  readonly subscribe: boolean;
  readonly maskBits: number;
  readonly eid: LispAddress;
}

/** Map-Request, type 1 (RFC 9301 §5.2). */
export interface MapRequest {
  readonly type: 'map-request';
  /** A */
  readonly authoritative: boolean;
  /** P: RLOC-probe. */
  readonly probe: boolean;
  /** S: solicit. */
  readonly smr: boolean;
  /** p: the sender is a PITR. */
  readonly pitr: boolean;
  /** s: invoked by an SMR. */
  readonly smrInvoked: boolean;
  /** L: local xTR. */
  readonly localXtr: boolean;
  /** D: do not reply. */
  readonly dontReply: boolean;
  readonly nonce: Nonce;
  /** Kind 'none' when absent (AFI 0). */
  readonly sourceEid: LispAddress;
  /** 1..32; the IRC field is this count less one. */
  readonly itrRlocs: readonly LispAddress[];
  /** 1..255; a sender puts exactly one (CP-06). */
  readonly records: readonly MapRequestRecord[];
  /** M: the sender's own mapping, appended. */
  readonly mapping?: EidRecord;
  /** I (RFC 9437): 16 and 8 bytes, after everything else. */
  readonly ids?: XtrIds;
}

/** `r` stands at the start of a message whose type is 1. No records is a bad-count fault. */
export function decodeMapRequest(r: Reader): MapRequest {
  const start = r.offset;
  const word0 = r.u32('map-request flags');
  const nonce = decodeNonce(r);
  const sourceEid = decodeAddress(r, 'source eid');
  const itrRlocCount = ((word0 >>> IRC_SHIFT) & IRC_MASK) + 1;
  const itrRlocs: LispAddress[] = [];
  for (let i = 0; i < itrRlocCount; i++) itrRlocs.push(decodeAddress(r, 'itr-rloc'));
  const recordCount = word0 & 0xff;
  if (recordCount === 0) r.fail('bad-count', 'record count', start + RECORD_COUNT_OFFSET);
  const records: MapRequestRecord[] = [];
  for (let i = 0; i < recordCount; i++) records.push(decodeMapRequestRecord(r));
  return {
    type: 'map-request',
    authoritative: hasFlag(word0, A_BIT),
    probe: hasFlag(word0, PROBE_BIT),
    smr: hasFlag(word0, SMR_BIT),
    pitr: hasFlag(word0, PITR_BIT),
    smrInvoked: hasFlag(word0, SMR_INVOKED_BIT),
    localXtr: hasFlag(word0, LOCAL_XTR_BIT),
    dontReply: hasFlag(word0, DONT_REPLY_BIT),
    nonce,
    sourceEid,
    itrRlocs,
    records,
    ...(hasFlag(word0, M_BIT) ? { mapping: decodeEidRecord(r, 'reserved') } : {}),
    ...(hasFlag(word0, I_BIT) ? { ids: decodeXtrIds(r) } : {}),
  };
}

function decodeMapRequestRecord(r: Reader): MapRequestRecord {
  const subscribe = (r.u8('record flags') & RECORD_N) !== 0;
  const maskOffset = r.offset;
  const maskBits = r.u8('eid mask-len');
  const eid = decodeAddress(r, 'eid');
  if (maskBits > maxMaskBits(eid)) r.fail('bad-value', 'eid mask-len', maskOffset);
  return { subscribe, maskBits, eid };
}

export function encodeMapRequest(w: Writer, x: MapRequest): void {
  const itrRlocCount = x.itrRlocs.length;
  assert(itrRlocCount >= 1 && itrRlocCount <= MAX_ITR_RLOCS_COUNT, 'a Map-Request has 1..32 ITR-RLOCs');
  assert(x.records.length > 0, 'a Map-Request has a record');
  const flags =
    flag(A_BIT, x.authoritative) |
    flag(M_BIT, x.mapping !== undefined) |
    flag(PROBE_BIT, x.probe) |
    flag(SMR_BIT, x.smr) |
    flag(PITR_BIT, x.pitr) |
    flag(SMR_INVOKED_BIT, x.smrInvoked) |
    flag(I_BIT, x.ids !== undefined) |
    flag(LOCAL_XTR_BIT, x.localXtr) |
    flag(DONT_REPLY_BIT, x.dontReply) |
    ((itrRlocCount - 1) << IRC_SHIFT);
  encodeWord0(w, TYPE_MAP_REQUEST, flags, x.records.length);
  encodeNonce(w, x.nonce);
  encodeAddress(w, x.sourceEid);
  for (const rloc of x.itrRlocs) encodeAddress(w, rloc);
  for (const record of x.records) {
    assert(record.maskBits <= maxMaskBits(record.eid), 'mask-len exceeds the EID');
    w.u8(record.subscribe ? RECORD_N : 0).u8(record.maskBits);
    encodeAddress(w, record.eid);
  }
  if (x.mapping !== undefined) encodeEidRecord(w, x.mapping, 'reserved');
  if (x.ids !== undefined) encodeXtrIds(w, x.ids);
}

export function mapRequestBytes(x: MapRequest): number {
  const addresses = [x.sourceEid, ...x.itrRlocs].reduce((sum, a) => sum + lispAddressBytes(a), 0);
  const records = x.records.reduce((sum, { eid }) => sum + RECORD_FIXED_BYTES + lispAddressBytes(eid), 0);
  const mapping = x.mapping === undefined ? 0 : eidRecordBytes(x.mapping);
  const ids = x.ids === undefined ? 0 : XTR_IDS_BYTES;
  return CONTROL_HEADER_BYTES + addresses + records + mapping + ids;
}

export function describeMapRequest(x: MapRequest): string {
  const flags = describeFlags({
    A: x.authoritative,
    M: x.mapping !== undefined,
    P: x.probe,
    S: x.smr,
    p: x.pitr,
    s: x.smrInvoked,
    I: x.ids !== undefined,
    L: x.localXtr,
    D: x.dontReply,
  });
  const eids = x.records.map(
    (record) => formatEidPrefix(record.eid, record.maskBits) + (record.subscribe ? ' N' : ''),
  );
  const parts = [
    `Map-Request ${eids.join(', ')}`,
    `flags ${flags}`,
    `nonce ${formatNonce(x.nonce)}`,
    `source ${formatLispAddress(x.sourceEid)}`,
    `itr-rlocs ${x.itrRlocs.map(formatLispAddress).join(', ')}`,
  ];
  if (x.mapping !== undefined) parts.push(`mapping ${describeEidRecord(x.mapping)}`);
  if (x.ids !== undefined) parts.push(describeXtrIds(x.ids));
  return parts.join('; ');
}
