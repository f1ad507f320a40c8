import { fromHex } from '../base/bytes.ts';
import { nobleMac } from '../base/mac.ts';
import type { LispOptions } from './options.ts';

const XTR_ID_BYTES = 16;

/**
 * The configured xTR-ID, or one that follows from the hostname: unique within a site as hostnames are (CP-27). It is
 * that of the beginning: under another ID a Map-Server would take the router for a second ETR.
 */
export function xtrIdOf({ xtrId }: LispOptions, firstName: string): Uint8Array {
  const configured = xtrId === undefined ? undefined : fromHex(xtrId);
  if (configured?.length === XTR_ID_BYTES) return configured;
  const text = new TextEncoder();
  return nobleMac.hmacSha256(text.encode('xTR-ID'), text.encode(firstName)).slice(0, XTR_ID_BYTES);
}
