/** Accessors of PREFIX SPEC (layout.ts) and the key arithmetic that kinds share. Words are in host order. */
import { EMPTY_ROOT, SPEC_BITS_OFFSET, SPEC_BYTES, SPEC_FAMILY_OFFSET, SPEC_VALUE_OFFSET } from '../layout';
import { wordMask } from '../bytes';

// @ts-ignore: decorator
@inline
export function specBits(spec: usize): u32 {
  return load<u8>(spec, SPEC_BITS_OFFSET);
}

/** 4 or 6. */
// @ts-ignore: decorator
@inline
export function specFamily(spec: usize): i32 {
  return load<u8>(spec, SPEC_FAMILY_OFFSET);
}

// @ts-ignore: decorator
@inline
export function specValue(spec: usize): u32 {
  return load<u32>(spec, SPEC_VALUE_OFFSET);
}

/** A root, or a link, that leads nowhere. */
// @ts-ignore: decorator
@inline
export function isEmpty(root: usize): bool {
  return root <= <usize>EMPTY_ROOT;
}

/** Words of an address. */
// @ts-ignore: decorator
@inline
export function familyWords(family: i32): u32 {
  return family == 4 ? 1 : 4;
}

/** Bit `index` of the key at `key`, counted from the most significant one. */
// @ts-ignore: decorator
@inline
export function keyBit(key: usize, index: u32): u32 {
  return (load<u32>(key + ((index >>> 5) << 2)) >>> (31 - (index & 31))) & 1;
}

/** Length of the common prefix of two keys, at most `limit` bits; words beyond it are not read. */
export function commonBits(a: usize, b: usize, limit: u32): u32 {
  for (let at: u32 = 0; at < limit; at += 32, a += 4, b += 4) {
    const difference = load<u32>(a) ^ load<u32>(b);
    if (difference != 0) {
      const common = at + clz<u32>(difference);
      return common < limit ? common : limit;
    }
  }
  return limit;
}

/** Fills a whole PREFIX SPEC; words beyond the family's are 0. */
export function writeSpec(spec: usize, key: usize, family: i32, bits: u32, value: u32): void {
  const words = <usize>(familyWords(family) << 2);
  memory.copy(spec, key, words);
  memory.fill(spec + words, 0, <usize>SPEC_BYTES - words);
  store<u8>(spec, bits, SPEC_BITS_OFFSET);
  store<u8>(spec, family, SPEC_FAMILY_OFFSET);
  store<u32>(spec, value, SPEC_VALUE_OFFSET);
}

/** Copies `words` words of a key and clears what follows its first `bits` bits. */
export function copyMasked(to: usize, from: usize, bits: u32, words: u32): void {
  for (let i: u32 = 0; i < words; i++, to += 4, from += 4) {
    const left = <i32>bits - <i32>(i << 5);
    store<u32>(to, load<u32>(from) & wordMask(left < 0 ? 0 : left > 32 ? 32 : left));
  }
}
