/** What OOR leaves to the operating system around it and a router must have: addresses, and ways to its peers. */
import { contains, prefix, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { RouterOptions } from '../router/options.ts';
import type { ImportRemark } from './imported.ts';

/** Remarks on options that an oor.conf gave: they are about no single line of it. */
export function remarkSurroundings({ interfaces, staticRoutes, lisp }: RouterOptions): ImportRemark[] {
  const addresses = interfaces.flatMap((each) => each.addresses);
  if (addresses.length === 0)
    return [
      remark(
        'no interface has an address: oor.conf leaves them to the operating system. Give those of the router, such as ' +
          '--address eth0=10.0.1.2/30, and a route behind them',
      ),
    ];
  const connected = addresses.map(({ address, bits }) => prefix(address, bits));
  const known = [...connected, ...staticRoutes.map((route) => route.prefix)];
  const isFar = ({ address }: { readonly address: IpAddress }): boolean =>
    !known.some((each) => contains(each, address));
  const { itr, etr } = lisp ?? {};
  const asked = [itr?.ipv4, itr?.ipv6].flatMap((each) => each?.mapResolvers ?? []);
  const registered = [etr?.ipv4, etr?.ipv6].flatMap((each) => each?.mapServers ?? []);
  const petrs = [itr?.ipv4, itr?.ipv6].flatMap((each) => each?.usePetr ?? []);
  return [
    ...farPeers('the Map-Resolver', asked.map((address) => ({ address })).filter(isFar)),
    ...farPeers('the Map-Server', registered.filter(isFar)),
    ...farPeers('the Proxy ETR', petrs.filter(isFar)),
  ];
}

/** One remark for each address, and none for what another remark tells already. */
function farPeers(who: string, peers: readonly { readonly address: IpAddress }[]): ImportRemark[] {
  const texts = new Map(peers.map(({ address }) => [formatIp(address), address.family]));
  return [...texts].map(([address, family]) => {
    const route = family === 4 ? 'ip route 0.0.0.0 0.0.0.0 GATEWAY' : 'ipv6 route ::/0 GATEWAY';
    return remark(`no route leads to ${who} ${address}: the operating system had one, add "${route}"`);
  });
}

function remark(text: string): ImportRemark {
  return { line: 0, column: 0, kind: 'assumed', text };
}
