/** Choice of a locator (RFC 9300 §9): the flow hash picks a slot of a row that holds each target by its share. */
import { SECTION_BUCKETS } from './layout';
import { section } from './control';
import { entryBucketBase, entryBucketMask } from './mapcache';

/** Index of the rewrite for this flow. The entry has a target. */
// @ts-ignore: decorator
@inline
export function chooseRewrite(entry: usize, hash: u32): u32 {
  // The low bits make the outer source port: take others, or each locator would see few ports.
  const slot = entryBucketBase(entry) + ((hash >>> 16) & entryBucketMask(entry));
  return load<u32>(section(SECTION_BUCKETS) + (<usize>slot << 2));
}
