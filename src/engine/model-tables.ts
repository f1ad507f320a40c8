import { comparePrefix, contains, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import type { Action } from '../mapping/action.ts';
import { bucketRow } from './buckets.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import type { LocatorNonce, ReceptionRules } from './marking.ts';

/** What a lookup found. */
export interface Match<T> {
  readonly prefix: IpPrefix;
  readonly value: T;
}

/**
 * A table of prefixes of both families with a draft beside it. Lookups read the published rows from the longest
 * prefix to the shortest and take the first that contains the address.
 */
export class ModelTable<T> {
  readonly #draft = new Map<string, Match<T>>();
  #isChanged = false;
  /** Longest first. */
  #rows: readonly Match<T>[] = [];

  set(prefix: IpPrefix, value: T): void {
    this.#draft.set(formatPrefix(prefix), { prefix, value });
    this.#isChanged = true;
  }

  remove(prefix: IpPrefix): void {
    this.#isChanged = this.#draft.delete(formatPrefix(prefix)) || this.#isChanged;
  }

  /** Whether the draft has a row for exactly this prefix. */
  willHave(prefix: IpPrefix): boolean {
    return this.#draft.has(formatPrefix(prefix));
  }

  /** Replaces each value of the draft by another one. */
  revise(revised: (value: T) => T): void {
    for (const [key, row] of this.#draft) this.#draft.set(key, { ...row, value: revised(row.value) });
    this.#isChanged = true;
  }

  publish(): void {
    if (!this.#isChanged) return;
    this.#rows = [...this.#draft.values()].sort(
      (a, b) => b.prefix.bits - a.prefix.bits || comparePrefix(a.prefix, b.prefix),
    );
    this.#isChanged = false;
  }

  /** Published rows, longest prefix first. */
  rows(): readonly Match<T>[] {
    return this.#rows;
  }

  longest(address: IpAddress): Match<T> | undefined {
    return this.#rows.find(({ prefix }) => contains(prefix, address));
  }

  /** Every published row whose prefix contains the address. */
  covering(address: IpAddress): readonly Match<T>[] {
    return this.#rows.filter(({ prefix }) => contains(prefix, address));
  }
}

/** Ways to encapsulate, and the row of target indices that a flow hash picks from. */
export interface TargetSet {
  readonly targets: readonly EncapTarget[];
  /** How many of them are up. */
  readonly up: number;
  /** A power of two long; empty when none is usable. */
  readonly row: readonly number[];
}

/** `isDown` says so of a target. */
export function targetSet(
  targets: readonly EncapTarget[],
  isDown: (target: EncapTarget) => boolean,
): TargetSet {
  const row = bucketRow(targets, (index) => isDown(targets[index]!));
  return { targets: [...targets], up: targets.filter((target) => !isDown(target)).length, row };
}

export interface ModelEntry {
  readonly action: Action;
  readonly set: TargetSet;
}

/** The tables of one instance. */
export class ModelVrf {
  readonly routes = new ModelTable<NextHop>();
  readonly entries = new ModelTable<ModelEntry>();
  /** POLICY_* flags. */
  readonly policies = new ModelTable<number>();
  /** By inner family: a table with the one prefix 0/0 or ::/0. */
  readonly petrs = new ModelTable<TargetSet>();
  /** The instance is known: something has been published here once, whatever became of it. */
  exists = false;

  publish(): void {
    for (const table of [this.routes, this.entries, this.policies, this.petrs]) {
      table.publish();
      this.exists ||= table.rows().length > 0;
    }
  }

  /** Union of the flags of every prefix that covers the address. */
  flagsOf(address: IpAddress): number {
    return this.policies.covering(address).reduce((flags, { value }) => flags | value, 0);
  }
}

/** Every address of a family. */
export function everything(family: Family): IpPrefix {
  return { address: { family, w0: 0, w1: 0, w2: 0, w3: 0 }, bits: 0 };
}

/** True for 0/0 and ::/0. */
export function isDefault(prefix: IpPrefix): boolean {
  return prefix.bits === 0;
}

/** What `forward` reads: everything that has been published. */
export interface ModelTables {
  /** Undefined when the instance is unknown. */
  vrf(instanceId: number): ModelVrf | undefined;
  /** Undefined: none is set. */
  nonceToward(locator: IpAddress): LocatorNonce | undefined;
  readonly isProxyEtr: boolean;
  readonly reception: ReceptionRules;
}
