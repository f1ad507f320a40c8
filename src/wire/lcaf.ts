/**
 * LISP Canonical Address Format (RFC 8060 §3), after an AFI of 16387.
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           AFI = 16387         |     Rsvd1     |     Flags     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Type       |     Rsvd2     |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Length bytes.  Type 1: A(1) A(2) ...   Type 2: IID (4) A(x)  |
 *
 * Length counts the bytes after itself. An address inside never reads past it; when it ends before, the bytes in
 * between would be lost, so such an LCAF is kept whole as `unknown` and re-encodes identically.
 *
 * The address codec comes in as a parameter, because addresses contain LCAFs that contain addresses.
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import type { Lcaf, LispAddress } from './address.ts';

export const LCAF_AFI_LIST = 1;
export const LCAF_INSTANCE_ID = 2;
export const LCAF_VENDOR = 255;

/** Rsvd1, Flags, Type, Rsvd2, Length. */
export const LCAF_HEADER_BYTES = 6;
const INSTANCE_ID_BYTES = 4;
const AFI_FIELD_BYTES = 2;
const MAX_IID_MASK_BITS = 32;

export type { Lcaf } from './address.ts';

/**
 * Reads an LCAF from its Rsvd1 field on. A vendor LCAF refuses the whole message: no OUI is understood here, and
 * RFC 9306 §4 (LC-05) is stricter on those than on an unknown type, which is kept (LC-02).
 */
export function decodeLcaf(r: Reader, decodeNested: (r: Reader) => LispAddress): Lcaf {
  const reserved1 = r.u8('lcaf reserved');
  const flags = r.u8('lcaf flags');
  const typeOffset = r.offset;
  const code = r.u8('lcaf type');
  const reserved2 = r.u8('lcaf reserved');
  const body = r.sub(r.u16('lcaf length'), 'lcaf body');
  const known =
    code === LCAF_AFI_LIST
      ? decodeAfiList(body, decodeNested)
      : code === LCAF_INSTANCE_ID
        ? decodeInstanceId(body, reserved2, decodeNested)
        : undefined;
  if (known !== undefined && body.remaining === 0) return known;
  if (code === LCAF_VENDOR) r.fail('bad-value', 'lcaf vendor', typeOffset);
  return { type: 'unknown', code, reserved1, flags, reserved2, body: body.bytes };
}

/** LC-10: items in any order until Length is used up; a single byte cannot be an item and is slack. */
function decodeAfiList(body: Reader, decodeNested: (r: Reader) => LispAddress): Lcaf {
  const items: LispAddress[] = [];
  while (body.remaining >= AFI_FIELD_BYTES) items.push(decodeNested(body));
  return { type: 'afi-list', items };
}

/** RFC 8060 §4.1: Rsvd2 is the IID mask-len, in use only where no address follows. */
function decodeInstanceId(body: Reader, reserved2: number, decodeNested: (r: Reader) => LispAddress): Lcaf {
  const instanceId = body.u32('instance id');
  const address = decodeNested(body);
  const iidMaskBits = address.kind === 'none' ? reserved2 : 0;
  if (iidMaskBits > MAX_IID_MASK_BITS) body.fail('bad-value', 'instance id mask-len', body.base - 3);
  return { type: 'instance-id', instanceId, iidMaskBits, address };
}

export function encodeLcaf(w: Writer, x: Lcaf, encodeNested: (w: Writer, a: LispAddress) => void): void {
  if (x.type === 'unknown') {
    assert(x.body.length <= 0xffff, 'an LCAF body has at most 65535 bytes');
    w.u8(x.reserved1).u8(x.flags).u8(x.code).u8(x.reserved2).u16(x.body.length).bytes(x.body);
    return;
  }
  // LC-01: reserved fields and flags are sent as zero.
  w.u16(0);
  if (x.type === 'afi-list') w.u8(LCAF_AFI_LIST).u8(0);
  else w.u8(LCAF_INSTANCE_ID).u8(x.address.kind === 'none' ? x.iidMaskBits : 0);
  const lengthAt = w.length;
  w.u16(0);
  if (x.type === 'afi-list') {
    for (const item of x.items) encodeNested(w, item);
  } else {
    w.u32(x.instanceId);
    encodeNested(w, x.address);
  }
  const length = w.length - lengthAt - 2;
  assert(length <= 0xffff, 'an LCAF body has at most 65535 bytes');
  w.patchU16(lengthAt, length);
}

/** Bytes from Rsvd1 to the end of the body. */
export function lcafBytes(x: Lcaf, nestedBytes: (a: LispAddress) => number): number {
  switch (x.type) {
    case 'afi-list':
      return x.items.reduce((sum, item) => sum + nestedBytes(item), LCAF_HEADER_BYTES);
    case 'instance-id':
      return LCAF_HEADER_BYTES + INSTANCE_ID_BYTES + nestedBytes(x.address);
    case 'unknown':
      return LCAF_HEADER_BYTES + x.body.length;
  }
}
