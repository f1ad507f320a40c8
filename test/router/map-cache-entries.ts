// Map-Cache entries as an ITR has them.
import { cidr } from '../../src/base/ip-text.ts';
import { minutes } from '../../src/base/time.ts';
import { ACTION_NO_ACTION } from '../../src/mapping/action.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { CacheEntry } from '../../src/roles/machine.ts';
import { locator } from '../ios/lab-view.ts';

/** Learned at 0, for an hour, of ETRs that send nonces back. */
export function entryOf(eid: string, ...rlocs: readonly string[]): CacheEntry {
  const common = { ttlMinutes: 60, action: ACTION_NO_ACTION, authoritative: true, mapVersion: 0 };
  return {
    mapping: { ...common, eid: eidPrefix(cidr(eid)), locators: rlocs.map((rloc) => locator(rloc)) },
    ...{ origin: 'map-reply', installed: 0, expires: minutes(60), canEcho: true },
  };
}
