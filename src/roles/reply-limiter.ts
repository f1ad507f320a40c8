import { formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { seconds, type Micros } from '../base/time.ts';
import { formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';

/**
 * What a limit counts (CP-21). The RFC's advice is one Map-Reply per 3 s and destination RLOC; that starves an ITR
 * that resolves several EIDs at once, so the default counts per (RLOC, EID-Prefix).
 */
export type ReplyLimitScope = 'eid-prefix' | 'rloc';

const INTERVAL: Micros = seconds(3);
/** Replies at once per (RLOC, EID-Prefix): a lost reply is asked for again after 1 s. */
const BURST_COUNT = 3;
/** (RLOC, EID-Prefix) pairs remembered; beyond that nothing is answered until some are forgotten. */
const MAX_BUCKETS_COUNT = 4096;

/** Key and the time at which its bucket is full again, in order of first use. */
export type ReplyLimiterState = readonly (readonly [string, Micros])[];

/**
 * Token buckets in the form of the generic cell rate algorithm (ITU-T I.371): a bucket is the one time at which it
 * will be full. Refills one token per 3 s; probe replies have buckets of their own (RFC 7835).
 */
export class ReplyLimiter {
  #scope: ReplyLimitScope;
  #fullAt = new Map<string, Micros>();

  constructor(scope: ReplyLimitScope) {
    this.#scope = scope;
  }

  /** A change of scope forgets what was counted. */
  configure(scope: ReplyLimitScope): void {
    if (scope !== this.#scope) this.#fullAt.clear();
    this.#scope = scope;
  }

  /** Takes a token; false when there is none and the reply must not be sent. */
  take(now: Micros, to: IpAddress, eid: EidPrefix, kind: 'reply' | 'probe' = 'reply'): boolean {
    const isStrict = this.#scope === 'rloc';
    const key = `${kind} ${formatIp(to)}${isStrict ? '' : ` ${formatEidPrefix(eid)}`}`;
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now);
    if (fullAt - now > INTERVAL * ((isStrict ? 1 : BURST_COUNT) - 1)) return false;
    if (!this.#fullAt.has(key) && !this.#makeRoom(now)) return false;
    this.#fullAt.set(key, fullAt + INTERVAL);
    return true;
  }

  save(): ReplyLimiterState {
    return [...this.#fullAt];
  }

  restore(state: ReplyLimiterState): void {
    this.#fullAt = new Map(state);
  }

  /** Forgets full buckets when the table is full: they are no different from unknown ones. */
  #makeRoom(now: Micros): boolean {
    if (this.#fullAt.size < MAX_BUCKETS_COUNT) return true;
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    return this.#fullAt.size < MAX_BUCKETS_COUNT;
  }
}
