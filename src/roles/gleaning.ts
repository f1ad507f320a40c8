/**
 * Gleaning (RFC 9300 §9): the way back to a host, taken from a packet that it sent, until the mapping system has told.
 * For a trusted network only (DP-26).
 */
import type { IpAddress } from '../base/ip.ts';
import { NEVER, seconds, type Micros } from '../base/time.ts';
import { coversEid, eidKey, hostEid, type Eid, type EidPrefix } from '../mapping/eid.ts';
import { isLegalRloc } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { unicastLocator } from './records.ts';

/** DP-28: what is not verified does not last. */
export const GLEANED_LIFE = seconds(3);
const BEST_PRIORITY = 0;
/** Sources are easily made up: so many at once. */
const MAX_GLEANED = 256;

export type GleaningOutput =
  | { readonly kind: 'install'; readonly mapping: Mapping; readonly expires: Micros }
  /** Ask the mapping system for the source EID. */
  | { readonly kind: 'verify'; readonly eid: Eid }
  | { readonly kind: 'uninstall'; readonly eid: EidPrefix };

interface Gleaned {
  readonly eid: EidPrefix;
  readonly expires: Micros;
}

export type GleaningState = readonly Gleaned[];

export class Gleaning {
  #gleaned = new Map<string, Gleaned>();

  /** A packet of host `source` came from `rloc`. `isCovered`: an entry of the Map-Cache says where the host is. */
  hear(now: Micros, source: Eid, rloc: IpAddress, isCovered: boolean, out: GleaningOutput[]): void {
    this.tick(now, out);
    const eid = hostEid(source);
    const isKnown = isCovered || this.#gleaned.has(eidKey(eid));
    if (isKnown || this.#gleaned.size >= MAX_GLEANED || !isLegalRloc(rloc)) return;
    const expires = now + GLEANED_LIFE;
    this.#gleaned.set(eidKey(eid), { eid, expires });
    out.push(
      { kind: 'install', mapping: gleanedMapping(eid, rloc), expires },
      { kind: 'verify', eid: source },
    );
  }

  /** A Map-Reply for `eid` is in the Map-Cache, and takes the place of what was gleaned inside it. */
  verified(eid: EidPrefix, out: GleaningOutput[]): void {
    this.#drop((gleaned) => coversEid(eid, gleaned.eid), eidKey(eid), out);
  }

  tick(now: Micros, out: GleaningOutput[]): void {
    this.#drop(({ expires }) => expires <= now, undefined, out);
  }

  nextDeadline(): Micros {
    let least = NEVER;
    for (const { expires } of this.#gleaned.values()) least = Math.min(least, expires);
    return least;
  }

  save(): GleaningState {
    return [...this.#gleaned.values()];
  }

  restore(state: GleaningState): void {
    this.#gleaned = new Map(state.map((gleaned) => [eidKey(gleaned.eid), gleaned]));
  }

  /** `replaced`: the Map-Reply's own prefix, whose entry is not to be taken away again. */
  #drop(isOver: (gleaned: Gleaned) => boolean, replaced: string | undefined, out: GleaningOutput[]): void {
    for (const [key, gleaned] of [...this.#gleaned]) {
      if (!isOver(gleaned)) continue;
      this.#gleaned.delete(key);
      if (key !== replaced) out.push({ kind: 'uninstall', eid: gleaned.eid });
    }
  }
}

function gleanedMapping(eid: EidPrefix, rloc: IpAddress): Mapping {
  const locators = [unicastLocator(rloc, BEST_PRIORITY, 0, { local: false, reachable: true })];
  return { eid, ttlMinutes: 1, action: 0, authoritative: false, mapVersion: 0, locators };
}
