import type { IpPrefix } from '../base/ip.ts';
import { eidPrefix, type Eid, type EidPrefix } from './eid.ts';
import { PrefixTable } from './prefix-table.ts';

/** A member of an EID table. */
export interface EidEntry<T> {
  readonly eid: EidPrefix;
  readonly value: T;
}

/** A PrefixTable per instance. Enumerations are in EID order: instance, family, address, shorter first. */
export class EidTable<T> {
  /** Instances in use, ascending. */
  #instances: { readonly instanceId: number; readonly table: PrefixTable<EidEntry<T>> }[] = [];

  get size(): number {
    return this.#instances.reduce((sum, { table }) => sum + table.size, 0);
  }

  clear(): void {
    this.#instances = [];
  }

  get(eid: EidPrefix): T | undefined {
    return this.#table(eid)?.get(eid.prefix)?.value;
  }

  /** Adds or replaces. */
  set(eid: EidPrefix, value: T): void {
    let table = this.#table(eid);
    if (table === undefined) {
      table = new PrefixTable();
      this.#instances.push({ instanceId: eid.instanceId, table });
      this.#instances.sort((a, b) => a.instanceId - b.instanceId);
    }
    table.set(eid.prefix, { eid, value });
  }

  /** True when there was something to remove. */
  delete(eid: EidPrefix): boolean {
    const table = this.#table(eid);
    if (table?.delete(eid.prefix) !== true) return false;
    if (table.size === 0) this.#instances = this.#instances.filter((instance) => instance.table !== table);
    return true;
  }

  /** The most specific member that contains `eid`. */
  match(eid: Eid): EidEntry<T> | undefined {
    return this.#table(eid)?.match(eid.address)?.value;
  }

  /** The members that cover all of `eid`, itself included, shortest first. */
  covering(eid: EidPrefix): EidEntry<T>[] {
    return (this.#table(eid)?.covering(eid.prefix) ?? []).map(({ value }) => value);
  }

  /** The members inside `eid`, itself included, in order. The table must not change meanwhile. */
  *covered(eid: EidPrefix): Iterable<EidEntry<T>> {
    for (const { value } of this.#table(eid)?.covered(eid.prefix) ?? []) yield value;
  }

  /** Every member in order. The table must not change meanwhile. */
  *entries(): Iterable<EidEntry<T>> {
    for (const { table } of this.#instances) for (const { value } of table.entries()) yield value;
  }

  /** The widest prefix around `eid` that overlaps no member; undefined when a member contains `eid`. */
  gap(eid: Eid): EidPrefix | undefined {
    const table = this.#table(eid);
    if (table === undefined) return eidPrefix(wholeFamily(eid), eid.instanceId);
    const hole = table.gap(eid.address);
    return hole === undefined ? undefined : eidPrefix(hole, eid.instanceId);
  }

  /** The same clipped to `outer`, which must contain `eid`. */
  gapWithin(outer: EidPrefix, eid: Eid): EidPrefix | undefined {
    const hole = this.gap(eid);
    return hole === undefined || hole.prefix.bits >= outer.prefix.bits ? hole : outer;
  }

  #table({ instanceId }: { readonly instanceId: number }): PrefixTable<EidEntry<T>> | undefined {
    return this.#instances.find((instance) => instance.instanceId === instanceId)?.table;
  }
}

function wholeFamily({ address }: Eid): IpPrefix {
  return { address: { family: address.family, w0: 0, w1: 0, w2: 0, w3: 0 }, bits: 0 };
}
