import { samePrefix, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix, maskOfBits } from '../base/ip-text.ts';
import { noRip, type StaticRoute } from '../router/options.ts';
import type { Args } from './args.ts';
import { DEFAULT_HOSTNAME, draftOfRip, newInterface, newLisp, type Draft, type DraftRoute } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { NULL_INTERFACE } from './interface-name.ts';
import { quoteWord } from './lexer.ts';
import { removeWhere } from './remove.ts';
import { formatTarget } from './route-target.ts';

const ROUTE_TAIL = '(<gateway:ip4> | <target:interface>) [<distance:1-255>] [name <name:word>]';
const ROUTE6_TAIL = '(<gateway:ip6> | <target:interface>) [<distance:1-255>] [name <name:word>]';

export const GLOBAL_COMMANDS = commandsOf('global', [
  {
    pattern: 'hostname <name:word>',
    no: ['hostname'],
    help: "Set the router's name",
    apply: (draft, args) => (draft.hostname = args.word('name')),
    remove: (draft) => (draft.hostname = DEFAULT_HOSTNAME),
    render: ({ hostname }) => [`hostname ${quoteWord(hostname)}`],
  },
  {
    pattern: 'interface <name:interface>',
    help: 'Configure an interface',
    opens: 'interface',
    open(draft, args) {
      const name = interfaceName(args);
      if (name === undefined) return undefined;
      let port = draft.interfaces.find((candidate) => candidate.name === name);
      if (port === undefined) draft.interfaces.push((port = newInterface(name, args.place())));
      return port;
    },
    remove(draft, args) {
      const name = interfaceName(args);
      if (name !== undefined) removeWhere(draft.interfaces, (port) => port.name === name, args);
    },
    blocks: ({ interfaces }) => interfaces.map((scope) => ({ heading: `interface ${scope.name}`, scope })),
  },
  {
    pattern: 'router lisp',
    help: 'Configure the Locator/ID Separation Protocol',
    opens: 'lisp',
    open(draft) {
      draft.lisp ??= newLisp();
      draft.lisp.opened = true;
      return draft.lisp;
    },
    // As on IOS, everything that is LISP goes, whatever the dialect.
    remove: (draft) => (draft.lisp = undefined),
    blocks: ({ lisp }) => (lisp?.opened === true ? [{ heading: 'router lisp', scope: lisp }] : []),
  },
  {
    pattern: 'router rip',
    help: 'Configure the Routing Information Protocol',
    opens: 'rip',
    open: (draft) => (draft.rip ??= draftOfRip(noRip())),
    remove: (draft) => (draft.rip = undefined),
    blocks: ({ rip }) => (rip === undefined ? [] : [{ heading: 'router rip', scope: rip }]),
  },
]);

export const ROUTE_COMMANDS = commandsOf('global', [
  {
    pattern: `ip route <prefix:ip4> <mask:mask> ${ROUTE_TAIL}`,
    no: ['ip route <prefix:ip4> <mask:mask>'],
    help: 'Establish a static IPv4 route',
    apply: (draft, args) => addRoute(draft, args.maskedPrefix('prefix', 'mask'), args),
    remove: (draft, args) => removeRoute(draft, args.maskedPrefix('prefix', 'mask'), args),
    render: ({ routes }) =>
      routes
        .filter(({ prefix }) => prefix.address.family === 4)
        .map((route) => {
          const { address, bits } = route.prefix;
          return `ip route ${formatIp(address)} ${formatIp(maskOfBits(bits))} ${routeTail(route)}`;
        }),
  },
  {
    pattern: `ipv6 route <prefix:prefix6> ${ROUTE6_TAIL}`,
    no: ['ipv6 route <prefix:prefix6>'],
    help: 'Establish a static IPv6 route',
    apply: (draft, args) => addRoute(draft, args.prefix('prefix'), args),
    remove: (draft, args) => removeRoute(draft, args.prefix('prefix'), args),
    render: ({ routes }) =>
      routes
        .filter(({ prefix }) => prefix.address.family === 6)
        .map((route) => `ipv6 route ${formatPrefix(route.prefix)} ${routeTail(route)}`),
  },
]);

function interfaceName(args: Args): string | undefined {
  const name = args.optionalInterface('name');
  if (name === undefined) args.refuse('name', 'Bad interface name');
  else if (name === NULL_INTERFACE)
    args.refuse('name', 'Null0 needs no configuration', 'routes may lead to it');
  else return name;
  return undefined;
}

function addRoute(draft: Draft, prefix: IpPrefix, args: Args): void {
  const target = routeTarget(args);
  if (target === undefined) return;
  const route = {
    prefix,
    target,
    distance: args.numberOr('distance', 1),
    ...(args.has('name') && { name: args.word('name') }),
    at: args.place('target'),
  };
  const same = draft.routes.findIndex(
    (other) => samePrefix(other.prefix, prefix) && sameTarget(other.target, target),
  );
  if (same >= 0) draft.routes[same] = route;
  else draft.routes.push(route);
}

function removeRoute(draft: Draft, prefix: IpPrefix, args: Args): void {
  const isAll = !args.has('gateway') && args.optionalInterface('target') === undefined;
  const target = isAll ? undefined : routeTarget(args);
  if (!isAll && target === undefined) return;
  removeWhere(
    draft.routes,
    (route) =>
      samePrefix(route.prefix, prefix) &&
      (target === undefined || sameTarget(route.target, target)) &&
      route.distance === args.numberOr('distance', route.distance),
    args,
  );
}

function routeTarget(args: Args): StaticRoute['target'] | undefined {
  const gateway = args.optionalIp('gateway');
  if (gateway !== undefined) return { kind: 'via', gateway };
  const name = args.optionalInterface('target');
  if (name === NULL_INTERFACE) return { kind: 'discard' };
  if (name !== undefined) return { kind: 'interface', name };
  args.refuse('target', 'Bad interface name');
  return undefined;
}

function sameTarget(a: StaticRoute['target'], b: StaticRoute['target']): boolean {
  return formatTarget(a) === formatTarget(b);
}

function routeTail({ target, distance, name }: DraftRoute): string {
  const way = distance === 1 ? formatTarget(target) : `${formatTarget(target)} ${distance}`;
  return name === undefined ? way : `${way} name ${quoteWord(name)}`;
}
