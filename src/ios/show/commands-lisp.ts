/** `show ... lisp ...`. */
import type { Args } from '../args.ts';
import { showCommand, type ShowCommand, type ShowContext } from './command.ts';
import { showDatabase, showDatabaseEntry } from './database.ts';
import { tableAsked, type Table } from './eid-table.ts';
import { showForwarding, showForwardingEntry } from './forwarding.ts';
import { showLisp } from './lisp.ts';
import { showMapCache, showMapCacheEntry } from './map-cache.ts';
import { showSessions } from './session.ts';
import { showSite, showSiteOf, showSites, showSiteSummary } from './site.ts';
import { showStatistics } from './statistics.ts';
import { askedFor, readAsked, WHICH, type Asked } from './which.ts';

export const LISP_COMMANDS: readonly ShowCommand[] = [
  ...perTable('', 'LISP: roles of this router, peers, counts', ({ view }, table) => showLisp(view, table)),
  ...perTable(
    `map-cache ${WHICH}`,
    'Map-Cache',
    rows(
      ({ view, now }, table, isDetailed) => showMapCache(view, now, table, isDetailed),
      ({ view, now }, table, asked) => showMapCacheEntry(view, now, table, asked),
    ),
  ),
  ...perTable(
    `database ${WHICH}`,
    'EID-Prefixes of this site',
    rows(
      ({ view, now }, table, isDetailed) => showDatabase(view, now, table, isDetailed),
      ({ view, now }, table, asked) => showDatabaseEntry(view, now, table, asked),
    ),
  ),
  ...perTable(
    `forwarding [eid remote] ${WHICH}`,
    'What the data plane holds per EID-Prefix',
    rows(
      ({ view }, table, isDetailed) => showForwarding(view, table, isDetailed),
      ({ view }, table, asked) => showForwardingEntry(view, table, asked),
    ),
  ),
  ...perTable('statistics', 'Counters', ({ view }) => showStatistics(view)),
  showCommand('lisp session', 'How this ETR stands with its Map-Servers', ({ view, now }) =>
    showSessions(view, now),
  ),
  showCommand('lisp site', 'Sites of the Map-Server and who registered', ({ view, now }) =>
    showSites(view, now),
  ),
  showCommand('lisp site summary', 'Sites counted', ({ view }) => showSiteSummary(view)),
  showCommand('lisp site detail', 'Every site in detail', (context) => {
    const sites = context.view.sites().map(({ site }) => showSite(context, site.name) ?? []);
    return sites.length === 0
      ? ['% No site is configured.']
      : sites.flatMap((lines) => ['', ...lines]).slice(1);
  }),
  showCommand(
    'lisp site (<address:ip> | <eid:prefix>) [instance-id <instance:0-16777215>]',
    'Who registered an EID or an EID-Prefix',
    ({ view, now }, args) => {
      const asked = readAsked(args, args.numberOr('instance', 0))!;
      const lines = showSiteOf(view, now, asked);
      if (lines === undefined)
        args.refuse(
          asked.name,
          `No site has this EID${asked.name === 'eid' ? '-Prefix' : ''}`,
          '"show lisp site" lists them',
        );
      return lines;
    },
  ),
  showCommand('lisp site [name] <name:word>', 'One site in detail', (context, args) => {
    const lines = showSite(context, args.word('name'));
    const names = context.view.sites().map(({ site }) => site.name);
    if (lines === undefined)
      args.refuse(
        'name',
        `Site ${args.word('name')} is not configured`,
        `configured are: ${names.join(', ') || 'none'}`,
      );
    return lines;
  }),
];

type Run = (context: ShowContext, table: Table, args: Args) => readonly string[] | undefined;

/** The forms of a command: of the instance 0, of one that is named, of the one of a table; as IOS and IOS-XE write it. */
function perTable(words: string, help: string, run: Run): ShowCommand[] {
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

/** A table as a whole, or one row of it. */
function rows(
  all: (context: ShowContext, table: Table, isDetailed: boolean) => readonly string[],
  one: (context: ShowContext, table: Table, asked: Asked) => readonly string[] | undefined,
): Run {
  return (context, table, args) => {
    const asked = askedFor(args, table.family, table.instanceId);
    if (asked === 'refused') return undefined;
    if (asked === undefined) return all(context, table, args.hasKeyword('detail'));
    const lines = one(context, table, asked);
    if (lines === undefined) args.refuse(asked.name, 'No such entry', 'without an EID all are listed');
    return lines;
  };
}
