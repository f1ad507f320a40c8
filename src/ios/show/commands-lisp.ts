/** `show ... lisp ...`. */
import type { Family } from '../../base/ip.ts';
import { eidPrefix, type EidPrefix } from '../../mapping/eid.ts';
import type { Args } from '../args.ts';
import { showCommand, type ShowCommand, type ShowContext } from './command.ts';
import { showDatabase } from './database.ts';
import { tableAsked, type Table } from './eid-table.ts';
import { showForwarding } from './forwarding.ts';
import { showLisp } from './lisp.ts';
import { showMapCache, showMapCacheEntry } from './map-cache.ts';
import { showSessions } from './session.ts';
import { showSite, showSiteOf, showSites, showSiteSummary } from './site.ts';
import { showStatistics } from './statistics.ts';

const WHICH = '[detail | <address:ip> | <eid:prefix>]';

export const LISP_COMMANDS: readonly ShowCommand[] = [
  ...perTable('', 'LISP: roles of this router, peers, counts', ({ view }, table) => showLisp(view, table)),
  ...perTable(`map-cache ${WHICH}`, 'Map-Cache', mapCache),
  ...perTable('database', 'EID-Prefixes of this site', ({ view }, table) => showDatabase(view, table)),
  ...perTable('forwarding [eid remote]', 'What the data plane holds per EID-Prefix', ({ view }, table) =>
    showForwarding(view, table),
  ),
  ...perTable('statistics', 'Counters', ({ view }) => showStatistics(view)),
  showCommand('lisp session', 'How this ETR stands with its Map-Servers', ({ view, now }) =>
    showSessions(view, now),
  ),
  showCommand('lisp site', 'Sites of the Map-Server and who registered', ({ view, now }) =>
    showSites(view, now),
  ),
  showCommand('lisp site summary', 'Sites counted', ({ view }) => showSiteSummary(view)),
  showCommand('lisp site detail', 'Every site in detail', ({ view, now }) => {
    const sites = view.sites().map(({ site }) => showSite(view, now, site.name) ?? []);
    return sites.length === 0
      ? ['% No site is configured.']
      : sites.flatMap((lines) => ['', ...lines]).slice(1);
  }),
  showCommand('lisp site name <name:word>', 'One site in detail', ({ view, now }, args) => {
    const lines = showSite(view, now, args.word('name'));
    const names = view.sites().map(({ site }) => site.name);
    if (lines === undefined)
      args.refuse(
        'name',
        `Site ${args.word('name')} is not configured`,
        `configured are: ${names.join(', ') || 'none'}`,
      );
    return lines;
  }),
  showCommand(
    'lisp site <eid:prefix> [instance-id <instance:0-16777215>]',
    'Who registered an EID-Prefix',
    ({ view, now }, args) => {
      const eid = eidPrefix(args.prefix('eid'), args.numberOr('instance', 0));
      const lines = showSiteOf(view, now, eid);
      if (lines === undefined)
        args.refuse('eid', 'No site has this EID-Prefix', '"show lisp site" lists them');
      return lines;
    },
  ),
];

/** The forms of a command: of the instance 0, of one that is named, of the one of a table; as IOS and IOS-XE write it. */
function perTable(
  words: string,
  help: string,
  run: (context: ShowContext, table: Table, args: Args) => readonly string[] | undefined,
): ShowCommand[] {
  const form = (before: string): ShowCommand =>
    showCommand(`${before} ${words}`.trimEnd(), help, (context, args) => {
      const table = tableAsked(context, args);
      return table && run(context, table, args);
    });
  return [
    form('<family:ip|ipv6> lisp'),
    form('lisp instance-id <instance:0-16777215> <family:ipv4|ipv6>'),
    form('lisp eid-table (default | vrf <vrf:word>) <family:ipv4|ipv6>'),
  ];
}

function mapCache({ view, now }: ShowContext, table: Table, args: Args): readonly string[] | undefined {
  const asked = askedFor(args, table.instanceId);
  if (asked === undefined) return showMapCache(view, now, table, args.hasKeyword('detail'));
  const { name, eid } = asked;
  if (!isOfFamily(args, name, eid, table.family)) return undefined;
  const lines = showMapCacheEntry(view, now, table, eid, name);
  if (lines === undefined) args.refuse(name, 'No such entry', '"show ... map-cache" lists them');
  return lines;
}

function askedFor(
  args: Args,
  instanceId: number,
): { readonly name: 'address' | 'eid'; readonly eid: EidPrefix } | undefined {
  if (args.has('eid')) return { name: 'eid', eid: eidPrefix(args.prefix('eid'), instanceId) };
  const address = args.optionalIp('address');
  if (address === undefined) return undefined;
  return { name: 'address', eid: eidPrefix({ address, bits: address.family === 4 ? 32 : 128 }, instanceId) };
}

function isOfFamily(args: Args, name: string, eid: EidPrefix, family: Family): boolean {
  if (eid.prefix.address.family === family) return true;
  args.refuse(name, 'Family mismatch', `an IPv${family} EID is expected`);
  return false;
}
