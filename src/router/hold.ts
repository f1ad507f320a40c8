import type { Micros } from '../base/time.ts';
import type { InjectOptions } from '../engine/data-plane.ts';
import { formatEid, type Eid, type EidPrefix } from '../mapping/eid.ts';
import { MissDecider, type MissConfig, type MissState, type MissVerdict } from '../roles/miss.ts';

/** A packet that waits for its EID to be resolved. */
export interface HeldPacket {
  readonly eid: Eid;
  readonly bytes: Uint8Array;
  /** How it came in; it goes back in the same way. */
  readonly options: InjectOptions;
}

/** Plain data, structured-clone safe. */
export interface HoldState {
  readonly miss: MissState;
  readonly packets: readonly HeldPacket[];
}

/** The packets that the miss policy decided to hold, by EID. */
export class HoldBuffer {
  readonly #miss: MissDecider;
  #packets = new Map<string, HeldPacket>();

  constructor(config: MissConfig) {
    this.#miss = new MissDecider(config);
  }

  configure(config: MissConfig): void {
    this.#miss.configure(config);
  }

  /** On 'hold' it takes a copy of the packet. */
  offer(now: Micros, eid: Eid, bytes: Uint8Array, options: InjectOptions): MissVerdict {
    const verdict = this.#miss.offer(now, eid);
    if (verdict === 'hold') this.#packets.set(formatEid(eid), { eid, bytes: bytes.slice(), options });
    return verdict;
  }

  /** Removes and returns the packets that an EID-Prefix covers, oldest first. */
  release(covering: EidPrefix): HeldPacket[] {
    return this.#take(this.#miss.release(covering));
  }

  /** Removes and returns the packet of an EID that will not be resolved. */
  giveUp(eid: Eid): HeldPacket[] {
    return this.#miss.giveUp(eid) ? this.#take([eid]) : [];
  }

  /** Removes and returns the packets whose time is over. */
  expire(now: Micros): HeldPacket[] {
    return this.#take(this.#miss.expire(now));
  }

  nextDeadline(): Micros {
    return this.#miss.nextDeadline();
  }

  save(): HoldState {
    return structuredClone({ miss: this.#miss.save(), packets: [...this.#packets.values()] });
  }

  restore(state: HoldState): void {
    this.#miss.restore(state.miss);
    this.#packets = new Map(structuredClone(state.packets).map((held) => [formatEid(held.eid), held]));
  }

  #take(eids: readonly Eid[]): HeldPacket[] {
    return eids.flatMap((eid) => {
      const held = this.#packets.get(formatEid(eid));
      this.#packets.delete(formatEid(eid));
      return held === undefined ? [] : [held];
    });
  }
}
