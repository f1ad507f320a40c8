/**
 * Map-Register, type 3 (RFC 9301 §5.6).
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Type=3 |P|S|I|        Reserved       |E|T|a|R|M| Record Count  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Nonce . . .                           |
 * |                         . . . Nonce                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Key ID     | Algorithm ID  |  Authentication Data Length   |
 * ~                     Authentication Data                       ~
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Record Count EID-Records.   I: xTR-ID (16), Site-ID (8)    |
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import { formatNonce, type Nonce } from '../base/random.ts';
import {
  authenticationBytes,
  decodeAuthentication,
  describeAuthentication,
  encodeAuthentication,
  type Authentication,
} from './authentication.ts';
import {
  CONTROL_HEADER_BYTES,
  decodeNonce,
  describeFlags,
  encodeNonce,
  encodeWord0,
  flag,
  hasFlag,
  RECORD_COUNT_OFFSET,
  TYPE_MAP_REGISTER,
} from './control-header.ts';
import {
  decodeEidRecords,
  describeEidRecord,
  eidRecordsBytes,
  encodeEidRecord,
  type EidRecord,
} from './eid-record.ts';
import { decodeXtrIds, describeXtrIds, encodeXtrIds, XTR_IDS_BYTES, type XtrIds } from './xtr-ids.ts';

const PROXY_REPLY_BIT = 4;
const SECURITY_BIT = 5;
export const REGISTER_I_BIT = 6;
const EID_NOTIFY_BIT = 19;
const USE_TTL_BIT = 20;
const MERGE_BIT = 21;
const WANT_MAP_NOTIFY_BIT = 23;

export type { Authentication } from './authentication.ts';

/** Map-Register, type 3 (RFC 9301 §5.6). */
export interface MapRegister {
  readonly type: 'map-register';
  /** P: the Map-Server may answer for the ETR. */
  readonly proxyReply: boolean;
  /** S: LISP-SEC capable. */
  readonly securityCapable: boolean;
  /** E: EID-notify. */
  readonly eidNotify: boolean;
  /** T: the record TTL is the registration timeout. */
  readonly useTtlForTimeout: boolean;
  /** a: merge locator sets of several xTRs. */
  readonly merge: boolean;
  /** M: wants a Map-Notify. */
  readonly wantMapNotify: boolean;
  readonly nonce: Nonce;
  readonly authentication: Authentication;
  /** 1..255. */
  readonly records: readonly EidRecord[];
  /** I: present at the end of the message. */
  readonly ids?: XtrIds;
}

/** `r` stands at the start of a message whose type is 3. The MAC is not looked at here: see authenticate.ts. */
export function decodeMapRegister(r: Reader): MapRegister {
  const start = r.offset;
  const word0 = r.u32('map-register flags');
  const nonce = decodeNonce(r);
  const authentication = decodeAuthentication(r);
  const recordCount = word0 & 0xff;
  if (recordCount === 0) r.fail('bad-count', 'record count', start + RECORD_COUNT_OFFSET);
  const records = decodeEidRecords(r, recordCount, 'reserved');
  return {
    type: 'map-register',
    proxyReply: hasFlag(word0, PROXY_REPLY_BIT),
    securityCapable: hasFlag(word0, SECURITY_BIT),
    eidNotify: hasFlag(word0, EID_NOTIFY_BIT),
    useTtlForTimeout: hasFlag(word0, USE_TTL_BIT),
    merge: hasFlag(word0, MERGE_BIT),
    wantMapNotify: hasFlag(word0, WANT_MAP_NOTIFY_BIT),
    nonce,
    authentication,
    records,
    ...(hasFlag(word0, REGISTER_I_BIT) ? { ids: decodeXtrIds(r) } : {}),
  };
}

export function encodeMapRegister(w: Writer, x: MapRegister): void {
  assert(x.records.length > 0, 'a Map-Register has a record');
  const flags =
    flag(PROXY_REPLY_BIT, x.proxyReply) |
    flag(SECURITY_BIT, x.securityCapable) |
    flag(REGISTER_I_BIT, x.ids !== undefined) |
    flag(EID_NOTIFY_BIT, x.eidNotify) |
    flag(USE_TTL_BIT, x.useTtlForTimeout) |
    flag(MERGE_BIT, x.merge) |
    flag(WANT_MAP_NOTIFY_BIT, x.wantMapNotify);
  encodeWord0(w, TYPE_MAP_REGISTER, flags, x.records.length);
  encodeNonce(w, x.nonce);
  encodeAuthentication(w, x.authentication);
  for (const record of x.records) encodeEidRecord(w, record, 'reserved');
  if (x.ids !== undefined) encodeXtrIds(w, x.ids);
}

export function mapRegisterBytes(x: MapRegister): number {
  const ids = x.ids === undefined ? 0 : XTR_IDS_BYTES;
  return CONTROL_HEADER_BYTES + authenticationBytes(x.authentication) + eidRecordsBytes(x.records) + ids;
}

export function describeMapRegister(x: MapRegister): string {
  const flags = describeFlags({
    P: x.proxyReply,
    S: x.securityCapable,
    I: x.ids !== undefined,
    E: x.eidNotify,
    T: x.useTtlForTimeout,
    a: x.merge,
    M: x.wantMapNotify,
  });
  const parts = [
    `Map-Register ${x.records.map(describeEidRecord).join(', ')}`,
    `flags ${flags}`,
    `nonce ${formatNonce(x.nonce)}`,
    describeAuthentication(x.authentication),
  ];
  if (x.ids !== undefined) parts.push(describeXtrIds(x.ids));
  return parts.join('; ');
}
