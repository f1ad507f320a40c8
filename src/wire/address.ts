/** The two types of addresses, which contain each other; their codecs are afi.ts and lcaf.ts. */
import type { IpAddress } from '../base/ip.ts';

/** An AFI-encoded address: the EIDs and RLOCs of every control message. */
export type LispAddress =
  | { readonly kind: 'none' }
  | { readonly kind: 'ip'; readonly address: IpAddress }
  | { readonly kind: 'mac'; readonly mac: Uint8Array }
  /** RFC 9735: ASCII without its terminating NUL. One character per byte, so that other bytes survive as well. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'as-number'; readonly asn: number }
  | { readonly kind: 'lcaf'; readonly lcaf: Lcaf };

/** LISP Canonical Address Format (RFC 8060). Types without a codec keep their bytes and re-encode identically. */
export type Lcaf =
  | { readonly type: 'afi-list'; readonly items: readonly LispAddress[] }
  | {
      readonly type: 'instance-id';
      /** 32 bits here, 24 in the data header. */
      readonly instanceId: number;
      /** Meaningful only with inner AFI 0 (a range of instances); otherwise 0. */
      readonly iidMaskBits: number;
      readonly address: LispAddress;
    }
  | {
      readonly type: 'unknown';
      /** LCAF type number. */
      readonly code: number;
      readonly reserved1: number;
      readonly flags: number;
      readonly reserved2: number;
      /** The body after the Length field. */
      readonly body: Uint8Array;
    };
