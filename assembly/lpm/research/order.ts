/** Steps of tries that go through their prefixes in order, each in the PREFIX SPEC of the one before. */
import { SPEC_BITS_OFFSET, SPEC_BYTES, SPEC_FAMILY_OFFSET, SPEC_VALUE_OFFSET } from '../../layout';
import { copyMasked, familyWords } from '../spec';

/** Makes bit `index` of the address what it is on the way down. */
export function setBit(spec: usize, index: u32, bit: u32): void {
  const word = spec + <usize>((index >>> 5) << 2);
  const mask: u32 = 1 << (31 - (index & 31));
  store<u32>(word, (load<u32>(word) & ~mask) | (bit ? mask : 0));
}

/** Ends the way down at a prefix of `bits` bits; bits beyond are left from before. */
export function writeFound(spec: usize, family: i32, bits: u32, value: u32): void {
  copyMasked(spec, spec, bits, familyWords(family));
  store<u8>(spec, bits, SPEC_BITS_OFFSET);
  store<u8>(spec, family, SPEC_FAMILY_OFFSET);
  store<u32>(spec, value, SPEC_VALUE_OFFSET);
}

/** Before the first of all. */
export function clearSpec(spec: usize): void {
  memory.fill(spec, 0, SPEC_BYTES);
}
