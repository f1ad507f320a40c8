/** What becomes of a packet while its EID is being resolved. Decides; the packets lie in the router. */
import { seconds, NEVER, type Micros } from '../base/time.ts';
import { containsEid, formatEid, type Eid, type EidPrefix } from '../mapping/eid.ts';

export type MissPolicy = 'drop' | 'hold';

export interface MissConfig {
  readonly policy: MissPolicy;
  /** Packets held at once, over all EIDs; 1 or more. */
  readonly holdTotal: number;
  /** How long one is held. */
  readonly holdTime: Micros;
}

export const HOLD_TOTAL_MAX = 256;

/** A quarter of the packet buffers, at most 256 packets, for at most 3 s. */
export function missConfig(policy: MissPolicy, bufferCount: number): MissConfig {
  return { policy, holdTotal: Math.min(HOLD_TOTAL_MAX, bufferCount >> 2), holdTime: seconds(3) };
}

/** 'held-full': this EID has its one packet already, or the budget is spent. */
export type MissVerdict = 'hold' | 'miss-policy' | 'held-full';

interface Held {
  readonly eid: Eid;
  readonly until: Micros;
}

/** EIDs with a held packet, oldest first. */
export type MissState = readonly Held[];

/** One packet per EID, a budget in all. What was held longest leaves first, so the order of arrival is the queue. */
export class MissDecider {
  #config: MissConfig;
  #held = new Map<string, Held>();

  constructor(config: MissConfig) {
    this.#config = config;
  }

  /** Packets that are held stay; the caller releases or drops them as before. */
  configure(config: MissConfig): void {
    this.#config = config;
  }

  get size(): number {
    return this.#held.size;
  }

  /** A packet to `eid` waits for a mapping. On 'hold' the caller keeps it under this EID. */
  offer(now: Micros, eid: Eid): MissVerdict {
    const { policy, holdTotal, holdTime } = this.#config;
    if (policy === 'drop') return 'miss-policy';
    const key = formatEid(eid);
    if (this.#held.has(key) || this.#held.size >= holdTotal) return 'held-full';
    this.#held.set(key, { eid, until: now + holdTime });
    return 'hold';
  }

  /** A mapping for `prefix` arrived: the EIDs whose packets go back to the engine, oldest first. */
  release(prefix: EidPrefix): Eid[] {
    return this.#take(({ eid }) => containsEid(prefix, eid));
  }

  /** Nothing will arrive for `eid`; true when its packet is to be dropped. */
  giveUp(eid: Eid): boolean {
    return this.#held.delete(formatEid(eid));
  }

  /** The EIDs whose packets have waited too long and are to be dropped. */
  expire(now: Micros): Eid[] {
    return this.#take(({ until }) => until <= now);
  }

  nextDeadline(): Micros {
    let earliest = NEVER;
    for (const { until } of this.#held.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  save(): MissState {
    return [...this.#held.values()];
  }

  restore(state: MissState): void {
    this.#held = new Map(state.map((held) => [formatEid(held.eid), held]));
  }

  #take(matches: (held: Held) => boolean): Eid[] {
    const taken: Eid[] = [];
    for (const [key, held] of this.#held) {
      if (!matches(held)) continue;
      this.#held.delete(key);
      taken.push(held.eid);
    }
    return taken;
  }
}
