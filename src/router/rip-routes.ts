import { comparePrefix, sameIp, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import { seconds, type Micros } from '../base/time.ts';
import { RIP_INFINITY } from '../wire/rip.ts';
import type { RipOptions } from './options.ts';

/** A route that a neighbour told. Plain data. */
export interface LearnedRoute {
  readonly prefix: IpPrefix;
  /** As it was told: 1..15, or RIP_INFINITY once it is lost. What it costs to pass it on is added then. */
  readonly metric: number;
  readonly tag: number;
  /** Who told it. */
  readonly from: IpAddress;
  /** Where packets go: the teller, or another router of its link. */
  readonly gateway: IpAddress;
  readonly interfaceIndex: number;
  /** When it was heard last. */
  readonly heard: Micros;
  /** When it is lost unless it is heard again; of a lost one, when it is forgotten. */
  readonly due: Micros;
}

/** What a message says of one prefix. */
export type Offer = Pick<LearnedRoute, 'prefix' | 'metric' | 'tag' | 'from' | 'gateway' | 'interfaceIndex'>;

/** How long routes stand: all in microseconds. */
export interface RouteLifetimes {
  /** Unheard of for so long, a route is lost. */
  readonly invalid: Micros;
  /** A lost route is told as unreachable for so long. */
  readonly garbage: Micros;
}

/** What an offer did: nothing that packets or neighbours notice, a way that is new or other, the loss of one. */
export type OfferResult = 'ignored' | 'refreshed' | 'learned' | 'lost';

/** The best route per prefix, of those that neighbours told (RFC 2453 §3.9.2). One way each: no load is shared. */
export class LearnedRoutes {
  readonly #routes = new Map<string, LearnedRoute>();

  /** In prefix order, lost ones included. */
  all(): LearnedRoute[] {
    return [...this.#routes.values()].sort((a, b) => comparePrefix(a.prefix, b.prefix));
  }

  get(prefix: IpPrefix): LearnedRoute | undefined {
    return this.#routes.get(formatPrefix(prefix));
  }

  offer(now: Micros, offer: Offer, lifetimes: RouteLifetimes): OfferResult {
    const present = this.get(offer.prefix);
    const isReachable = offer.metric < RIP_INFINITY;
    if (present === undefined || !isOfSameTeller(present, offer)) {
      if (!isReachable || (present !== undefined && !isBetter(now, offer, present, lifetimes))) {
        return 'ignored';
      }
      this.#set({ ...offer, heard: now, due: now + lifetimes.invalid });
      return 'learned';
    }
    // Who told it has the last word on it.
    if (!isReachable) {
      if (isLost(present)) return 'ignored';
      this.#set(lost(now, present, lifetimes));
      return 'lost';
    }
    this.#set({ ...offer, heard: now, due: now + lifetimes.invalid });
    return isSameWay(present, offer) ? 'refreshed' : 'learned';
  }

  /** Takes a usable route out of use, to be told as unreachable for a while. */
  lose(now: Micros, route: LearnedRoute, lifetimes: RouteLifetimes): void {
    this.#set(lost(now, route, lifetimes));
  }

  forget(prefix: IpPrefix): void {
    this.#routes.delete(formatPrefix(prefix));
  }

  replaceAll(routes: readonly LearnedRoute[]): void {
    this.#routes.clear();
    for (const route of routes) this.#set(route);
  }

  #set(route: LearnedRoute): void {
    this.#routes.set(formatPrefix(route.prefix), route);
  }
}

/** How long a lost route is told as unreachable. */
export function garbageTime({ invalid, flush }: RipOptions['timers']): Micros {
  return seconds(flush - invalid);
}

/** Told as unreachable until it is forgotten. */
export function isLost({ metric }: Pick<LearnedRoute, 'metric'>): boolean {
  return metric >= RIP_INFINITY;
}

function lost(now: Micros, route: LearnedRoute, { garbage }: RouteLifetimes): LearnedRoute {
  return { ...route, metric: RIP_INFINITY, due: now + garbage };
}

function isOfSameTeller(a: Offer, b: Offer): boolean {
  return a.interfaceIndex === b.interfaceIndex && sameIp(a.from, b.from);
}

function isSameWay(a: Offer, b: Offer): boolean {
  return a.metric === b.metric && a.tag === b.tag && sameIp(a.gateway, b.gateway);
}

/** A shorter way, or one as long when the present one has gone unheard for half of its time (RFC 2453 §3.9.2). */
function isBetter(now: Micros, offer: Offer, present: LearnedRoute, { invalid }: RouteLifetimes): boolean {
  if (offer.metric !== present.metric) return offer.metric < present.metric;
  return now - present.heard >= invalid / 2;
}
