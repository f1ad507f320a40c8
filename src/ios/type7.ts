/**
 * Type 7 of IOS: a key that is masked against looking over somebody's shoulder, not encrypted. Two decimal digits say
 * where in a known text the mask begins, then each byte of the key is two hexadecimal digits.
 */

const MASK = 'dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87';

/** The key in clear; undefined when the text is no type 7 key. */
export function unmaskType7(text: string): string | undefined {
  const parts = /^(\d\d)((?:[0-9a-f]{2})+)$/i.exec(text);
  if (parts === null) return undefined;
  const start = Number(parts[1]);
  if (start >= MASK.length) return undefined;
  const bytes = Uint8Array.from(
    parts[2]!.match(/../g)!,
    (digits, i) => parseInt(digits, 16) ^ MASK.charCodeAt((start + i) % MASK.length),
  );
  try {
    const clear = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /\p{Cc}/u.test(clear) ? undefined : clear;
  } catch {
    return undefined;
  }
}
