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
  readonly #heard = new Map<string, Heard>();
  /** What was heard and not acted on yet, for which it was too early. */
  readonly #waiting = new Set<string>();

  /** Bits came with a packet from inside `eid`, whose mapping has `count` locators (at most 32 have a bit). */
  hear(now: Micros, eid: EidPrefix, count: number, bits: number, out: LocatorStatusOutput[]): void {
    const all = maskOf(count);
    const key = eidKey(eid);
    // Until something is heard every locator is taken to be up.
    const before = this.#heard.get(key) ?? { eid, count, acted: all, latest: all, notBefore: now };
    this.#keep(key, { ...before, count, latest: (bits & all) >>> 0 });
    this.#act(now, key, out);
  }

  /** The mapping is gone, or another one: its ordinals mean something else. */
  forget(eid: EidPrefix): void {
    const key = eidKey(eid);
    this.#heard.delete(key);
    this.#waiting.delete(key);
  }

  tick(now: Micros, out: LocatorStatusOutput[]): void {
    for (const key of [...this.#waiting].sort()) this.#act(now, key, out);
  }

  nextDeadline(): Micros {
    let least = NEVER;
    for (const key of this.#waiting) least = Math.min(least, this.#heard.get(key)!.notBefore);
    return least;
  }

  save(): LocatorStatusState {
    return [...this.#heard.values()];
  }

  restore(state: LocatorStatusState): void {
    this.#heard.clear();
    this.#waiting.clear();
    for (const heard of state) this.#keep(eidKey(heard.eid), heard);
  }

  #act(now: Micros, key: string, out: LocatorStatusOutput[]): void {
    const heard = this.#heard.get(key)!;
    const { eid, count, acted, latest, notBefore } = heard;
    if (acted === latest || now < notBefore) return;
    const down = Array.from({ length: Math.min(32, count) }, (_, i) => i).filter(
      (i) => (latest >>> i) % 2 === 0,
    );
    out.push({ eid, down });
    this.#keep(key, { ...heard, acted: latest, notBefore: now + STATUS_INTERVAL });
  }

  #keep(key: string, heard: Heard): void {
    this.#heard.set(key, heard);
    if (heard.acted === heard.latest) this.#waiting.delete(key);
    else this.#waiting.add(key);
  }
}

function maskOf(count: number): number {
  return count >= 32 ? 0xffff_ffff : 2 ** count - 1;
}
