/**
 * The engine's module as text. Bytes below 88 are a character each, others two, so that compression sees nearly the
 * bytes themselves: served, it is smaller by a tenth than hex digits and by a quarter than base64. All characters are
 * printable ASCII that no script, template or page needs escaped. scripts/inline-wasm.mjs writes it.
 */

/** Of the digits: the first two start a pair, the others are a byte each or end a pair. */
const PAIRS = 2;
const DIGITS = 88;

/** Digits are the characters from # to ~ but < and \. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code - 35 - Number(code > 60) - Number(code > 92);
}

/** The bytes of a well-formed text. */
export function decodeModuleText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = digitAt(text, at);
    bytes[count++] = digit >= PAIRS ? digit - PAIRS : DIGITS * (digit + 1) + digitAt(text, ++at) - PAIRS;
  }
  return bytes.slice(0, count);
}
