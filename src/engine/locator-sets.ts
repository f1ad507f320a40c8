import { Column } from '../base/column.ts';
import { formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { hashIp } from '../base/open-table.ts';
import { bucketRow } from './buckets.ts';
import type { EncapTarget } from './data-plane.ts';
import type { LocatorNonce } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import type { NextHops } from './next-hops.ts';
import { writeBuckets } from './records.ts';
import { Rewrites } from './rewrites.ts';
import { SetMembers } from './set-members.ts';
import { SharedRecords } from './shared-records.ts';
import { RunPool } from './slots.ts';

/** Ways to encapsulate that entries of one instance share. */
interface LocatorSet {
  readonly instanceId: number;
  readonly targets: readonly EncapTarget[];
}

/** Of a member's preference: down for the entries of this set. Below are priority and weight, a byte each. */
const DOWN = 1 << 16;

/** A set as it is now, with an index of a target for each slot of its row; none when all are down. */
export interface LocatorSetView {
  readonly targets: readonly EncapTarget[];
  readonly row: readonly number[];
}

/**
 * The locator sets of all entries: equal ones are one, with one row of buckets, however many entries use it. So a
 * locator that fails costs a row for each set that it is in. Can be undone like a Pool. A set has no object: its ways are
 * the rewrites, its row is in the engine's memory, the rest is in columns.
 */
export class LocatorSets extends SharedRecords<LocatorSet> {
  readonly #buckets: RunPool;
  readonly #rewrites: Rewrites;
  readonly #members = new SetMembers();
  /** By set. */
  readonly #rows = new Column();
  /** Locators that are down; and those that were up at the last commit and are down now, or the other way round. */
  readonly #down = new Set<string>();
  #toggled: IpAddress[] = [];

  constructor(memory: EngineMemory, nextHops: NextHops, isQuiesced: (epoch: number) => boolean) {
    // Each has an entry, or had one that is as long retired.
    super('entries', memory, isQuiesced);
    this.#buckets = new RunPool('buckets', memory.capacity.buckets, isQuiesced);
    this.#rewrites = new Rewrites(memory, nextHops, isQuiesced);
  }

  /** The row of buckets of a set, a run; 0 when no target may ever be used, and for a set that there is not. */
  rowOf(set: number): number {
    return this.#rows.at(set);
  }

  /** Empty for a set that there is not. */
  view(set: number): LocatorSetView {
    const targets: EncapTarget[] = [];
    this.#members.every(set, (rewrite, preference) => {
      const way = this.#rewrites.wayOf(rewrite);
      const isDown = (preference & DOWN) !== 0;
      const [priority, weight] = [(preference >>> 8) & 0xff, preference & 0xff];
      return targets.push({ ...way, priority, weight, ...(isDown && { down: true }) }) > 0;
    });
    return { targets, row: bucketRow(targets, (i) => this.#isUnused(targets[i]!)) };
  }

  /** From the next commit on. */
  setDown(locator: IpAddress, isDown: boolean): void {
    if (this.#isDown(locator) === isDown) return;
    this.#toggle(locator);
    this.#toggled.push(locator);
  }

  /** From the next commit on. */
  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
    this.#rewrites.setNonce(locator, nonce);
  }

  /** Rewrites the rows of locators that have come up or gone down, in place, and lets go of sets without users. */
  override commit(epoch: number): void {
    for (const locator of this.#toggled) {
      this.#rewrites.toward(locator, (rewrite) => {
        for (const set of this.#members.setsOf(rewrite)) this.#fill(set);
      });
    }
    this.#toggled = [];
    super.commit(epoch);
    this.#buckets.commit(epoch);
    this.#rewrites.commit(epoch);
  }

  override rollback(): void {
    for (const locator of this.#toggled) this.#toggle(locator);
    this.#toggled = [];
    super.rollback();
    this.#buckets.rollback();
    this.#rewrites.rollback();
  }

  protected hashOf({ instanceId, targets }: LocatorSet): number {
    return targets.reduce((hash, each) => hashIp(each.destination, hash ^ preferenceOf(each)), instanceId);
  }

  override isSame(set: number, { instanceId, targets }: LocatorSet): boolean {
    let i = 0;
    const isEqual = this.#members.every(set, (rewrite, preference) => {
      const target = targets[i++];
      if (target === undefined || preference !== preferenceOf(target)) return false;
      return this.#rewrites.isSame(rewrite, { instanceId, target });
    });
    return isEqual && i === targets.length;
  }

  protected write(set: number, { instanceId, targets }: LocatorSet): void {
    const rewrites = targets.map((target) => this.#rewrites.acquire({ instanceId, target }));
    // The length is that of all locators, up or down.
    const row = bucketRow(targets);
    this.#rows.set(set, row.length === 0 ? 0 : this.#buckets.take(row.length));
    for (let i = targets.length - 1; i >= 0; i--)
      this.#members.add(set, rewrites[i]!, preferenceOf(targets[i]!));
    if (targets.some((target) => this.#isUnused(target))) this.#fill(set);
    else this.#writeRow(set, row, rewrites);
  }

  protected override letGo(set: number): void {
    const row = this.rowOf(set);
    if (row !== 0) this.#buckets.retire(row);
    for (const rewrite of this.#members.clear(set)) this.#rewrites.release(rewrite);
  }

  #isUnused({ destination, down }: EncapTarget): boolean {
    return (down ?? false) || this.#isDown(destination);
  }

  #isDown(locator: IpAddress): boolean {
    return this.#down.size > 0 && this.#down.has(formatIp(locator));
  }

  #toggle(locator: IpAddress): void {
    const key = formatIp(locator);
    if (!this.#down.delete(key)) this.#down.add(key);
  }

  #fill(set: number): void {
    this.#writeRow(set, this.view(set).row, this.#members.rewritesOf(set));
  }

  #writeRow(set: number, row: readonly number[], rewrites: readonly number[]): void {
    writeBuckets(this.memory, this.rowOf(set), (slot) => rewrites[row[slot]!] ?? this.memory.noRewrite);
  }
}

function preferenceOf({ priority, weight, down }: EncapTarget): number {
  return (down ? DOWN : 0) | (priority << 8) | weight;
}
