import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { CacheEntry } from '../roles/machine.ts';
import { locatorState } from './encap-targets.ts';
import type { Underlay } from './underlay.ts';

/** What is known of one locator of an entry. Plain data. */
interface Known {
  readonly up: boolean;
  /** When it came up or went down last; of one that did neither when it was learned. */
  readonly since: Micros;
}

/** Per entry its locators by address. Plain data, structured-clone safe. */
export type LocatorStatesState = readonly (readonly [
  eid: string,
  locators: readonly (readonly [string, Known])[],
])[];

/**
 * Since when the locators of the Map-Cache are up or down. A mapping that is learned again does not change that, as
 * long as the locator is what it was: only who looks at each change can tell.
 */
export class LocatorStates {
  #entries = new Map<string, ReadonlyMap<string, Known>>();

  /** To be called when an entry was installed, and of every entry when the routes have changed. */
  observe(
    now: Micros,
    { mapping }: CacheEntry,
    underlay: Underlay,
    isDown: (locator: Locator) => boolean = () => false,
  ): void {
    const key = eidKey(mapping.eid);
    const before = this.#entries.get(key);
    if (mapping.locators.length === 0) {
      this.#entries.delete(key);
      return;
    }
    const known = mapping.locators.map((locator): [string, Known] => {
      const address = formatIp(locator.address);
      const up = locatorState(locator, underlay, isDown(locator)) === 'up';
      const held = before?.get(address);
      return [address, held?.up === up ? held : { up, since: now }];
    });
    this.#entries.set(key, new Map(known));
  }

  /** The entry is gone; one that comes back is another one. */
  forget(eid: EidPrefix): void {
    this.#entries.delete(eidKey(eid));
  }

  /** Undefined for what was never observed. */
  since(eid: EidPrefix, { address }: Locator): Micros | undefined {
    return this.#entries.get(eidKey(eid))?.get(formatIp(address))?.since;
  }

  save(): LocatorStatesState {
    return [...this.#entries].map(([eid, locators]) => [eid, [...locators]]);
  }

  restore(state: LocatorStatesState): void {
    this.#entries = new Map(state.map(([eid, locators]) => [eid, new Map(locators)]));
  }
}
