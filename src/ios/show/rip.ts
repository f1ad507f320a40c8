import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import { formatAge, type Micros } from '../../base/time.ts';
import type { RipRouteView, RouterView } from '../../router/view.ts';

/** Metric of a route that is lost. */
const INFINITY = 16;
const RIP_DISTANCE = 120;

const OWN = {
  static: 'redistributed',
  'proxy-itr': 'proxy-itr advertise',
  default: 'default-information originate',
} as const;

/** `show ip rip database`: own routes, and those that neighbours told. */
export function showRipDatabase(view: RouterView, now: Micros): string[] {
  const routes = view.rip()?.routes ?? [];
  return routes.flatMap((route) => routeLines(route, now));
}

function routeLines(route: RipRouteView, now: Micros): string[] {
  const { prefix, how, metric, gateway, interfaceName = '', heard } = route;
  const name = formatPrefix(prefix);
  if (how === 'connected') return [`${name}    directly connected, ${interfaceName}`];
  if (how !== 'learned') return [`${name}    ${OWN[how]}`];
  if (metric >= INFINITY) return [`${name} is possibly down`];
  const via = gateway === undefined ? '?' : formatIp(gateway);
  return [name, `    [${metric}] via ${via}, ${formatAge(now - (heard ?? now))}, ${interfaceName}`];
}

/** `show ip protocols`: RIP is the only one. */
export function showProtocols(view: RouterView, now: Micros): string[] {
  const { rip, lisp } = view.options;
  const state = view.rip();
  if (rip === undefined || state === undefined) return [];
  const { timers, networks, redistributeStatic } = rip;
  const due = Math.max(0, Math.ceil((state.nextUpdate - now) / 1_000_000));
  const aggregates = (lisp?.proxyItr.ipv4.advertise ?? []).map(formatPrefix);
  return [
    'Routing Protocol is "rip"',
    `  Sending updates every ${timers.update} seconds, next due in ${due} seconds`,
    `  Invalid after ${timers.invalid} seconds, flushed after ${timers.flush}`,
    `  Redistributing: ${redistributeStatic ? 'static, rip' : 'rip'}`,
    ...(aggregates.length === 0 ? [] : [`  Advertising EID aggregates: ${aggregates.join(', ')}`]),
    '  Default version control: send version 2, receive version 2',
    '  Routing for Networks:',
    ...networks.map(({ address }) => `    ${formatIp(address)}`),
    ...section(
      '  Passive Interface(s):',
      state.interfaces.filter(({ passive }) => passive).map(({ name }) => name),
    ),
    '  Routing Information Sources:',
    '    Gateway         Distance      Last Update',
    ...state.neighbours.map(
      ({ address, heard }) =>
        `    ${formatIp(address).padEnd(16)}${String(RIP_DISTANCE).padStart(8)}      ${formatAge(now - heard)}`,
    ),
    `  Distance: (default is ${RIP_DISTANCE})`,
  ];
}

function section(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [title, ...names.map((name) => `    ${name}`)];
}
