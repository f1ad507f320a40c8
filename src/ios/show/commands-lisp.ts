/** `show ... lisp ...`. */
import type { Family } from '../../base/ip.ts';
import { eidPrefix, type EidPrefix } from '../../mapping/eid.ts';
import type { Args } from '../args.ts';
import { showCommand, type ShowCommand, type ShowContext } from './command.ts';
import { showDatabase } from './database.ts';
import { showForwarding } from './forwarding.ts';
import { showLisp } from './lisp.ts';
import { showMapCache, showMapCacheEntry } from './map-cache.ts';
import { showSessions } from './session.ts';
import { showSite, showSiteOf, showSites, showSiteSummary } from './site.ts';
import { showStatistics } from './statistics.ts';

const FAMILY = '<family:ip|ipv6>';
/** As IOS-XE writes it. */
const INSTANCE = 'lisp instance-id <instance:0-16777215> <family:ipv4|ipv6>';
const WHICH = '[detail | <address:ip> | <eid:prefix>]';

export const LISP_COMMANDS: readonly ShowCommand[] = [
  showCommand(`${FAMILY} lisp`, 'LISP: roles of this router, peers, counts', ({ view }, args) =>
    showLisp(view, args.family()),
  ),
  showCommand(`${FAMILY} lisp map-cache ${WHICH}`, 'Map-Cache', mapCache),
  showCommand(`${INSTANCE} map-cache ${WHICH}`, 'Map-Cache of an instance', mapCache),
  showCommand(`${FAMILY} lisp database`, 'EID-Prefixes of this site', ({ view }, args) =>
    showDatabase(view, args.family()),
  ),
  showCommand(`${INSTANCE} database`, 'EID-Prefixes of this site in an instance', ({ view }, args) =>
    showDatabase(view, args.family(), args.number('instance')),
  ),
  showCommand(
    `${FAMILY} lisp forwarding [eid remote]`,
    'What the data plane holds per EID-Prefix',
    forwarding,
  ),
  showCommand(
    `${INSTANCE} forwarding [eid remote]`,
    'What the data plane holds per EID-Prefix of an instance',
    forwarding,
  ),
  showCommand(`${FAMILY} lisp statistics`, 'Counters', ({ view }) => showStatistics(view)),
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

function mapCache({ view, now }: ShowContext, args: Args): readonly string[] | undefined {
  const family = args.family();
  const instanceId = args.numberOr('instance', 0);
  const asked = askedFor(args, instanceId);
  if (asked === undefined) return showMapCache(view, now, { family, instanceId }, args.hasKeyword('detail'));
  const { name, eid } = asked;
  if (!isOfFamily(args, name, eid, family)) return undefined;
  const lines = showMapCacheEntry(view, now, eid, name);
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

function forwarding({ view }: ShowContext, args: Args): readonly string[] {
  return showForwarding(view, args.family(), args.numberOr('instance', 0));
}
