import type { Micros } from '../base/time.ts';
import type { Draft } from './draft.ts';

/** What `show` commands print that belongs to the console, not to the router. */
export interface ConsoleFacts {
  /** The running configuration as it was entered. */
  readonly draft: Draft;
  /** Lines typed at this console, oldest first. */
  readonly history: readonly string[];
  /** Names of the debug topics that are on, see debug.ts. */
  readonly debugging: readonly string[];
  /** Set once a capture was started here. */
  readonly capture?: CaptureFacts;
}

/** `monitor capture`: packets on the links of this node. */
export interface CaptureFacts {
  readonly startedAt: Micros;
  /** Absent while it runs. */
  readonly stoppedAt?: Micros;
  /** Absent: all interfaces. */
  readonly interfaceName?: string;
  readonly packets: number;
  readonly bytes: number;
}
