/** Lines about EID-Prefixes, in every dialect. */
import { sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { compareEidPrefix, eidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { Args } from './args.ts';
import {
  BLOCK_DIALECTS,
  GLOBAL_DIALECT,
  ROUTER_DIALECT,
  SERVICE_DIALECTS,
  type Dialect,
  type Spot,
} from './dialect.ts';
import type { CacheLine, DatabaseLine } from './draft.ts';
import { commandsOf, type AnyCommand, type Command, type Mode, type Scopes } from './grammar.ts';
import {
  formatLocator,
  formatPreference,
  PREFERENCE,
  readLocator,
  readPreference,
  readRloc,
  readRlocOrInterface,
  RLOC,
  sameLocator,
} from './locator-words.ts';
import { quoteWord } from './lexer.ts';
import { removeWhere } from './remove.ts';

/** What this router says about itself. */
export const DATABASE_COMMANDS = commandsOf('lisp', [databaseCommand(ROUTER_DIALECT)]);

/** What this router holds about others without asking. */
export const CACHE_COMMANDS = commandsOf('lisp', cacheCommands(ROUTER_DIALECT));

export const GLOBAL_DATABASE_COMMANDS = commandsOf('global', [databaseCommand(GLOBAL_DIALECT)]);
export const GLOBAL_CACHE_COMMANDS = commandsOf('global', cacheCommands(GLOBAL_DIALECT));

/** Lines of the blocks of IOS XE. */
export const BLOCK_EID_COMMANDS: readonly AnyCommand[] = [
  ...BLOCK_DIALECTS.flatMap(eidCommands),
  ...SERVICE_DIALECTS.flatMap(eidCommands),
];

function eidCommands<M extends Mode>(dialect: Dialect<M>): readonly AnyCommand[] {
  return commandsOf(dialect.mode, [databaseCommand(dialect), ...cacheCommands(dialect)]);
}

function databaseCommand<M extends Mode>(dialect: Dialect<M>): Command<M> {
  const start = `${dialect.eidPattern}database-mapping ${dialect.eid}`;
  return {
    pattern: `${start} (${RLOC} ${PREFERENCE} | locator-set <set:word>)`,
    no: [start, `${start} ${RLOC}`],
    help: 'Map an EID-Prefix of this site to an RLOC; one line for each RLOC',
    joins: true,
    apply(scope, args) {
      const spot = dialect.spot(scope, 'change');
      const eid = readEidAt(spot, args);
      const locator = args.has('set') ? { locatorSet: args.word('set') } : readLocator(args);
      if (locator === undefined || eid === undefined) return;
      const at = args.has('set') ? args.place('set') : args.place('rloc');
      const line = { eid, ...locator, at, form: spot.form };
      const { databaseLines } = spot.lisp;
      const same = databaseLines.findIndex((other) => sameEid(other.eid, eid) && sameLocator(other, line));
      if (same >= 0) databaseLines[same] = line;
      else databaseLines.push(line);
    },
    remove(scope, args) {
      const spot = dialect.spot(scope, 'change');
      const eid = readEidAt(spot, args);
      const isAll =
        !args.has('rloc') &&
        !args.has('set') &&
        !args.hasKeyword('ipv4-interface') &&
        !args.hasKeyword('ipv6-interface');
      const rloc = isAll || args.has('set') ? undefined : readRlocOrInterface(args);
      if (eid === undefined || (!isAll && !args.has('set') && rloc === undefined)) return;
      const meant = args.has('set') ? { locatorSet: args.word('set') } : rloc && { rloc };
      removeWhere(
        spot.lisp.databaseLines,
        (other) => sameEid(other.eid, eid) && (meant === undefined || sameLocator(other, meant)),
        args,
      );
    },
    render(scope) {
      const spot = dialect.spot(scope, 'render');
      const text = (line: DatabaseLine): string =>
        'locatorSet' in line ? `locator-set ${quoteWord(line.locatorSet)}` : formatLocator(line, 'ipv');
      return spot.lisp.databaseLines
        .filter(({ form }) => form === spot.form)
        .map((line) => `${startOf(dialect, spot, line.eid, 'database-mapping')} ${text(line)}`);
    },
  };
}

function cacheCommands<M extends Mode>(dialect: Dialect<M>): Command<M>[] {
  const start = `${dialect.eidPattern}map-cache ${dialect.eid}`;
  const render = (scope: Scopes[M], isAction: boolean, text: (line: CacheLine) => string): string[] => {
    const spot = dialect.spot(scope, 'render');
    return spot.lisp.cacheLines
      .filter(({ form, content }) => form === spot.form && (typeof content === 'string') === isAction)
      .map((line) => `${startOf(dialect, spot, line.eid, 'map-cache')} ${text(line)}`);
  };
  return [
    {
      pattern: `${start} <action:map-request|native-forward|drop>`,
      no: [start],
      help: 'Static Map-Cache entry without locators',
      joins: true,
      apply(scope, args) {
        const { lisp, ...spot } = dialect.spot(scope, 'change');
        const eid = readEidAt(spot, args);
        if (eid === undefined) return;
        const content = args.word('action') as 'map-request' | 'native-forward' | 'drop';
        lisp.cacheLines = lisp.cacheLines.filter(
          (line) => !(sameEid(line.eid, eid) && typeof line.content === 'string'),
        );
        lisp.cacheLines.push({ eid, content, at: args.place('eid'), form: spot.form });
      },
      remove(scope, args) {
        const spot = dialect.spot(scope, 'change');
        const eid = readEidAt(spot, args);
        if (eid === undefined) return;
        const action = args.optionalWord('action');
        const isMeant = (line: CacheLine): boolean => action === undefined || line.content === action;
        removeWhere(spot.lisp.cacheLines, (line) => sameEid(line.eid, eid) && isMeant(line), args);
      },
      render: (scope) => render(scope, true, ({ content }) => (typeof content === 'string' ? content : '')),
    },
    {
      pattern: `${start} <rloc:ip> ${PREFERENCE}`,
      no: [`${start} <rloc:ip>`],
      help: 'Static Map-Cache entry; one line for each RLOC',
      joins: true,
      apply(scope, args) {
        const { lisp, ...spot } = dialect.spot(scope, 'change');
        const eid = readEidAt(spot, args);
        const address = readRloc(args);
        if (address === undefined || eid === undefined) return;
        const content = { address, ...readPreference(args) };
        lisp.cacheLines = lisp.cacheLines.filter(
          (other) => !(sameEid(other.eid, eid) && isLocator(other, address)),
        );
        lisp.cacheLines.push({ eid, content, at: args.place('rloc'), form: spot.form });
      },
      remove(scope, args) {
        const spot = dialect.spot(scope, 'change');
        const eid = readEidAt(spot, args);
        const address = args.ip('rloc');
        if (eid !== undefined)
          removeWhere(
            spot.lisp.cacheLines,
            (line) => sameEid(line.eid, eid) && isLocator(line, address),
            args,
          );
      },
      render: (scope) =>
        render(scope, false, ({ content }) =>
          typeof content === 'string' ? content : `${formatIp(content.address)} ${formatPreference(content)}`,
        ),
    },
  ];
}

/** `instance-id 7 10.0.0.0/8`, without the instance when it is the default one. */
export function formatEidWords({ instanceId, prefix }: EidPrefix): string {
  return instanceId === 0 ? formatPrefix(prefix) : `instance-id ${instanceId} ${formatPrefix(prefix)}`;
}

/** The EID-Prefix that the parameters `instance` and `eid` describe. */
export function readEid(args: Args, instanceId = 0): EidPrefix {
  return eidPrefix(args.prefix('eid'), args.numberOr('instance', instanceId));
}

export function sameEid(a: EidPrefix, b: EidPrefix): boolean {
  return compareEidPrefix(a, b) === 0;
}

/** Undefined after a refusal: the line is about the other family. */
function readEidAt(spot: Omit<Spot, 'lisp'>, args: Args): EidPrefix | undefined {
  const eid = readEid(args, spot.instanceId);
  const family: Family | undefined = args.has('family') ? args.family() : spot.family;
  if (family === undefined || family === eid.prefix.address.family) return eid;
  args.refuse('eid', `Family mismatch: ${formatPrefix(eid.prefix)}`, `an IPv${family} prefix is expected`);
  return undefined;
}

/** The words up to the EID-Prefix. */
function startOf<M extends Mode>(dialect: Dialect<M>, spot: Spot, eid: EidPrefix, word: string): string {
  const words = spot.hasInstance ? formatPrefix(eid.prefix) : formatEidWords(eid);
  return `${dialect.eidWords(eid.prefix.address.family)}${word} ${words}`;
}

function isLocator({ content }: CacheLine, address: IpAddress): boolean {
  return typeof content !== 'string' && sameIp(content.address, address);
}
