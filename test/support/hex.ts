// Bytes in tests: hexadecimal with spaces at field borders.
import { fromHex } from '../../src/base/bytes.ts';

/** Bytes of a literal; throws on anything but hexadecimal and white space. */
export function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${text}`);
  return bytes;
}
