/** Digests by which tables and keys are told apart: SHA-256, its first 16 digits. */
import { createHash } from 'node:crypto';
import type { TableRow } from '../tables/collect.ts';

/** Of words as they lie in memory: little-endian wherever this runs. */
export function wordDigest(words: Uint32Array): string {
  return createHash('sha256').update(words).digest('hex').slice(0, 16);
}

/** Of rows of one family in order: six words for each, the address in four (IPv4 in the first), the length, the value. */
export function tableDigest(rows: readonly TableRow[]): string {
  const words = new Uint32Array(rows.length * 6);
  for (const [i, { prefix, value }] of rows.entries()) {
    const { w0, w1, w2, w3 } = prefix.address;
    words.set([w0, w1, w2, w3, prefix.bits, value], 6 * i);
  }
  return wordDigest(words);
}
