/**
 * Locator-Status-Bits as a receiver (RFC 9300 §5.3, §10): which locators of a remote mapping its site says are down.
 * For a trusted network only; anybody who can send a packet can set these bits.
 */
import { NEVER, seconds, type Micros } from '../base/time.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';

/** DP-27: what is done for an EID-Prefix is done no more often. */
export const STATUS_INTERVAL = seconds(10);

export interface LocatorStatusOutput {
  readonly eid: EidPrefix;
  /** Ordinals, in the order of the mapping's locators, that are not to be used. */
  readonly down: readonly number[];
}

interface Heard {
  readonly eid: EidPrefix;
  readonly count: number;
  /** What was acted on, and what was heard last. */
  readonly acted: number;
  readonly latest: number;
  /** No action before this. */
  readonly notBefore: Micros;
}

export type LocatorStatusState = readonly Heard[];

export class LocatorStatus {
  #heard = new Map<string, Heard>();

  /** Bits came with a packet from inside `eid`, whose mapping has `count` locators (at most 32 have a bit). */
  hear(now: Micros, eid: EidPrefix, count: number, bits: number, out: LocatorStatusOutput[]): void {
    const all = maskOf(count);
    const key = eidKey(eid);
    // Until something is heard every locator is taken to be up.
    const before = this.#heard.get(key) ?? { eid, count, acted: all, latest: all, notBefore: now };
    this.#heard.set(key, { ...before, count, latest: (bits & all) >>> 0 });
    this.tick(now, out);
  }

  /** The mapping is gone, or another one: its ordinals mean something else. */
  forget(eid: EidPrefix): void {
    this.#heard.delete(eidKey(eid));
  }

  tick(now: Micros, out: LocatorStatusOutput[]): void {
    for (const [key, heard] of this.#heard) {
      const { eid, count, acted, latest, notBefore } = heard;
      if (acted === latest || now < notBefore) continue;
      const down = Array.from({ length: Math.min(32, count) }, (_, i) => i).filter(
        (i) => (latest >>> i) % 2 === 0,
      );
      out.push({ eid, down });
      this.#heard.set(key, { ...heard, acted: latest, notBefore: now + STATUS_INTERVAL });
    }
  }

  nextDeadline(): Micros {
    let least = NEVER;
    for (const { acted, latest, notBefore } of this.#heard.values()) {
      if (acted !== latest) least = Math.min(least, notBefore);
    }
    return least;
  }

  save(): LocatorStatusState {
    return [...this.#heard.values()];
  }

  restore(state: LocatorStatusState): void {
    this.#heard = new Map(state.map((heard) => [eidKey(heard.eid), heard]));
  }
}

function maskOf(count: number): number {
  return count >= 32 ? 0xffff_ffff : 2 ** count - 1;
}
