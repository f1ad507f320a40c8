/** What RIP speaks on and tells of its own: computed from the configuration and the routes in use. */
import { ANY4, comparePrefix, contains, prefix, samePrefix, type IpPrefix } from '../base/ip.ts';
import type { InterfaceOptions, LispOptions, RipOptions, RouterOptions } from './options.ts';
import type { RipInterface } from './rip-message.ts';
import type { Underlay } from './underlay.ts';

/** A route of the router's own that neighbours are told. */
export interface RipOrigin {
  readonly prefix: IpPrefix;
  readonly how: 'connected' | 'static' | 'proxy-itr' | 'default';
  /** Where it leads out: not told there. Absent for what ends here. */
  readonly interfaceIndex?: number;
}

/** What follows from the configuration and the state of the interfaces. Plain data. */
export interface RipConfig {
  /** Those that are up and in one of the networks; loopbacks have no neighbours. */
  readonly interfaces: readonly RipInterface[];
  /** In prefix order, each prefix once. */
  readonly origins: readonly RipOrigin[];
  readonly timers: RipOptions['timers'];
}

const DEFAULT_ROUTE = prefix(ANY4, 0);

/** Undefined when RIP is not configured. */
export function ripConfig(options: RouterOptions, underlay: Underlay): RipConfig | undefined {
  const { rip, interfaces, lisp } = options;
  if (rip === undefined) return undefined;
  const ports = interfaces.flatMap((each, index) => portsOf(each, index, rip));
  const origins: RipOrigin[] = [
    ...ports.map(({ index, address, bits }) => ({
      prefix: prefix(address, bits),
      how: 'connected' as const,
      interfaceIndex: index,
    })),
    ...aggregates(lisp, underlay),
    ...(rip.redistributeStatic ? statics(underlay) : []),
    ...(rip.originateDefault ? [defaultRoute(underlay)] : []),
  ];
  return {
    interfaces: ports.filter(({ name }, i) => {
      const isFirst = ports.findIndex((other) => other.name === name) === i;
      return isFirst && !name.startsWith('Loopback');
    }),
    origins: origins
      .filter((each, i) => origins.findIndex((other) => samePrefix(other.prefix, each.prefix)) === i)
      .sort((a, b) => comparePrefix(a.prefix, b.prefix)),
    timers: rip.timers,
  };
}

/** One per IPv4 address in one of the networks; the first is the one that RIP speaks from. */
function portsOf(
  { name, shutdown, mtu, addresses }: InterfaceOptions,
  index: number,
  { networks, passiveInterfaces }: RipOptions,
): RipInterface[] {
  if (shutdown) return [];
  return addresses
    .filter(({ address }) => networks.some((network) => contains(network, address)))
    .map(({ address, bits }) => ({
      index,
      name,
      address,
      bits,
      mtu,
      passive: passiveInterfaces.includes(name),
    }));
}

/** IW-01: aggregates of EIDs, while there is an address to encapsulate from. */
function aggregates(lisp: LispOptions | undefined, underlay: Underlay): RipOrigin[] {
  const { rlocs, advertise } = lisp?.proxyItr.ipv4 ?? { rlocs: [], advertise: [] };
  if (!rlocs.some((rloc) => underlay.isOwn(rloc))) return [];
  return advertise.map((aggregate) => ({ prefix: aggregate, how: 'proxy-itr' }));
}

/** Static routes in use. */
function statics(underlay: Underlay): RipOrigin[] {
  return underlay
    .routes()
    .filter(({ source, prefix: { address } }) => source === 'static' && address.family === 4)
    .map(({ prefix: at, nextHop: { kind, interfaceIndex } }) => ({
      prefix: at,
      how: 'static',
      ...(kind === 'discard' ? {} : { interfaceIndex }),
    }));
}

/** Whoever is on the way to the router's own default route is not told that it is here. */
function defaultRoute(underlay: Underlay): RipOrigin {
  const own = underlay.routes().find(({ prefix: { address, bits } }) => bits === 0 && address.family === 4);
  const isOut = own !== undefined && own.nextHop.kind !== 'discard';
  return {
    prefix: DEFAULT_ROUTE,
    how: 'default',
    ...(isOut ? { interfaceIndex: own.nextHop.interfaceIndex } : {}),
  };
}
