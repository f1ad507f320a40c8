import type { Family } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import { formatAge, type Micros } from '../../base/time.ts';
import type { InterfaceCounts } from '../../router/interface-counters.ts';
import type { InterfaceOptions, RouterOptions } from '../../router/options.ts';
import type { RouterView } from '../../router/view.ts';

/** `show ip interface brief`. */
export function showInterfacesBrief({ interfaces }: RouterOptions, family: Family): string[] {
  return family === 4 ? brief4(interfaces) : brief6(interfaces);
}

function brief4(interfaces: readonly InterfaceOptions[]): string[] {
  const line = (...[name, address, ok, method, status, protocol]: string[]): string =>
    `${name!.padEnd(27)}${address!.padEnd(16)}${ok!.padEnd(4)}${method!.padEnd(7)}${status!.padEnd(22)}${protocol!}`;
  return [
    line('Interface', 'IP-Address', 'OK?', 'Method', 'Status', 'Protocol'),
    ...interfaces.map((each) => {
      const [address] = addressesOf(each, 4);
      const status = each.shutdown ? 'administratively down' : 'up';
      return line(
        each.name,
        address ?? 'unassigned',
        'YES',
        address === undefined ? 'unset' : 'manual',
        status,
        each.shutdown ? 'down' : 'up',
      );
    }),
  ];
}

function brief6(interfaces: readonly InterfaceOptions[]): string[] {
  return interfaces.flatMap((each) => {
    const addresses = addressesOf(each, 6);
    const state = each.shutdown ? '[administratively down/down]' : '[up/up]';
    const lines = addresses.length === 0 ? ['unassigned'] : addresses;
    return [`${each.name.padEnd(27)}${state}`, ...lines.map((address) => `    ${address}`)];
  });
}

function addressesOf({ addresses }: InterfaceOptions, family: Family): string[] {
  return addresses.filter(({ address }) => address.family === family).map(({ address }) => formatIp(address));
}

/** `show interfaces [NAME]`. */
export function showInterfaces(
  view: RouterView,
  now: Micros,
  interfaces: readonly InterfaceOptions[] = view.options.interfaces,
): string[] {
  return interfaces.flatMap(({ name, shutdown, mtu, addresses }) => [
    `${name} is ${shutdown ? 'administratively down' : 'up'}, line protocol is ${shutdown ? 'down' : 'up'}`,
    ...addresses.map(({ address, bits }) => `  Internet address is ${formatIp(address)}/${bits}`),
    `  MTU ${mtu} bytes`,
    ...countLines(view.interfaceCounts(name), now),
  ]);
}

/** Nothing waits at an interface: the sizes of its queues are 0, and what goes out is not dropped there. */
function countLines({ input, output, inputDrops, clearedAt }: InterfaceCounts, now: Micros): string[] {
  const cleared = clearedAt === undefined ? 'never' : formatAge(now - clearedAt);
  return [
    `  Last clearing of "show interface" counters ${cleared}`,
    `  Input queue: 0/0/${inputDrops}/0 (size/max/drops/flushes); Total output drops: 0`,
    `     ${input.packets} packets input, ${input.bytes} bytes`,
    `     ${output.packets} packets output, ${output.bytes} bytes`,
  ];
}
