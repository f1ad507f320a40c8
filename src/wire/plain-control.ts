/** The control messages that stand for themselves: all but the ECM, which carries one of these. */
import type { MapNotify } from './map-notify.ts';
import type { MapRegister } from './map-register.ts';
import type { MapReply } from './map-reply.ts';
import type { MapRequest } from './map-request.ts';

/** A message type without a codec; keeps its bytes and re-encodes identically. */
export interface UnknownControl {
  readonly type: 'unknown';
  /** The 4-bit type number. */
  readonly code: number;
  /** The whole message, at least one byte, which starts with `code`. */
  readonly raw: Uint8Array;
}

/** A control message that is no ECM: what an ECM carries. */
export type PlainControl = MapRequest | MapReply | MapRegister | MapNotify | UnknownControl;
