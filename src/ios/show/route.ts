import type { Family } from '../../base/ip.ts';
import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import type { RouterView, RouteView } from '../../router/view.ts';
import { NULL_INTERFACE } from '../interface-name.ts';

const CODES = { connected: 'C', local: 'L', static: 'S', learned: 'R', aggregate: 'l' } as const;

/** `show ip route` and `show ipv6 route`: the underlay. */
export function showRoutes(view: RouterView, family: Family): string[] {
  return family === 4 ? showRoutes4(view.routes(4)) : showRoutes6(view.routes(6));
}

function showRoutes4(routes: readonly RouteView[]): string[] {
  const defaultRoute = routes.find(isDefault);
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
    ...routes.flatMap(({ source, prefix, distance, gateway, interfaceName }) => [
      `${CODES[source].padEnd(4)}${formatPrefix(prefix)} [${distance}/0]`,
      gateway === undefined
        ? `     via ${interfaceName ?? NULL_INTERFACE}, ${source === 'local' ? 'receive' : 'directly connected'}`
        : `     via ${formatIp(gateway)}${interfaceName === undefined || source === 'static' ? '' : `, ${interfaceName}`}`,
    ]),
  ];
}

function isDefault({ prefix }: RouteView): boolean {
  return prefix.bits === 0;
}
