import { toHex } from '../../base/bytes.ts';
import { sameIp, type Family, type IpAddress } from '../../base/ip.ts';
import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import { perFamily, type RouterOptions } from '../../router/options.ts';
import type { RouterView } from '../../router/view.ts';
import { xtrIdOf } from '../../router/xtr-id.ts';
import { hashName } from '../key.ts';
import type { Table } from './eid-table.ts';
import { formatId } from './xtr-ids.ts';

/** `show ip lisp`: the roles of this router in one address family, and who it works with. Roles serve every instance. */
export function showLisp(view: RouterView, { family, instanceId }: Table): string[] {
  const { lisp } = view.options;
  if (lisp === undefined) return ['% LISP is not configured.'];
  const itr = perFamily(lisp.itr, family);
  const etr = perFamily(lisp.etr, family);
  const proxyItr = perFamily(lisp.proxyItr, family);
  const proxyEtr = perFamily(lisp.proxyEtr, family);
  const entries = view.mapCache(family, instanceId);
  const database = view.database(family).filter(({ eid }) => eid.instanceId === instanceId);
  const statics = entries.filter(({ entry }) => entry.origin === 'static').length;
  const list = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.join(', '));
  const servers = view.mapServers().filter(({ families }) => families.includes(family));
  return [
    row('Instance ID', String(instanceId)),
    row('Router hostname', view.options.hostname),
    row('Ingress Tunnel Router (ITR)', enabled(itr.enabled)),
    row('Egress Tunnel Router (ETR)', enabled(etr.enabled)),
    row('Proxy-ITR Router (PITR)', enabled(proxyItr.rlocs.length > 0)),
    ...proxyItr.rlocs.map((rloc) => row('  PITR local RLOC', localRloc(view.options, rloc))),
    ...proxyItr.advertise.map((prefix) => row('  PITR advertises', formatPrefix(prefix))),
    row('Proxy-ETR Router (PETR)', enabled(proxyEtr.enabled)),
    row('Map Server (MS)', enabled(lisp.mapServer[familyName(family)])),
    row('Map Resolver (MR)', enabled(lisp.mapResolver[familyName(family)])),
    row('ITR Map-Resolver(s)', list(itr.mapResolvers.map(formatIp))),
    row('ITR use proxy ETR RLOC(s)', list(itr.usePetr.map(({ address }) => formatIp(address)))),
    row('ETR Map-Server(s)', list(servers.map(({ address, state }) => `${formatIp(address)} (${state})`))),
    ...etr.mapServers.map(({ address, key }) =>
      row(
        `  Key of ${formatIp(address)}`,
        key === undefined ? 'none' : `hash-function ${hashName(key.algorithmId)}`,
      ),
    ),
    row('ETR Map-Reply TTL', `${etr.ttlMinutes} minutes`),
    row('xTR-ID', formatId(toHex(xtrIdOf(lisp, view.firstName)))),
    row('site-ID', formatId(lisp.siteId ?? '')),
    row('Miss policy', lisp.missPolicy),
    ...(lisp.profile === 'trusted' ? [row('LISP headers', 'trusted: nonces and Locator-Status-Bits')] : []),
    row('Map-Cache', `${entries.length} entries, ${statics} static`),
    row('Database', `${database.length} EID-Prefixes`),
  ];
}

/** A PITR sends from this address or not at all. */
function localRloc({ interfaces }: RouterOptions, rloc: IpAddress): string {
  const owner = interfaces.find(({ addresses }) => addresses.some(({ address }) => sameIp(address, rloc)));
  if (owner === undefined) return `${formatIp(rloc)}, not in use: no address of this router`;
  return owner.shutdown ? `${formatIp(rloc)}, not in use: ${owner.name} is shut down` : formatIp(rloc);
}

function row(label: string, value: string): string {
  return `  ${`${label}:`.padEnd(34)}${value}`;
}

function enabled(isOn: boolean): string {
  return isOn ? 'enabled' : 'disabled';
}

function familyName(family: Family): keyof NonNullable<RouterOptions['lisp']>['mapServer'] {
  return family === 4 ? 'ipv4' : 'ipv6';
}
