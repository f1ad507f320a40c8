import { formatIp } from '../base/ip-text.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { hashIp } from '../base/open-table.ts';
import type { EncapTarget } from './data-plane.ts';
import { withNonce, type LocatorNonce } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import type { NextHops } from './next-hops.ts';
import { lispHeader, markingKey, type Marks } from './outer-headers.ts';
import { readNextHop, readRewrite, writeLispWord, writeRewrite } from './records.ts';
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
  /** Nonces by locator; and what those were at the last commit that have changed since. */
  readonly #nonces = new Map<string, LocatorNonce>();
  readonly #before = new Map<string, readonly [IpAddress, LocatorNonce | undefined]>();

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

  /** From the next commit on. */
  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
    const key = formatIp(locator);
    if (!this.#before.has(key)) this.#before.set(key, [locator, this.#nonces.get(key)]);
    this.#keepNonce(key, nonce);
  }

  /** Headers toward locators with another nonce change in place, by a word each. */
  override commit(epoch: number): void {
    for (const [locator] of this.#before.values()) {
      this.toward(locator, (slot) => {
        const { instanceId, destination } = readRewrite(this.memory, slot);
        const { marking = {} } = this.#said({ destination, ...this.#marks.get(slot) });
        writeLispWord(this.memory, slot, lispHeader(marking, instanceId));
      });
    }
    this.#before.clear();
    super.commit(epoch);
  }

  override rollback(): void {
    for (const [key, [, nonce]] of this.#before) this.#keepNonce(key, nonce);
    this.#before.clear();
    super.rollback();
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
    const { pathMtu, marking, nextHop } = target;
    writeRewrite(this.memory, slot, this.#said(target), instanceId, this.#nextHops.acquire(nextHop));
    if (markingKey(target) === '') return;
    this.#marks.set(slot, { ...(pathMtu !== undefined && { pathMtu }), ...(marking && { marking }) });
  }

  protected override letGo(slot: number): void {
    this.#marks.delete(slot);
    this.#nextHops.release(readRewrite(this.memory, slot).nextHopSlot);
  }

  /** With what its header says at last. */
  #said<T extends Pick<EncapTarget, 'destination' | 'marking'>>(target: T): T {
    if (this.#nonces.size === 0) return target;
    const marking = withNonce(target.marking, this.#nonces.get(formatIp(target.destination)));
    return { ...target, ...(marking && { marking }) };
  }

  #keepNonce(key: string, nonce: LocatorNonce | undefined): void {
    if (nonce === undefined) this.#nonces.delete(key);
    else this.#nonces.set(key, nonce);
  }
}
