/** xTR-ID and Site-ID at the end of a Map-Register or Map-Request with the I bit (RFC 9301 §5.6, RFC 9437 §4). */
import { assert } from '../base/assert.ts';
import { toHex, type Reader, type Writer } from '../base/bytes.ts';

export const XTR_ID_BYTES = 16;
export const SITE_ID_BYTES = 8;
export const XTR_IDS_BYTES = XTR_ID_BYTES + SITE_ID_BYTES;

/** xTR-ID (16 bytes) and Site-ID (8 bytes). */
export interface XtrIds {
  readonly xtrId: Uint8Array;
  readonly siteId: Uint8Array;
}

export function decodeXtrIds(r: Reader): XtrIds {
  return { xtrId: r.take(XTR_ID_BYTES, 'xtr-id'), siteId: r.take(SITE_ID_BYTES, 'site-id') };
}

export function encodeXtrIds(w: Writer, x: XtrIds): void {
  assert(x.xtrId.length === XTR_ID_BYTES && x.siteId.length === SITE_ID_BYTES, 'IDs have 16 and 8 bytes');
  w.bytes(x.xtrId).bytes(x.siteId);
}

export function describeXtrIds(x: XtrIds): string {
  return `xtr-id ${toHex(x.xtrId)} site-id ${toHex(x.siteId)}`;
}
