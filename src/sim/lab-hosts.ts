/** Names of nodes and what they stand for, at the consoles of a lab. */
import { isAny, type IpAddress } from '../base/ip.ts';
import type { NamedHost } from '../ios/named-host.ts';
import type { RouterOptions } from '../router/options.ts';
import type { LabNode } from './lab-node.ts';

/** Every node under its name, a router under its hostname too; `optionsOf` are those of a router now. */
export function hostsOf(
  nodes: readonly LabNode[],
  optionsOf: (name: string) => RouterOptions | undefined = () => undefined,
): NamedHost[] {
  const named: NamedHost[] = [];
  const further: NamedHost[] = [];
  for (const node of nodes) {
    if (node.kind === 'host') {
      named.push({ name: node.name, addresses: node.options.addresses.map(({ address }) => address) });
      continue;
    }
    const options = optionsOf(node.name) ?? node.options;
    const addresses = addressesOf(options);
    named.push({ name: node.name, addresses });
    if (options.hostname !== node.name) further.push({ name: options.hostname, addresses });
  }
  return [...named, ...further];
}

/** A router is best known by its loopback: in a site that is an EID, in the underlay it is there whatever link is down. */
function addressesOf({ interfaces }: RouterOptions): IpAddress[] {
  const up = interfaces.filter(({ shutdown }) => !shutdown);
  const isLoopback = ({ name }: { readonly name: string }): boolean => name.startsWith('Loopback');
  return [...up.filter(isLoopback), ...up.filter((port) => !isLoopback(port))]
    .flatMap(({ addresses }) => addresses.map(({ address }) => address))
    .filter((address) => !isAny(address));
}
