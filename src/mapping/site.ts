import type { IpAddress } from '../base/ip.ts';
import type { EidPrefix } from './eid.ts';

/** A pre-shared key of a site or of an ETR toward its Map-Server. */
export interface SiteKey {
  /** 0..255. */
  readonly keyId: number;
  /** 1 HMAC-SHA-1-96 (legacy peers only), 2 HMAC-SHA-256-128, 3 the same with HKDF. */
  readonly algorithmId: 1 | 2 | 3;
  readonly secret: string;
}

/** An EID-Prefix that a site may register. */
export interface SitePrefix {
  readonly eid: EidPrefix;
  readonly acceptMoreSpecifics: boolean;
}

/** A LISP site as a Map-Server knows it: who may register what. */
export interface Site {
  readonly name: string;
  /** Absent: nothing can register. */
  readonly key?: SiteKey;
  readonly prefixes: readonly SitePrefix[];
  /** The RLOCs that it may register, at least one. Absent: any. */
  readonly allowedLocators?: readonly IpAddress[];
  /** Accept Map-Registers whose nonce does not rise, as legacy senders make them. */
  readonly acceptStaleNonces: boolean;
}
