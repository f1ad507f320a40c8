import type { Family, IpAddress } from '../base/ip.ts';
import { sameIp } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { compareEidPrefix, eidPrefix, type EidPrefix } from '../mapping/eid.ts';
import { isUnicastRloc } from '../mapping/locator.ts';
import type { DatabaseLocator } from '../router/options.ts';
import type { Args } from './args.ts';
import type { CacheLine, DatabaseLine } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { removeWhere } from './remove.ts';

const EID = '[instance-id <instance:0-16777215>] <eid:prefix>';
const PREFERENCE = 'priority <priority:0-255> weight <weight:0-255>';

/** What this router says about itself. */
export const DATABASE_COMMANDS = commandsOf('lisp', [
  {
    pattern: `database-mapping ${EID} (<rloc:ip> | ipv4-interface <v4:interface> | ipv6-interface <v6:interface>) ${PREFERENCE}`,
    no: [
      `database-mapping ${EID}`,
      `database-mapping ${EID} (<rloc:ip> | ipv4-interface <v4:interface> | ipv6-interface <v6:interface>)`,
    ],
    help: 'Map an EID-Prefix of this site to an RLOC; one line for each RLOC',
    apply(lisp, args) {
      const rloc = databaseRloc(args);
      const preference = readPreference(args);
      if (rloc === undefined) return;
      const line = { eid: readEid(args), rloc, ...preference, at: args.place('rloc') };
      const same = lisp.databaseLines.findIndex(
        (other) => sameEid(other.eid, line.eid) && sameRloc(other.rloc, rloc),
      );
      if (same >= 0) lisp.databaseLines[same] = line;
      else lisp.databaseLines.push(line);
    },
    remove(lisp, args) {
      const eid = readEid(args);
      const isAll =
        !args.has('rloc') && !args.hasKeyword('ipv4-interface') && !args.hasKeyword('ipv6-interface');
      const rloc = isAll ? undefined : databaseRloc(args);
      if (!isAll && rloc === undefined) return;
      const isMeant = (other: DatabaseLine): boolean => rloc === undefined || sameRloc(other.rloc, rloc);
      removeWhere(lisp.databaseLines, (other) => sameEid(other.eid, eid) && isMeant(other), args);
    },
    render: ({ databaseMappings }) =>
      databaseMappings.flatMap(({ eid, locators }) =>
        locators.map((locator) => `database-mapping ${formatEidWords(eid)} ${formatLocator(locator)}`),
      ),
  },
]);

/** What this router holds about others without asking. */
export const CACHE_COMMANDS = commandsOf('lisp', [
  {
    pattern: `map-cache ${EID} <action:map-request|native-forward|drop>`,
    no: [`map-cache ${EID}`],
    help: 'Static Map-Cache entry without locators',
    apply(lisp, args) {
      const eid = readEid(args);
      const content = args.word('action') as 'map-request' | 'native-forward' | 'drop';
      lisp.cacheLines = lisp.cacheLines.filter(
        (line) => !(sameEid(line.eid, eid) && typeof line.content === 'string'),
      );
      lisp.cacheLines.push({ eid, content, at: args.place('eid') });
    },
    remove(lisp, args) {
      const eid = readEid(args);
      const action = args.optionalWord('action');
      const isMeant = (line: CacheLine): boolean => action === undefined || line.content === action;
      removeWhere(lisp.cacheLines, (line) => sameEid(line.eid, eid) && isMeant(line), args);
    },
    render: ({ staticEntries }) =>
      staticEntries
        .filter(({ action }) => action !== 'locators')
        .map(({ eid, action }) => `map-cache ${formatEidWords(eid)} ${action}`),
  },
  {
    pattern: `map-cache ${EID} <rloc:ip> ${PREFERENCE}`,
    no: [`map-cache ${EID} <rloc:ip>`],
    help: 'Static Map-Cache entry; one line for each RLOC',
    apply(lisp, args) {
      const address = readRloc(args);
      if (address === undefined) return;
      const line = {
        eid: readEid(args),
        content: { address, ...readPreference(args) },
        at: args.place('rloc'),
      };
      lisp.cacheLines = lisp.cacheLines.filter(
        (other) => !(sameEid(other.eid, line.eid) && isLocator(other, address)),
      );
      lisp.cacheLines.push(line);
    },
    remove(lisp, args) {
      const eid = readEid(args);
      const address = args.ip('rloc');
      removeWhere(lisp.cacheLines, (line) => sameEid(line.eid, eid) && isLocator(line, address), args);
    },
    render: ({ staticEntries }) =>
      staticEntries
        .filter(({ action }) => action === 'locators')
        .flatMap(({ eid, locators }) =>
          locators.map((locator) => `map-cache ${formatEidWords(eid)} ${formatLocator(locator)}`),
        ),
  },
]);

/** `instance-id 7 10.0.0.0/8`, without the instance when it is the default one. */
export function formatEidWords({ instanceId, prefix }: EidPrefix): string {
  return instanceId === 0 ? formatPrefix(prefix) : `instance-id ${instanceId} ${formatPrefix(prefix)}`;
}

/** The EID-Prefix that the parameters `instance` and `eid` describe. */
export function readEid(args: Args): EidPrefix {
  return eidPrefix(args.prefix('eid'), args.numberOr('instance', 0));
}

export function sameEid(a: EidPrefix, b: EidPrefix): boolean {
  return compareEidPrefix(a, b) === 0;
}

function formatLocator({ address, priority, weight }: DatabaseLocator): string {
  return `${formatIp(address)} priority ${priority} weight ${weight}`;
}

function readPreference(args: Args): { priority: number; weight: number } {
  return { priority: args.number('priority'), weight: args.number('weight') };
}

function readRloc(args: Args): IpAddress | undefined {
  const address = args.ip('rloc');
  if (isUnicastRloc(address)) return address;
  args.refuse('rloc', `${formatIp(address)} is no unicast address`);
  return undefined;
}

function databaseRloc(args: Args): DatabaseLine['rloc'] | undefined {
  if (args.has('rloc')) return readRloc(args);
  const family: Family = args.hasKeyword('ipv4-interface') ? 4 : 6;
  const name = args.optionalInterface(family === 4 ? 'v4' : 'v6');
  if (name !== undefined) return { interface: name, family };
  args.refuse(undefined, 'Bad interface name');
  return undefined;
}

function sameRloc(a: DatabaseLine['rloc'], b: DatabaseLine['rloc']): boolean {
  if ('interface' in a || 'interface' in b)
    return 'interface' in a && 'interface' in b && a.interface === b.interface && a.family === b.family;
  return sameIp(a, b);
}

function isLocator({ content }: CacheLine, address: IpAddress): boolean {
  return typeof content !== 'string' && sameIp(content.address, address);
}
