import { sameIp, type IpAddress } from '../base/ip.ts';
import { hashIp } from '../base/open-table.ts';
import type { EncapTarget } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import type { NextHops } from './next-hops.ts';
import { markingKey, type Marks } from './outer-headers.ts';
import { readNextHop, readRewrite, writeRewrite } from './records.ts';
import { SharedRecords } from './shared-records.ts';

/** A target, without what a locator set says of it. */
type Way = Omit<EncapTarget, 'priority' | 'weight' | 'down'>;

interface InstanceTarget {
  readonly instanceId: number;
  readonly target: EncapTarget;
}

/** The rewrites of locator sets: equal ways to encapsulate are one record, which is also all that is known of them. */
export class Rewrites extends SharedRecords<InstanceTarget> {
  readonly #nextHops: NextHops;
  /** What cannot be read out of the record, by slot: of a trusted network, and of paths that are narrower than links. */
  readonly #marks = new Map<number, Marks>();

  constructor(memory: EngineMemory, nextHops: NextHops, isQuiesced: (epoch: number) => boolean) {
    super('rewrites', memory, isQuiesced);
    this.#nextHops = nextHops;
  }

  /** As handed in. */
  wayOf(slot: number): Way {
    const { source, destination, nextHopSlot } = readRewrite(this.memory, slot);
    return { source, destination, nextHop: readNextHop(this.memory, nextHopSlot), ...this.#marks.get(slot) };
  }

  /** Visits the slots of all rewrites toward a locator. */
  toward(locator: IpAddress, visit: (slot: number) => void): void {
    this.table.seek(hashIp(locator), (slot) => {
      if (sameIp(readRewrite(this.memory, slot).destination, locator)) visit(slot);
      return false;
    });
  }

  /** Those toward one locator are found by it: they lie together. */
  protected hashOf({ target }: InstanceTarget): number {
    return hashIp(target.destination);
  }

  isSame(slot: number, { instanceId, target }: InstanceTarget): boolean {
    const known = readRewrite(this.memory, slot);
    return (
      sameIp(known.destination, target.destination) &&
      known.instanceId === instanceId &&
      sameIp(known.source, target.source) &&
      this.#nextHops.isSame(known.nextHopSlot, target.nextHop) &&
      markingKey(this.#marks.get(slot) ?? {}) === markingKey(target)
    );
  }

  protected write(slot: number, { instanceId, target }: InstanceTarget): void {
    writeRewrite(this.memory, slot, target, instanceId, this.#nextHops.acquire(target.nextHop));
    const { pathMtu, marking } = target;
    if (markingKey(target) === '') return;
    this.#marks.set(slot, { ...(pathMtu !== undefined && { pathMtu }), ...(marking && { marking }) });
  }

  protected override letGo(slot: number): void {
    this.#marks.delete(slot);
    this.#nextHops.release(readRewrite(this.memory, slot).nextHopSlot);
  }
}
