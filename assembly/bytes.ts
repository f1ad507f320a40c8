/** Bytes on the wire are big-endian, WebAssembly's are not. Unaligned access is allowed. */

// @ts-ignore: decorator
@inline
export function load16(at: usize, offset: usize = 0): u32 {
  return <u32>bswap<u16>(load<u16>(at + offset));
}

// @ts-ignore: decorator
@inline
export function load32(at: usize, offset: usize = 0): u32 {
  return bswap<u32>(load<u32>(at + offset));
}

// @ts-ignore: decorator
@inline
export function store16(at: usize, value: u32, offset: usize = 0): void {
  store<u16>(at + offset, bswap<u16>(<u16>value));
}

// @ts-ignore: decorator
@inline
export function store32(at: usize, value: u32, offset: usize = 0): void {
  store<u32>(at + offset, bswap<u32>(value));
}

/** Folds the carries of a ones'-complement sum of 16-bit words into 16 bits (RFC 1071). */
// @ts-ignore: decorator
@inline
export function fold(sum: u32): u32 {
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
}

/**
 * Ones'-complement sum of `bytes` bytes as big-endian 16-bit words, folded; an odd tail is padded with zero.
 * Byte order does not matter to such a sum (RFC 1071 §2 B): words are added as they lie and swapped once.
 */
export function sumWords(at: usize, bytes: u32): u32 {
  let sum: u64 = 0;
  const end = at + bytes;
  for (; at + 4 <= end; at += 4) sum += load<u32>(at);
  if (at + 2 <= end) {
    sum += load<u16>(at);
    at += 2;
  }
  if (at < end) sum += load<u8>(at);
  sum = (sum & 0xffffffff) + (sum >>> 32);
  sum = (sum & 0xffffffff) + (sum >>> 32);
  const folded = fold(<u32>(sum & 0xffff) + <u32>(sum >>> 16));
  return <u32>bswap<u16>(<u16>folded);
}

/** A checksum field after one word changed from `before` to `after` (RFC 1624, equation 3). */
// @ts-ignore: decorator
@inline
export function updateChecksum(field: u32, before: u32, after: u32): u32 {
  return ~fold((~field & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

/** u32 with the first `bits` (0..32) bits set. */
// @ts-ignore: decorator
@inline
export function wordMask(bits: u32): u32 {
  return <u32>(<u64>0xffffffff00000000 >>> (<u64>bits));
}
