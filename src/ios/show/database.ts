import { sameIp, type IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import { formatEidPrefix } from '../../mapping/eid.ts';
import type { DatabaseMapping, RouterOptions } from '../../router/options.ts';
import type { RouterView } from '../../router/view.ts';
import type { Table } from './eid-table.ts';
import { formatPreference } from './locator-table.ts';

/** `show ip lisp database`: the EID-Prefixes of this site; without an instance those of all. */
export function showDatabase(view: RouterView, { family, instanceId, name, isAsked }: Table): string[] {
  const mappings = view.database(family).filter(({ eid }) => !isAsked || eid.instanceId === instanceId);
  const title = `LISP ETR IPv${family} Mapping Database for EID-table ${name} (IID ${instanceId}), ${mappings.length} entries`;
  return [title, '', ...mappings.flatMap((mapping) => showMapping(mapping, view.options))];
}

function showMapping({ eid, locators }: DatabaseMapping, options: RouterOptions): string[] {
  const width = locators.reduce((widest, { address }) => Math.max(widest, formatIp(address).length), 7) + 2;
  return [
    formatEidPrefix(eid),
    `  ${'Locator'.padEnd(width)}Pri/Wgt  Source     State`,
    ...locators.map(({ address, priority, weight }) => {
      const preference = formatPreference(priority, weight).padEnd(9);
      return `  ${formatIp(address).padEnd(width)}${preference}cfg-addr   ${locatorState(address, options)}`;
    }),
  ];
}

/** Whether the locator is an address of this router, and usable. */
function locatorState(address: IpAddress, { interfaces }: RouterOptions): string {
  const own = interfaces.find(({ addresses }) => addresses.some((other) => sameIp(other.address, address)));
  if (own === undefined) return 'site-other, report-reachable';
  return own.shutdown ? 'site-self, unreachable' : 'site-self, reachable';
}
