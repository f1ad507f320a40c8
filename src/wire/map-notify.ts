/**
 * Map-Notify, type 4, and Map-Notify-Ack, type 5 (RFC 9301 §5.7): a Map-Register without its flags.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Type=4/5|             Reserved                 | Record Count  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Nonce . . .                           |
 * |                         . . . Nonce                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Key ID     | Algorithm ID  |  Authentication Data Length   |
 * ~                     Authentication Data                       ~
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Record Count EID-Records, then any trailer          |
 */
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
  encodeNonce,
  encodeWord0,
  TYPE_MAP_NOTIFY,
  TYPE_MAP_NOTIFY_ACK,
} from './control-header.ts';
import {
  decodeEidRecords,
  describeEidRecord,
  eidRecordsBytes,
  encodeEidRecord,
  type EidRecord,
} from './eid-record.ts';

const RESERVED_SHIFT = 8;
const RESERVED_MASK = 0xf_ffff;

/** Map-Notify, type 4, and Map-Notify-Ack, type 5 (RFC 9301 §5.7). */
export interface MapNotify {
  readonly type: 'map-notify' | 'map-notify-ack';
  readonly nonce: Nonce;
  readonly authentication: Authentication;
  readonly records: readonly EidRecord[];
  /** Bytes after the last record: 24 bytes of xTR-ID and Site-ID where deployed software sends them. */
  readonly trailer: Uint8Array;
  /** The 20 reserved bits 4..23 of word 0, kept: deployed software uses bit 4 as "IDs present". */
  readonly reservedBits: number;
}

/** `r` stands at the start of a message whose type is 4 or 5. The MAC is not looked at here: see authenticate.ts. */
export function decodeMapNotify(r: Reader): MapNotify {
  const word0 = r.u32('map-notify flags');
  const nonce = decodeNonce(r);
  const authentication = decodeAuthentication(r);
  const records = decodeEidRecords(r, word0 & 0xff, 'defined');
  return {
    type: word0 >>> 28 === TYPE_MAP_NOTIFY ? 'map-notify' : 'map-notify-ack',
    nonce,
    authentication,
    records,
    trailer: r.rest(),
    reservedBits: (word0 >>> RESERVED_SHIFT) & RESERVED_MASK,
  };
}

/** Sends `reservedBits` as they are: a message of our own has 0 there (CP-05). */
export function encodeMapNotify(w: Writer, x: MapNotify): void {
  const type = x.type === 'map-notify' ? TYPE_MAP_NOTIFY : TYPE_MAP_NOTIFY_ACK;
  encodeWord0(w, type, (x.reservedBits & RESERVED_MASK) << RESERVED_SHIFT, x.records.length);
  encodeNonce(w, x.nonce);
  encodeAuthentication(w, x.authentication);
  for (const record of x.records) encodeEidRecord(w, record, 'defined');
  w.bytes(x.trailer);
}

export function mapNotifyBytes(x: MapNotify): number {
  const records = eidRecordsBytes(x.records);
  return CONTROL_HEADER_BYTES + authenticationBytes(x.authentication) + records + x.trailer.length;
}

export function describeMapNotify(x: MapNotify): string {
  const parts = [
    `${x.type === 'map-notify' ? 'Map-Notify' : 'Map-Notify-Ack'} ${x.records.map(describeEidRecord).join(', ')}`,
    `nonce ${formatNonce(x.nonce)}`,
    describeAuthentication(x.authentication),
  ];
  if (x.trailer.length > 0) parts.push(`trailer ${x.trailer.length} bytes`);
  return parts.join('; ');
}
