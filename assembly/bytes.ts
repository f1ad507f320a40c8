/** Bytes on the wire are big-endian, WebAssembly's are not. Unaligned access is allowed. */

/** The low half of a word with its bytes in the other order; the built-in one is a call. */
// @ts-ignore: decorator
@inline
export function swap16(value: u32): u32 {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

// @ts-ignore: decorator
@inline
function swap32(value: u32): u32 {
  return rotl<u32>(value & 0x00ff00ff, 24) | (rotl<u32>(value, 8) & 0x00ff00ff);
}

// @ts-ignore: decorator
@inline
export function load16(at: usize, offset: usize = 0): u32 {
  return swap16(load<u16>(at + offset));
}

// @ts-ignore: decorator
@inline
export function load32(at: usize, offset: usize = 0): u32 {
  return swap32(load<u32>(at + offset));
}

// @ts-ignore: decorator
@inline
export function store16(at: usize, value: u32, offset: usize = 0): void {
  store<u16>(at + offset, <u16>swap16(value));
}

// @ts-ignore: decorator
@inline
export function store32(at: usize, value: u32, offset: usize = 0): void {
  store<u32>(at + offset, swap32(value));
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
  return swap16(folded);
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
