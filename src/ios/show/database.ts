import { sameIp, type IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import { formatAge, type Micros } from '../../base/time.ts';
import { formatEidPrefix } from '../../mapping/eid.ts';
import { perFamily, type DatabaseMapping, type RouterOptions } from '../../router/options.ts';
import type { MapServerView, RouterView } from '../../router/view.ts';
import type { Table } from './eid-table.ts';
import { formatPreference } from './locator-table.ts';
import { pick, type Asked } from './which.ts';

/** `show ip lisp database [detail]`: the EID-Prefixes of this site; without an instance those of all. */
export function showDatabase(view: RouterView, now: Micros, table: Table, isDetailed: boolean): string[] {
  const mappings = mappingsOf(view, table);
  return [
    ...heading(table, mappings.length),
    ...mappings.flatMap((mapping) =>
      isDetailed ? showInDetail(mapping, view, now) : showMapping(mapping, view.options),
    ),
  ];
}

/** `show ip lisp database EID`: for an address the EID-Prefix that it lies in. Undefined without one. */
export function showDatabaseEntry(
  view: RouterView,
  now: Micros,
  table: Table,
  asked: Asked,
): string[] | undefined {
  const mappings = mappingsOf(view, { ...table, isAsked: true });
  const found = pick(mappings, ({ eid }) => eid, asked);
  return found && [...heading(table, mappings.length), ...showInDetail(found, view, now)];
}

function mappingsOf(view: RouterView, { family, instanceId, isAsked }: Table): DatabaseMapping[] {
  return view.database(family).filter(({ eid }) => !isAsked || eid.instanceId === instanceId);
}

function heading({ family, instanceId, name }: Table, count: number): string[] {
  const table = `EID-table ${name} (IID ${instanceId})`;
  return [`LISP ETR IPv${family} Mapping Database for ${table}, ${count} entries`, ''];
}

/** With how long a Map-Reply holds, and the Map-Servers that are told. */
function showInDetail(mapping: DatabaseMapping, view: RouterView, now: Micros): string[] {
  const [first = '', ...locators] = showMapping(mapping, view.options);
  const { lisp } = view.options;
  const { family } = mapping.eid.prefix.address;
  const ttl = lisp === undefined ? undefined : perFamily(lisp.etr, family).ttlMinutes;
  return [
    first,
    ...(ttl === undefined ? [] : [`  Map-Reply TTL: ${ttl} minutes`]),
    ...locators,
    ...mapServerLines(
      view.mapServers().filter(({ families }) => families.includes(family)),
      now,
    ),
  ];
}

function mapServerLines(servers: readonly MapServerView[], now: Micros): string[] {
  if (servers.length === 0) return ['  Registered with no Map-Server'];
  const width =
    servers.reduce((widest, { address }) => Math.max(widest, formatIp(address).length), 'Map-server'.length) +
    2;
  const age = (time: Micros | undefined): string => (time === undefined ? 'never' : formatAge(now - time));
  return [
    `  ${'Map-server'.padEnd(width)}Registered  Notified  ACK`,
    ...servers.map(({ address, lastRegister, lastNotify, state }) => {
      const cells =
        age(lastRegister).padEnd(12) + age(lastNotify).padEnd(10) + (state === 'up' ? 'Yes' : 'No');
      return `  ${formatIp(address).padEnd(width)}${cells}`;
    }),
  ];
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
