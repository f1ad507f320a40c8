/** Where lookups say what memory they read, for the builds that listen (trace.ts); in the others it is nothing. */
import { recordTouch } from './trace';

/** `bytes` bytes at `at`, in part `part` of the structure: each kind numbers its own. */
// @ts-ignore: decorator
@inline
export function touch(part: u32, at: usize, bytes: u32): void {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_TRACE)) recordTouch(part, at, bytes);
}
