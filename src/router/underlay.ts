import {
  contains,
  hostPrefix,
  prefix,
  sameIp,
  samePrefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../base/ip.ts';
import type { NextHop } from '../engine/data-plane.ts';
import { PrefixTable } from '../mapping/prefix-table.ts';
import type { InterfaceOptions, RouterOptions, StaticRoute } from './options.ts';
import type { LearnedRoute } from './rip-routes.ts';
import type { RouteView } from './view.ts';

/** A route in use. */
export interface UnderlayRoute {
  readonly prefix: IpPrefix;
  readonly source: RouteView['source'];
  readonly distance: number;
  readonly nextHop: NextHop;
  /** Of a learned route. */
  readonly metric?: number;
}

const CONNECTED_DISTANCE = 0;
/** Of a summary's discard route in IOS: below every learned route, so that nobody else's aggregate replaces ours. */
const AGGREGATE_DISTANCE = 5;
const RIP_DISTANCE = 120;
/** A gateway behind a gateway behind a gateway: deeper recursion is a configuration loop. */
const MAX_RECURSION = 8;

/**
 * The routing table of one router, computed from its interfaces, static routes, aggregates and what it learned.
 * Immutable: a new configuration and news from a neighbour make a new one.
 */
export class Underlay {
  readonly #interfaces: readonly InterfaceOptions[];
  readonly #routes = new PrefixTable<UnderlayRoute>();

  constructor(
    options: Pick<RouterOptions, 'interfaces' | 'staticRoutes' | 'lisp'>,
    learned: readonly LearnedRoute[] = [],
  ) {
    this.#interfaces = options.interfaces;
    for (const [index, each] of options.interfaces.entries()) this.#addInterface(index, each);
    this.#addAggregates(options.lisp);
    this.#addLearned(learned);
    this.#addStaticRoutes(options.staticRoutes);
  }

  /** Every route in use, in prefix order. */
  routes(): UnderlayRoute[] {
    return Array.from(this.#routes.entries(), ({ value }) => value);
  }

  /** The way to `address`; undefined without a route or with a discard route. Own addresses give 'local'. */
  resolve(address: IpAddress): NextHop | undefined {
    const route = this.#routes.match(address)?.value;
    return route === undefined || route.nextHop.kind === 'discard' ? undefined : route.nextHop;
  }

  /** Addresses of the interfaces that are up. */
  ownAddresses(): IpAddress[] {
    return this.#interfaces
      .filter(({ shutdown }) => !shutdown)
      .flatMap(({ addresses }) => addresses.map(({ address }) => address));
  }

  /** Whether any interface has an address of this family, be it shut down. */
  hasFamily(family: Family): boolean {
    return this.#interfaces.some(({ addresses }) =>
      addresses.some(({ address }) => address.family === family),
    );
  }

  isOwn(address: IpAddress): boolean {
    return this.resolve(address)?.kind === 'local';
  }

  /** An address of an interface that is shut down: nobody has it then, wherever a route to it may lead. */
  isShut(address: IpAddress): boolean {
    return this.#interfaces.some(
      ({ shutdown, addresses }) => shutdown && addresses.some((each) => sameIp(each.address, address)),
    );
  }

  /** The source address for packets of this router to `destination`: that of the outgoing interface. */
  sourceFor(destination: IpAddress): IpAddress | undefined {
    const nextHop = this.resolve(destination);
    if (nextHop === undefined) return undefined;
    if (nextHop.kind === 'local') return destination;
    return this.interfaceAddress(nextHop.interfaceIndex, destination.family);
  }

  /** First address of a family on an interface that is up. */
  interfaceAddress(interfaceIndex: number, family: Family): IpAddress | undefined {
    const each = this.#interfaces[interfaceIndex];
    if (each === undefined || each.shutdown) return undefined;
    return each.addresses.find(({ address }) => address.family === family)?.address;
  }

  #addInterface(interfaceIndex: number, each: InterfaceOptions): void {
    if (each.shutdown) return;
    for (const { address, bits } of each.addresses) {
      const connected = prefix(address, bits);
      // Nobody else lives behind a loopback: packets to its subnet's other addresses are discarded.
      const kind = isLoopback(each.name) ? 'discard' : 'connected';
      this.#routes.set(connected, {
        prefix: connected,
        source: 'connected',
        distance: CONNECTED_DISTANCE,
        nextHop: { kind, interfaceIndex, mtu: each.mtu },
      });
    }
    for (const { address } of each.addresses) {
      this.#routes.set(hostPrefix(address), {
        prefix: hostPrefix(address),
        source: 'local',
        distance: CONNECTED_DISTANCE,
        nextHop: { kind: 'local', interfaceIndex, mtu: each.mtu },
      });
    }
  }

  /** IW-15: what lies in a hole of an aggregate that we attract ends here, and never follows the default route out. */
  #addAggregates(lisp: RouterOptions['lisp']): void {
    const { ipv4, ipv6 } = lisp?.proxyItr ?? {};
    const pitrs = [ipv4, ipv6].filter((pitr) => pitr !== undefined && pitr.rlocs.length > 0);
    for (const aggregate of pitrs.flatMap((pitr) => pitr?.advertise ?? [])) {
      if (this.#routes.get(aggregate) !== undefined) continue;
      this.#routes.set(aggregate, {
        prefix: aggregate,
        source: 'aggregate',
        distance: AGGREGATE_DISTANCE,
        nextHop: { kind: 'discard', interfaceIndex: 0, mtu: 0 },
      });
    }
  }

  #addLearned(routes: readonly LearnedRoute[]): void {
    for (const { prefix: destination, interfaceIndex, gateway, metric } of routes) {
      const each = this.#interfaces[interfaceIndex];
      if (each === undefined || each.shutdown || this.#routes.get(destination) !== undefined) continue;
      this.#routes.set(destination, {
        prefix: destination,
        source: 'learned',
        distance: RIP_DISTANCE,
        metric,
        nextHop: { kind: 'via', interfaceIndex, gateway, mtu: each.mtu },
      });
    }
  }

  /** Static routes may lean on one another, so they are tried again until no more of them resolve. */
  #addStaticRoutes(routes: readonly StaticRoute[]): void {
    let waiting = [...routes].sort((a, b) => a.distance - b.distance);
    for (let round = 0; round < MAX_RECURSION && waiting.length > 0; round++) {
      const unresolved: StaticRoute[] = [];
      for (const route of waiting) {
        const present = this.#routes.get(route.prefix);
        if (present !== undefined && present.distance <= route.distance) continue;
        const nextHop = this.#nextHopOf(route);
        if (nextHop === undefined) unresolved.push(route);
        else {
          const { distance } = route;
          this.#routes.set(route.prefix, { prefix: route.prefix, source: 'static', distance, nextHop });
        }
      }
      if (unresolved.length === waiting.length) return;
      waiting = unresolved;
    }
  }

  #nextHopOf({ prefix: destination, target }: StaticRoute): NextHop | undefined {
    switch (target.kind) {
      case 'discard':
        return { kind: 'discard', interfaceIndex: 0, mtu: 0 };
      case 'interface': {
        const interfaceIndex = this.#interfaces.findIndex(({ name }) => name === target.name);
        const each = this.#interfaces[interfaceIndex];
        if (each === undefined || each.shutdown) return undefined;
        return { kind: 'connected', interfaceIndex, mtu: each.mtu };
      }
      case 'via': {
        const { gateway } = target;
        const toGateway = this.#routes.match(gateway);
        if (toGateway === undefined || samePrefix(toGateway.prefix, destination)) return undefined;
        const { nextHop } = toGateway.value;
        if (nextHop.kind === 'discard' || nextHop.kind === 'local') return undefined;
        // Once in the table, the route would hide the shorter one that leads to its gateway.
        if (toGateway.prefix.bits < destination.bits && contains(destination, gateway)) return undefined;
        return nextHop.kind === 'via' ? nextHop : { ...nextHop, kind: 'via', gateway };
      }
    }
  }
}

/** The order in which `show` and the engine see routes is that of their prefixes; interfaces give the names. */
export function routeView(route: UnderlayRoute, interfaces: readonly InterfaceOptions[]): RouteView {
  const { nextHop } = route;
  const interfaceName =
    nextHop.kind === 'discard' && route.source !== 'connected'
      ? undefined
      : interfaces[nextHop.interfaceIndex]?.name;
  return {
    prefix: route.prefix,
    source: route.source,
    distance: route.distance,
    ...(route.metric === undefined ? {} : { metric: route.metric }),
    ...(nextHop.gateway === undefined ? {} : { gateway: nextHop.gateway }),
    ...(interfaceName === undefined ? {} : { interfaceName }),
  };
}

function isLoopback(name: string): boolean {
  return name.startsWith('Loopback');
}
