import type { Family } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { LigRequest, PingRequest, TracerouteRequest } from '../router/node.ts';

/** A command of exec mode, ready to run. */
export type ExecCommand =
  | { readonly kind: 'ping'; readonly request: PingRequest }
  | { readonly kind: 'traceroute'; readonly request: TracerouteRequest }
  | { readonly kind: 'lig'; readonly request: LigRequest }
  /** For `runShow`. */
  | { readonly kind: 'show'; readonly text: string }
  /** Lines given on the spot; none opens configuration mode. */
  | { readonly kind: 'configure'; readonly lines: readonly string[] }
  | { readonly kind: 'debug'; readonly topics: readonly string[]; readonly on: boolean }
  /** Without an EID-Prefix everything that was learned. */
  | { readonly kind: 'clear-map-cache'; readonly family: Family; readonly eid?: EidPrefix }
  | { readonly kind: 'clear-statistics' }
  /** Without site and EID-Prefix every registration. */
  | { readonly kind: 'clear-sites'; readonly siteName?: string; readonly eid?: EidPrefix }
  /** Without a name those of all interfaces. */
  | { readonly kind: 'clear-counters'; readonly interfaceName?: string }
  /** Trace the next `count` packets. */
  | { readonly kind: 'trace'; readonly count: number }
  | { readonly kind: 'clear-trace' }
  | { readonly kind: 'capture-start'; readonly interfaceName?: string }
  | { readonly kind: 'capture-stop' }
  | { readonly kind: 'capture-export'; readonly path: string }
  | { readonly kind: 'privilege'; readonly privileged: boolean }
  /** `write memory` */
  | { readonly kind: 'save' }
  | { readonly kind: 'leave' }
  /** Understood; there is nothing to do. */
  | { readonly kind: 'nothing' };
