import { prefix, samePrefix, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { noRip } from '../router/options.ts';
import type { Args } from './args.ts';
import { commandsOf } from './grammar.ts';
import { NULL_INTERFACE } from './interface-name.ts';
import { removeWhere } from './remove.ts';

/** Lines of `router rip`. */
export const RIP_COMMANDS = commandsOf('rip', [
  {
    pattern: 'version 2',
    no: ['version'],
    help: 'RIP version 2 is the only one',
    apply() {
      // There is no other version to choose.
    },
    remove() {
      // As above.
    },
    render: () => ['version 2'],
  },
  {
    pattern: 'timers basic <update:1-4294967295> <invalid:1-4294967295> <flush:1-4294967295>',
    no: ['timers basic'],
    help: 'Seconds: between updates, until a route is invalid, until it is forgotten',
    apply(rip, args) {
      const timers = {
        update: args.number('update'),
        invalid: args.number('invalid'),
        flush: args.number('flush'),
      };
      if (timers.invalid < timers.update)
        args.refuse('invalid', 'Invalid is shorter than the update interval');
      else if (timers.flush < timers.invalid) args.refuse('flush', 'Flush is shorter than invalid');
      else rip.timers = timers;
    },
    remove: (rip) => (rip.timers = noRip().timers),
    render({ timers: { update, invalid, flush } }) {
      const usual = noRip().timers;
      const isUsual = update === usual.update && invalid === usual.invalid && flush === usual.flush;
      return isUsual ? [] : [`timers basic ${update} ${invalid} ${flush}`];
    },
  },
  {
    pattern: 'redistribute static',
    help: 'Tell static routes as well',
    apply: (rip) => (rip.redistributeStatic = true),
    remove: (rip) => (rip.redistributeStatic = false),
    render: ({ redistributeStatic }) => (redistributeStatic ? ['redistribute static'] : []),
  },
  {
    pattern: 'default-information originate',
    help: 'Tell a default route as well',
    apply: (rip) => (rip.originateDefault = true),
    remove: (rip) => (rip.originateDefault = false),
    render: ({ originateDefault }) => (originateDefault ? ['default-information originate'] : []),
  },
  {
    pattern: 'passive-interface <name:interface>',
    help: 'Listen on this interface but tell nothing',
    apply(rip, args) {
      const name = interfaceName(args);
      if (name !== undefined && !rip.passiveInterfaces.some((other) => other.name === name))
        rip.passiveInterfaces.push({ name, at: args.place('name') });
    },
    remove(rip, args) {
      const name = interfaceName(args);
      if (name !== undefined) removeWhere(rip.passiveInterfaces, (other) => other.name === name, args);
    },
    render: ({ passiveInterfaces }) => passiveInterfaces.map(({ name }) => `passive-interface ${name}`),
  },
  {
    pattern: 'network <address:ip4>',
    help: 'Speak RIP on the interfaces of this classful network, and tell their subnets',
    apply(rip, args) {
      const network = readNetwork(args);
      if (network !== undefined && !rip.networks.some((other) => samePrefix(other.prefix, network)))
        rip.networks.push({ prefix: network, at: args.place('address') });
    },
    remove(rip, args) {
      const network = readNetwork(args);
      if (network !== undefined)
        removeWhere(rip.networks, (other) => samePrefix(other.prefix, network), args);
    },
    render: ({ networks }) => networks.map(({ prefix: { address } }) => `network ${formatIp(address)}`),
  },
]);

function interfaceName(args: Args): string | undefined {
  const name = args.optionalInterface('name');
  if (name !== undefined && name !== NULL_INTERFACE) return name;
  args.refuse('name', 'Bad interface name');
  return undefined;
}

/** Gives notice when the address is a part of its classful network. */
function readNetwork(args: Args): IpPrefix | undefined {
  const address = args.ip('address');
  const bits = classfulBits(address);
  if (bits === undefined) {
    args.refuse('address', `${formatIp(address)} is in no class A, B or C network`);
    return undefined;
  }
  const network = prefix(address, bits);
  if (formatIp(network.address) !== formatIp(address))
    args.notice(`${formatIp(address)} is taken as the classful network ${formatPrefix(network)}`);
  return network;
}

/** RFC 791 §2.3: classes A, B, C. */
function classfulBits({ w0 }: IpAddress): number | undefined {
  const first = w0 >>> 24;
  if (first === 0) return w0 === 0 ? 0 : undefined;
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}
