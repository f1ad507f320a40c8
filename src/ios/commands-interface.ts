import { prefix, sameIp } from '../base/ip.ts';
import { formatIp, maskOfBits } from '../base/ip-text.ts';
import { DEFAULT_MTU, type InterfaceAddress } from '../router/options.ts';
import type { Args } from './args.ts';
import type { DraftInterface, Located } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { removeWhere } from './remove.ts';

export const INTERFACE_COMMANDS = commandsOf('interface', [
  {
    pattern: 'description <text:line>',
    no: ['description'],
    help: 'Up to the end of the line, for people',
    apply: (port, args) => (port.description = args.rest('text')),
    remove: (port) => (port.description = undefined),
    render: ({ description }) => (description === undefined ? [] : [`description ${description}`]),
  },
  {
    pattern: 'ip address <address:ip4> <mask:mask> [secondary]',
    no: ['ip address'],
    help: 'Set the IPv4 address, or add a secondary one',
    apply(port, args) {
      const entered = enteredAddress(args);
      if (entered === undefined) return;
      const isOther = ({ address }: InterfaceAddress): boolean => !sameIp(address, entered.address);
      if (args.hasKeyword('secondary')) {
        port.secondary = [...port.secondary.filter(isOther), entered];
      } else {
        port.primary = entered;
      }
    },
    remove(port, args) {
      const address = args.optionalIp('address');
      if (address === undefined) {
        port.primary = undefined;
        port.secondary = [];
      } else if (port.primary !== undefined && sameIp(port.primary.address, address)) {
        port.primary = undefined;
      } else {
        removeWhere(port.secondary, (other) => sameIp(other.address, address), args);
      }
    },
    render: ({ primary, secondary }) => [
      ...(primary === undefined ? [] : [addressLine(primary)]),
      ...secondary.map((address) => `${addressLine(address)} secondary`),
    ],
  },
  {
    pattern: 'ipv6 address <address:host6>',
    no: ['ipv6 address'],
    help: 'Add an IPv6 address',
    apply(port, args) {
      const entered = enteredAddress6(args);
      port.ipv6 = [...port.ipv6.filter(({ address }) => !sameIp(address, entered.address)), entered];
    },
    remove(port, args) {
      const meant = args.has('address') ? enteredAddress6(args) : undefined;
      removeWhere(port.ipv6, (other) => meant === undefined || sameIp(other.address, meant.address), args);
    },
    render: ({ ipv6 }) => ipv6.map(({ address, bits }) => `ipv6 address ${formatIp(address)}/${bits}`),
  },
  {
    pattern: 'mtu <bytes:68-65535>',
    no: ['mtu'],
    help: 'Set the largest packet in bytes',
    apply: (port, args) => (port.mtu = args.number('bytes')),
    remove: clearMtu,
    render: ({ mtu }) => (mtu === undefined || mtu === DEFAULT_MTU ? [] : [`mtu ${mtu}`]),
  },
  {
    pattern: 'ip mtu <bytes:68-65535>',
    no: ['ip mtu'],
    help: 'Set the largest IP packet in bytes; the lesser of this and mtu counts',
    apply: (port, args) => (port.ipMtu = args.number('bytes')),
    remove: clearMtu,
    render: ({ ipMtu }) => (ipMtu === undefined || ipMtu === DEFAULT_MTU ? [] : [`ip mtu ${ipMtu}`]),
  },
  {
    pattern: 'shutdown',
    help: 'Take the interface out of use',
    apply: (port) => (port.shutdown = true),
    remove: (port) => (port.shutdown = false),
    render: ({ shutdown }) => (shutdown ? ['shutdown'] : []),
  },
]);

/** Options know one MTU, so what was entered as which is not known later: either `no` form clears both. */
function clearMtu(port: DraftInterface): void {
  port.mtu = undefined;
  port.ipMtu = undefined;
}

function addressLine({ address, bits }: InterfaceAddress): string {
  return `ip address ${formatIp(address)} ${formatIp(maskOfBits(bits))}`;
}

function enteredAddress(args: Args): Located<InterfaceAddress> | undefined {
  const address = args.ip('address');
  const bits = args.number('mask');
  if (bits === 0) {
    args.refuse('mask', `Bad mask /0 for address ${formatIp(address)}`);
    return undefined;
  }
  const wire = prefix(address, bits).address;
  if (bits < 31 && (sameIp(wire, address) || (address.w0 | (0xffff_ffff >>> bits)) >>> 0 === address.w0))
    args.warn(`${formatIp(address)} is the network or broadcast address of its own /${bits}`);
  return { address, bits, at: args.place('address') };
}

function enteredAddress6(args: Args): Located<InterfaceAddress> {
  return { ...args.host('address'), at: args.place('address') };
}
