/** Locator-Status-Bits as a sender (RFC 9300 §5.3, §13.1): what headers say of this site's own locators. */
import { compareIp } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { minutes, type Micros } from '../base/time.ts';
import { eidKey } from '../mapping/eid.ts';
import { sortLocators } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';

/** DP-31: how long L stays 0 after a locator was added or removed. */
export const USE_LSB_AFTER = minutes(5);
const MAX_BITS = 32;
/** What fits beside an Instance ID. */
const MAX_BITS_WITH_INSTANCE = 8;

/** One bit for each locator in the order of Map-Replies, ordinal 0 lowest; 1 = up. */
export function statusBits({ eid, locators }: Mapping): number {
  const fits = eid.instanceId === 0 ? MAX_BITS : MAX_BITS_WITH_INSTANCE;
  return sortLocators(locators)
    .slice(0, fits)
    .reduce((bits, { reachable }, ordinal) => (reachable ? bits | (1 << ordinal) : bits) >>> 0, 0);
}

/** Plain data. */
export interface StatusBitsState {
  readonly sets: readonly (readonly [string, string])[];
  readonly heldUntil: Micros;
}

/**
 * Bits that hold for every packet of the site: headers are prebuilt, and do not know the inner source. So they are sent
 * only while all mappings of the site agree, the one that is the longest match of the inner source among them (DP-12).
 */
export class StatusBits {
  #sets = new Map<string, string>();
  #heldUntil: Micros = 0;

  /** The site's mappings as they are now. */
  configure(now: Micros, database: readonly Mapping[]): void {
    const sets = new Map(database.map(({ eid, locators }) => [eidKey(eid), setOf(locators)]));
    const isChanged = [...this.#sets].some(([key, set]) => sets.has(key) && sets.get(key) !== set);
    if (isChanged) this.#heldUntil = now + USE_LSB_AFTER;
    this.#sets = sets;
  }

  /** Undefined: L=0. */
  bits(now: Micros, database: readonly Mapping[]): number | undefined {
    const [first, ...rest] = database;
    if (first === undefined || now < this.#heldUntil) return undefined;
    const isOne = rest.every(
      (mapping) =>
        setOf(mapping.locators) === setOf(first.locators) && statusBits(mapping) === statusBits(first),
    );
    return isOne ? statusBits(first) : undefined;
  }

  /** When `bits` may change by time alone. */
  nextDeadline(now: Micros): Micros {
    return now < this.#heldUntil ? this.#heldUntil : Infinity;
  }

  save(): StatusBitsState {
    return { sets: [...this.#sets], heldUntil: this.#heldUntil };
  }

  restore({ sets, heldUntil }: StatusBitsState): void {
    this.#sets = new Map(sets);
    this.#heldUntil = heldUntil;
  }
}

function setOf(locators: Mapping['locators']): string {
  const addresses = locators.map(({ address }) => address).sort(compareIp);
  return addresses.map(formatIp).join(' ');
}
