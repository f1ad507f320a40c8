import type { Action } from './action.ts';
import type { EidPrefix } from './eid.ts';
import type { Locator } from './locator.ts';

/** An EID-Prefix and where it lives. Negative when it has no locators: then `action` says what to do. */
export interface Mapping {
  readonly eid: EidPrefix;
  /** Minutes, as on the wire; 0 = delete now. */
  readonly ttlMinutes: number;
  readonly action: Action;
  readonly authoritative: boolean;
  /** 12 bits; 0 = none. */
  readonly mapVersion: number;
  /** Sorted ascending (CP-25). */
  readonly locators: readonly Locator[];
}

/** Record TTLs in minutes (RFC 9301 §8.1, §8.3). */
export const TTL_DEFAULT_MINUTES = 1440;
export const TTL_HOLE_MINUTES = 15;
export const TTL_UNREGISTERED_MINUTES = 1;
/** "The receiver decides." */
export const TTL_RECEIVER_DECIDES = 0xffff_ffff;
