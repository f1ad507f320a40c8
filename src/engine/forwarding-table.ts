import { formatIp } from '../base/ip-text.ts';
import { ACTION_FORWARD } from '../../assembly/layout.ts';
import type { Action } from '../mapping/action.ts';
import { bucketRow } from './buckets.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import { markingKey } from './outer-headers.ts';
import { writeBuckets, writeEntry, writeNextHop, writeRewrite } from './records.ts';
import { RunPool, SharedRecords, SlotPool, type Run } from './slots.ts';

/** What an entry occupies. */
export interface EntryRecord {
  readonly slot: number;
  readonly row: Run | undefined;
  /** Rewrites and next hops held by the row, one key for each target in use. */
  readonly rewriteKeys: readonly string[];
  readonly nextHopKeys: readonly string[];
}

/** What a route occupies. */
export interface RouteRecord {
  readonly slot: number;
  readonly key: string;
}

/**
 * Slots for entries, bucket rows, rewrites and next hops. Everything is written into slots that no reader sees and
 * becomes visible with the next publish; `commit` and `rollback` end what was begun since the last one.
 */
export class ForwardingTable {
  readonly #memory: EngineMemory;
  readonly #entries: SlotPool;
  readonly #buckets: RunPool;
  readonly #rewrites: SharedRecords;
  readonly #nextHops: SharedRecords;

  constructor(memory: EngineMemory, isQuiesced: (epoch: number) => boolean) {
    const { entries, buckets, rewrites, nextHops } = memory.capacity;
    this.#memory = memory;
    this.#entries = new SlotPool('entries', entries, isQuiesced);
    this.#buckets = new RunPool('buckets', buckets, isQuiesced);
    this.#rewrites = new SharedRecords('rewrites', rewrites, isQuiesced);
    this.#nextHops = new SharedRecords('nextHops', nextHops, isQuiesced);
  }

  addRoute(nextHop: NextHop, isDefault: boolean): RouteRecord {
    const key = `${nextHopKey(nextHop)} ${isDefault ? 'default' : ''}`;
    const slot = this.#nextHops.acquire(key, (at) => {
      writeNextHop(this.#memory, at, nextHop, isDefault);
    });
    return { slot, key };
  }

  removeRoute({ key }: RouteRecord): void {
    this.#nextHops.release(key);
  }

  addEntry(action: Action, instanceId: number, targets: readonly EncapTarget[]): EntryRecord {
    const slot = this.#entries.take();
    const choice = action === ACTION_FORWARD && targets.length > 0 ? bucketRow(targets) : [];
    if (choice.length === 0) {
      writeEntry(this.#memory, slot, action, instanceId, undefined);
      return { slot, row: undefined, rewriteKeys: [], nextHopKeys: [] };
    }
    const row = this.#buckets.take(choice.length);
    const rewriteKeys: string[] = [];
    const nextHopKeys: string[] = [];
    const rewriteOf = new Map<number, number>();
    for (const index of new Set(choice)) {
      const target = targets[index]!;
      const { slot: nextHopSlot, key } = this.addRoute(target.nextHop, false);
      const { source, destination } = target;
      const addresses = `${formatIp(source)} ${formatIp(destination)}`;
      const rewriteKey = `${instanceId} ${addresses} ${nextHopSlot} ${markingKey(target)}`;
      const rewrite = this.#rewrites.acquire(rewriteKey, (at) => {
        writeRewrite(this.#memory, at, target, instanceId, nextHopSlot);
      });
      nextHopKeys.push(key);
      rewriteKeys.push(rewriteKey);
      rewriteOf.set(index, rewrite);
    }
    writeBuckets(
      this.#memory,
      row,
      choice.map((index) => rewriteOf.get(index)!),
    );
    writeEntry(this.#memory, slot, action, instanceId, row);
    return { slot, row, rewriteKeys, nextHopKeys };
  }

  removeEntry({ slot, row, rewriteKeys, nextHopKeys }: EntryRecord): void {
    this.#entries.retire(slot);
    if (row !== undefined) this.#buckets.retire(row);
    for (const key of rewriteKeys) this.#rewrites.release(key);
    for (const key of nextHopKeys) this.#nextHops.release(key);
  }

  commit(epoch: number): void {
    for (const pool of this.#pools()) pool.commit(epoch);
  }

  rollback(): void {
    for (const pool of this.#pools()) pool.rollback();
  }

  #pools(): readonly { commit(epoch: number): void; rollback(): void }[] {
    return [this.#entries, this.#buckets, this.#rewrites, this.#nextHops];
  }
}

function nextHopKey({ kind, interfaceIndex, gateway, mtu }: NextHop): string {
  return `${kind} ${interfaceIndex} ${gateway === undefined ? '-' : formatIp(gateway)} ${mtu}`;
}
