import type { Micros } from '../base/time.ts';
import type { RouterOptions } from './options.ts';
import type { Underlay } from './underlay.ts';

/** A router at the moment of a call. */
export interface Moment {
  readonly now: Micros;
  readonly options: RouterOptions;
  readonly underlay: Underlay;
}
