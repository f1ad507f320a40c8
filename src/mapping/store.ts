import type { IpAddress } from '../base/ip.ts';
import type { Nonce } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import type { Eid, EidPrefix } from './eid.ts';
import type { Mapping } from './mapping.ts';
import type { Site } from './site.ts';

/** One xTR's registration of one EID-Prefix. */
export interface Registration {
  /** Identity of the registering xTR: its xTR-ID in hexadecimal, or the text of its address without one. */
  readonly xtr: string;
  readonly siteName: string;
  /** Source address of the Map-Register: where Map-Requests are forwarded to. */
  readonly etr: IpAddress;
  readonly mapping: Mapping;
  /** P: the Map-Server may answer for the ETR. */
  readonly proxyReply: boolean;
  /** M: the ETR wants a Map-Notify. */
  readonly wantMapNotify: boolean;
  /** a: to be merged with those of other xTRs. */
  readonly merge: boolean;
  /** S: the ETR knows LISP-SEC. */
  readonly securityCapable: boolean;
  /** Of the MAC: 1..3, see SiteKey. */
  readonly algorithmId: number;
  /** Of the last Map-Register; the next has to be higher. */
  readonly nonce: Nonce;
  /** 8 bytes in hexadecimal. */
  readonly siteId: string;
  readonly firstRegistered: Micros;
  readonly lastRegistered: Micros;
  /** When it is forgotten unless it comes again. */
  readonly expires: Micros;
}

/** Everything registered for one EID-Prefix; `registrations` is never empty. */
export interface StoredMapping {
  readonly eid: EidPrefix;
  /** In order of first registration. */
  readonly registrations: readonly Registration[];
}

export type StoreOp =
  | { readonly kind: 'put'; readonly opId: number; readonly registration: Registration }
  | { readonly kind: 'delete'; readonly opId: number; readonly eid: EidPrefix; readonly xtr: string };

export type StoreEvent =
  | {
      readonly kind: 'put';
      readonly revision: number;
      readonly opId?: number;
      readonly registration: Registration;
    }
  | {
      readonly kind: 'delete' | 'expire';
      readonly revision: number;
      readonly opId?: number;
      readonly eid: EidPrefix;
      readonly xtr: string;
    }
  | { readonly kind: 'synced'; readonly revision: number };

/** A configured site prefix that covers an EID. */
export interface SiteMatch {
  readonly site: Site;
  readonly eid: EidPrefix;
  readonly acceptMoreSpecifics: boolean;
}

/**
 * Registrations of the mapping system, seen through a local replica: reads are synchronous and answer from what
 * the events have said so far. "Known" prefixes are those of configured sites and those registered.
 */
export interface MappingStore {
  /** Declares the configured sites; replaces the previous set. Registrations outside it stay until they expire. */
  setSites(sites: readonly Site[]): void;
  /** The most specific configured site prefix covering all of `eid`. */
  siteOf(eid: EidPrefix): SiteMatch | undefined;
  /** Longest registered mapping covering `eid`. */
  match(eid: Eid): StoredMapping | undefined;
  /** The registered mapping for exactly this prefix. */
  get(eid: EidPrefix): StoredMapping | undefined;
  /** Widest prefix around `eid` that overlaps no known EID-Prefix; undefined when a known prefix covers it. */
  gap(eid: Eid): EidPrefix | undefined;
  /** Widest prefix around `eid` inside `within` that overlaps no *registered* prefix; undefined when one covers it. */
  gapWithin(within: EidPrefix, eid: Eid): EidPrefix | undefined;
  /** Registered mappings inside `prefix`, in EID order. */
  covered(prefix: EidPrefix): Iterable<StoredMapping>;
  /** Every registered mapping, in EID order. */
  all(): Iterable<StoredMapping>;
  /** Queue a change. Its effect is visible when the matching event arrives, not before. */
  apply(op: StoreOp): void;
  /** Drop registrations that ended at or before `now` (as `expire` events). */
  advance(now: Micros): void;
  /** When `advance` next has work; NEVER when idle. */
  nextDeadline(): Micros;
  /** Drain events in revision order; reading them makes them visible. */
  events(): Iterable<StoreEvent>;
  /** Plain data, structured-clone safe. */
  save(): unknown;
  restore(state: unknown): void;
}
