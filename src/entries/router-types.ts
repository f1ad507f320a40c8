// Types of a router: what configures it, what is asked of it, what it shows.
export type { Result } from '../base/result.ts';
export type { Nonce } from '../base/random.ts';
export type { Micros } from '../base/time.ts';
export type { TraceEvent, TraceFields } from '../base/trace.ts';

// Configuration.
export type {
  DatabaseLocator,
  DatabaseMapping,
  EtrMapServer,
  EtrOptions,
  InterfaceAddress,
  InterfaceOptions,
  ItrOptions,
  LispOptions,
  LispProfile,
  MissPolicy,
  PerFamily,
  PetrOptions,
  ProxyEtrOptions,
  ProxyItrOptions,
  RipOptions,
  RouterOptions,
  StaticMapCacheEntry,
  StaticRoute,
} from '../router/options.ts';
export type { Site, SiteKey, SitePrefix } from '../mapping/site.ts';

// Commands and what comes of them.
export type {
  LigRequest,
  LigResult,
  PingRequest,
  PingResult,
  TracerouteHop,
  TracerouteProbe,
  TracerouteRequest,
  TracerouteResult,
} from '../router/node.ts';

// Insight.
export type {
  CacheEntryView,
  ForwardingEntryView,
  ForwardingTargetView,
  LocatorView,
  MapServerView,
  PacketTrace,
  RouterView,
  RipRouteView,
  RipView,
  RouteView,
  SitePrefixView,
  SiteView,
} from '../router/view.ts';
export type { InterfaceCounts } from '../router/interface-counters.ts';
export type { CacheEntry } from '../roles/machine.ts';
export type { MapServerSession } from '../roles/registrar.ts';
export type { Action } from '../mapping/action.ts';
export type { Eid, EidPrefix } from '../mapping/eid.ts';
export type { Locator } from '../mapping/locator.ts';
export type { Mapping } from '../mapping/mapping.ts';
export type { Registration } from '../mapping/store.ts';
export type { Counters, PacketCount } from '../engine/data-plane.ts';
export type { Explanation, Phase } from '../engine/phases.ts';
