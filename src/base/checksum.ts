/** Internet checksum (RFC 1071) and its incremental update (RFC 1624). */

/** Adds big-endian 16-bit words to a running ones'-complement sum; an odd tail byte is padded with zero. */
export function sumWords(bytes: Uint8Array, start = 0): number {
  let sum = start;
  const even = bytes.length & ~1;
  for (let i = 0; i < even; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  if (even !== bytes.length) sum += bytes[even]! << 8;
  return fold(sum);
}

/** Folds carries until the sum fits 16 bits. */
export function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** The checksum field value for `bytes` (whose own checksum field holds zero). */
export function checksum(bytes: Uint8Array, start = 0): number {
  return ~sumWords(bytes, start) & 0xffff;
}

/** The checksum after one 16-bit word changed from `before` to `after` (RFC 1624, equation 3). */
export function updateChecksum(field: number, before: number, after: number): number {
  return ~fold((~field & 0xffff) + (~before & 0xffff) + (after & 0xffff)) & 0xffff;
}
