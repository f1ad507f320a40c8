import type { RandomState } from '../base/random.ts';
import type { ControlPlaneState } from './control-plane.ts';
import type { ForwardingCounterState } from './forwarding-counters.ts';
import type { InterfaceCounts } from './interface-counters.ts';
import type { MapCacheProgramState } from './map-cache-program.ts';
import type { RouterOptions } from './options.ts';
import type { RipState } from './rip.ts';
import type { TrafficState } from './traffic.ts';

/**
 * Plain data, structured-clone safe; what is in it beside the options is for `restore` of the same version. The
 * engine's tables are not part of it: they follow from the rest.
 */
export interface RouterState {
  readonly options: RouterOptions;
  /** @internal */
  readonly firstName: string;
  /** @internal */
  readonly random: RandomState;
  /** @internal */
  readonly rip: RipState;
  /** @internal */
  readonly control: ControlPlaneState;
  /** @internal */
  readonly traffic: TrafficState;
  /** @internal */
  readonly counters: readonly (readonly [string, number])[];
  /** @internal */
  readonly mapCache: MapCacheProgramState;
  /** @internal */
  readonly forwarding: ForwardingCounterState;
  /** @internal */
  readonly interfaces: readonly (readonly [string, InterfaceCounts])[];
}
