/** Warnings about routes that are to be told: those that reach nobody, and those that attract packets in vain. */
import { contains, overlaps } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import type { Place } from './config-error.ts';
import type { Draft, DraftLisp } from './draft.ts';

type Warn = (at: Place | undefined, message: string) => void;

export function warnAboutRouting(draft: Draft, warn: Warn): void {
  const { rip, interfaces, lisp } = draft;
  if (rip !== undefined && rip.networks.length > 0) {
    const addresses = interfaces.flatMap(({ primary, secondary }) =>
      [...(primary ? [primary] : []), ...secondary].map(({ address }) => address),
    );
    for (const { prefix, at } of rip.networks)
      if (!addresses.some((address) => contains(prefix, address)))
        warn(at, `network ${formatPrefix(prefix)} holds no address of this router: RIP speaks nowhere in it`);
  }
  if (lisp !== undefined) warnAboutAggregates(draft, lisp, warn);
}

function warnAboutAggregates({ rip }: Draft, lisp: DraftLisp, warn: Warn): void {
  for (const name of ['ipv4', 'ipv6'] as const) {
    const { advertised, proxyItr } = lisp[name];
    for (const { prefix, at } of advertised) {
      const what = `${name} proxy-itr advertise ${formatPrefix(prefix)}`;
      if (proxyItr === undefined) {
        warn(at, `${what} is without effect: "${name} proxy-itr" is not configured`);
        continue;
      }
      if (name === 'ipv6')
        warn(at, `nothing advertises ${formatPrefix(prefix)}: RIP tells IPv4 routes only, there is no RIPng`);
      else if (rip === undefined || rip.networks.length === 0)
        warn(
          at,
          `nothing advertises ${formatPrefix(prefix)}: "router rip" with a "network" is not configured`,
        );
      if (!lisp.cacheLines.some(({ eid }) => eid.instanceId === 0 && overlaps(eid.prefix, prefix)))
        warn(at, `${what} attracts packets that end here: no "map-cache" entry asks for EIDs in it`);
    }
  }
}
