import { contains, type Family, type IpAddress } from '../../base/ip.ts';
import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import type { RouterView, RouteView } from '../../router/view.ts';
import { NULL_INTERFACE } from '../interface-name.ts';

const CODES = { connected: 'C', local: 'L', static: 'S', learned: 'R', aggregate: 'l' } as const;

/** The words that pick routes of one source. */
export type RouteWord = 'connected' | 'local' | 'static' | 'rip';

/** `show ip route` and `show ipv6 route`: the underlay, or its routes of one source. */
export function showRoutes(view: RouterView, family: Family, word?: RouteWord): string[] {
  const all = view.routes(family);
  const source = word === 'rip' ? 'learned' : word;
  const routes = all.filter((route) => source === undefined || route.source === source);
  return family === 4 ? showRoutes4(routes, all) : showRoutes6(routes);
}

/** `show ip route ADDRESS`: the route that packets to it take. */
export function showRouteTo(view: RouterView, address: IpAddress): string[] {
  // In prefix order the longest of several that cover an address comes last.
  const route = view.routes(address.family).findLast(({ prefix }) => contains(prefix, address));
  if (route === undefined) return ['% Network not in table'];
  const { prefix, source, distance, gateway, interfaceName } = route;
  const metric = route.metric ?? 0;
  const way =
    gateway === undefined ? `directly connected, via ${interfaceName ?? NULL_INTERFACE}` : formatIp(gateway);
  const isCandidate = isDefault(route) ? ', candidate default path' : '';
  return [
    `Routing entry for ${formatPrefix(prefix)}`,
    `  Known via "${source === 'learned' ? 'rip' : source}", distance ${distance}, metric ${metric}${isCandidate}`,
    '  Routing Descriptor Blocks:',
    `  * ${way}${gateway !== undefined && interfaceName !== undefined ? `, via ${interfaceName}` : ''}`,
    `      Route metric is ${metric}, traffic share count is 1`,
  ];
}

function showRoutes4(routes: readonly RouteView[], all: readonly RouteView[]): string[] {
  const defaultRoute = all.find(isDefault);
  const resort =
    defaultRoute === undefined
      ? 'is not set'
      : `is ${defaultRoute.gateway === undefined ? '0.0.0.0' : formatIp(defaultRoute.gateway)} to network 0.0.0.0`;
  return [
    'Codes: L - local, C - connected, S - static, R - RIP, l - LISP, * - candidate default',
    '',
    `Gateway of last resort ${resort}`,
    '',
    ...routes.map((route) => {
      const code = CODES[route.source] + (isDefault(route) && route.source !== 'connected' ? '*' : '');
      return `${code.padEnd(6)}${formatPrefix(route.prefix)} ${way4(route)}`;
    }),
  ];
}

function way4(route: RouteView): string {
  const { gateway, interfaceName, distance } = route;
  if (gateway === undefined) return `is directly connected, ${interfaceName ?? NULL_INTERFACE}`;
  const out = interfaceName === undefined || route.source === 'static' ? '' : `, ${interfaceName}`;
  return `[${distance}/${route.metric ?? 0}] via ${formatIp(gateway)}${out}`;
}

function showRoutes6(routes: readonly RouteView[]): string[] {
  return [
    `IPv6 Routing Table - default - ${routes.length} entries`,
    'Codes: C - Connected, L - Local, S - Static, R - RIP, l - LISP',
    ...routes.flatMap(({ source, prefix, distance, metric = 0, gateway, interfaceName }) => [
      `${CODES[source].padEnd(4)}${formatPrefix(prefix)} [${distance}/${metric}]`,
      gateway === undefined
        ? `     via ${interfaceName ?? NULL_INTERFACE}, ${source === 'local' ? 'receive' : 'directly connected'}`
        : `     via ${formatIp(gateway)}${interfaceName === undefined || source === 'static' ? '' : `, ${interfaceName}`}`,
    ]),
  ];
}

function isDefault({ prefix }: RouteView): boolean {
  return prefix.bits === 0;
}
