import { Option, type Command } from 'commander';
import { contains, type Family, type IpAddress, type IpPrefix } from '../../base/ip.ts';
import { formatIp, formatPrefix, parseIp } from '../../base/ip-text.ts';
import type { EngineForm } from '../../bench/engine-contender.ts';
import { DEFAULT_KINDS_TEXT, formsOf, kindsNamed, noKindServes } from '../../bench/forms.ts';
import { InputError } from '../../bench/input-error.ts';
import { LARGEST_NARROW_VALUE, LARGEST_VALUE, leastLeafBytes, type LpmKind } from '../../engine/lpm.ts';
import type { ResearchTable, Walk } from '../../engine/research-table.ts';
import type { NamedValue, TableRow } from '../../tables/collect.ts';
import { buildTable, type Built, type Unfit } from '../fib/built-table.ts';
import { collectOptions, FILE_HELP, tableOptions, type TableFlags } from '../fib/flags.ts';
import { openTable } from '../fib/open-table.ts';
import { choiceLine, routerChoice, type RouterChoice } from '../fib/router-choice.ts';
import { unfitLines } from '../fib/shape-text.ts';
import { walkLines, walkReport, type ToldWalk, type WalkReport } from '../fib/walk-text.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { Progress } from '../progress.ts';
import { plural } from '../render/table.ts';

interface LookupFlags extends TableFlags {
  readonly kinds?: readonly LpmKind[];
  readonly explain?: true;
  readonly json?: true;
}

/** A prefix and its number; without one when the file has none. */
interface Match {
  readonly prefix: string;
  readonly value?: number;
  /** What the number stands for, where it is no number of the file. */
  readonly name?: string;
}

/** What `fib lookup --json` prints for each address. Fields are added in later versions. */
export interface FibLookupReport {
  readonly address: string;
  /** Null: no prefix covers it. */
  readonly match: Match | null;
  /** Shorter prefixes around the match, the longest first. */
  readonly covering: readonly Match[];
  /** The algorithms that were asked; all of them gave the match. */
  readonly kinds: readonly string[];
  /** Those that do not hold the table. */
  readonly refused: readonly Unfit[];
  /** Where it is not said which to ask: what a router would take. */
  readonly auto?: RouterChoice;
  /** With --explain: what each read. */
  readonly walks?: readonly WalkReport[];
  /**
   * With --explain: what the values of the reads are, numbers of the file or, where it has none, places in it; mixed: those
   * that have none have numbers behind the largest of the file.
   */
  readonly valuesAre?: 'numbers' | 'places' | 'mixed';
}

/** Adds `pxtr fib lookup`. Exit codes: 0 looked up, 1 the file is not right or algorithms differ, 2 usage. */
export function registerFibLookup(fib: Command, io: CliIo): void {
  const command = fib
    .command('lookup')
    .description('the longest prefix of a table that covers an address, and how it is found')
    .argument('<file>', FILE_HELP)
    .argument('<address...>', 'IPv4 or IPv6');
  for (const option of tableOptions()) command.addOption(option);
  command
    .addOption(
      new Option('--kinds <a,b>', `ask these, or all (default: ${DEFAULT_KINDS_TEXT})`).argParser(kindsNamed),
    )
    .option('--explain', 'say what the lookup reads and what that means, read by read')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nWith --explain and without --kinds the one that a router would take is asked.\n' +
        'What is explained has the values of the file, of two bytes where they all fit.\n' +
        'Exit codes: 0 looked up, 1 the file is not right or algorithms differ, 2 usage.\n\n' +
        'Examples:\n  pxtr fib lookup table.txt 192.0.2.1 2001:db8::1\n' +
        '  pxtr fib lookup rib.mrt 192.0.2.1 --explain --kinds poptrie,sail',
    )
    .action(async (file: string, texts: readonly string[], flags: LookupFlags) => {
      const addresses = texts.map(readAddress);
      const { rows, values } = await openTable(file, collectOptions(flags), io);
      const reports = lookUp(addresses, rows, values, flags, new Progress(io));
      if (flags.json === true)
        io.out(
          `${JSON.stringify(
            reports.map((each) => each.report),
            undefined,
            2,
          )}\n`,
        );
      else io.out(`${reports.map((each) => each.lines.join('\n')).join('\n\n')}\n`);
    });
}

function readAddress(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined)
    throw new CliError(`${text} is no address`, EXIT.usage, 'Such as 192.0.2.1 or 2001:db8::1.');
  return address;
}

interface Answer {
  readonly report: FibLookupReport;
  readonly lines: readonly string[];
}

function lookUp(
  addresses: readonly IpAddress[],
  rows: readonly TableRow[],
  values: readonly NamedValue[],
  flags: LookupFlags,
  progress: Progress,
): Answer[] {
  const names = new Map(values.map(({ value, name }) => [value, name]));
  const tables = new Map<Family, Numbered>();
  for (const { family } of addresses) {
    if (!tables.has(family)) tables.set(family, numberedTables(family, rows, flags, progress));
  }
  progress.end();
  return addresses.map((address) => {
    const around = rows.filter(({ prefix }) => contains(prefix, address)).reverse();
    const { rows: own, asked, refused, auto } = tables.get(address.family)!;
    const match = around[0];
    const walks = asked.map((table): ToldWalk => {
      const walk = table.walk(address);
      agree(table, walk, own, match, address);
      return { table, walk, address, match: match?.prefix };
    });
    const matches = around.map(({ prefix, value }) => matchOf(prefix, value, names));
    const report: FibLookupReport = {
      address: formatIp(address),
      match: matches[0] ?? null,
      covering: matches.slice(1),
      kinds: asked.map(({ kind }) => kind),
      refused,
      ...(auto === undefined ? {} : { auto }),
      ...(flags.explain === true ? { walks: walks.map(walkReport), valuesAre: valuesOf(rows) } : {}),
    };
    return { report, lines: linesOf(report, walks, flags.explain === true) };
  });
}

/** The prefixes of a family with the values that the tables of them have. */
interface Numbered {
  readonly rows: readonly TableRow[];
  readonly asked: readonly ResearchTable[];
  readonly refused: readonly Unfit[];
  readonly auto?: RouterChoice;
}

function numberedTables(
  family: Family,
  all: readonly TableRow[],
  { kinds, explain }: LookupFlags,
  progress: Progress,
): Numbered {
  const own = all.filter(({ prefix }) => prefix.address.family === family);
  const rows = explain === true ? valuedRows(own) : own.map(({ prefix }, i) => ({ prefix, value: i + 1 }));
  const auto = kinds === undefined && explain === true ? routerChoice(family, rows) : undefined;
  if (auto?.kind === null) throw new CliError(choiceLine(auto).trim(), EXIT.failed);
  const wanted = auto === undefined ? kinds : [auto.kind];
  const forms = formsOf(family, rows, wanted).filter(({ kind, leafBytes }, i, all) =>
    // What is explained is what would run, the narrowest; else each value is told from each other, in wider leaves.
    explain === true
      ? all.findIndex((form) => form.kind === kind) === i
      : leafBytes === 4 || leastLeafBytes(kind) > leafBytes,
  );
  if (forms.length === 0) throw new InputError(noKindServes(family), 'Leave --kinds out.');
  const asked: ResearchTable[] = [];
  const refused: Unfit[] = [];
  for (const form of forms) {
    progress.tell(`IPv${family}: building ${form.kind}`);
    const built = build(form, family, rows);
    if ('why' in built) refused.push(built);
    else asked.push(built.table);
  }
  if (asked.length === 0) throw new CliError(unfitLines(refused).join('\n').trim(), EXIT.failed);
  return { rows, asked, refused, ...(auto === undefined ? {} : { auto }) };
}

/**
 * With the values of the file; where it has none, with places, from 1 again when leaves of two bytes hold no more. Where only
 * some have a value, the others get the numbers behind the largest one.
 */
function valuedRows(rows: readonly TableRow[]): TableRow[] {
  const largest = largestValue(rows);
  if (largest === 0) return rows.map(({ prefix }, i) => ({ prefix, value: 1 + (i % LARGEST_NARROW_VALUE) }));
  let next = largest + rows.length <= LARGEST_VALUE ? largest : 0;
  return rows.map(({ prefix, value }) => ({ prefix, value: value === 0 ? ++next : value }));
}

function largestValue(rows: readonly TableRow[]): number {
  return rows.reduce((most, { value }) => Math.max(most, value), 0);
}

function valuesOf(rows: readonly TableRow[]): 'numbers' | 'places' | 'mixed' {
  if (rows.every(({ value }) => value === 0)) return 'places';
  return rows.every(({ value }) => value !== 0) ? 'numbers' : 'mixed';
}

/** Leaves of two bytes hold all values and may yet not hold the table; then it has four, as in a router. */
function build(form: EngineForm, family: Family, rows: readonly TableRow[]): Built | Unfit {
  const built = buildTable('traced', form, family, rows);
  if (form.leafBytes === 4 || !('why' in built)) return built;
  return buildTable('traced', { ...form, leafBytes: 4 }, family, rows);
}

/** Throws CliError when a table gives another value than that of the match, found row by row. */
function agree(
  table: ResearchTable,
  { value }: Walk,
  rows: readonly TableRow[],
  match: TableRow | undefined,
  address: IpAddress,
): void {
  const right = match === undefined ? undefined : rows.find(({ prefix }) => prefix === match.prefix);
  if (value === (right?.value ?? 0)) return;
  const found = rows.find((row) => row.value === value);
  const text = (row: TableRow | undefined): string =>
    row === undefined ? 'nothing' : formatPrefix(row.prefix);
  throw new CliError(
    `${table.kind} finds ${text(found)} for ${formatIp(address)}, and it is ${text(right)}: please report it`,
    EXIT.failed,
  );
}

function matchOf(prefix: IpPrefix, value: number, names: ReadonlyMap<number, string>): Match {
  const name = names.get(value);
  return {
    prefix: formatPrefix(prefix),
    ...(value === 0 ? {} : { value }),
    ...(name === undefined ? {} : { name }),
  };
}

function matchText({ prefix, value, name }: Match): string {
  if (value === undefined) return prefix;
  return `${prefix} (${name ?? value})`;
}

function linesOf(
  { address, match, covering, kinds, refused, auto, valuesAre }: FibLookupReport,
  walks: readonly ToldWalk[],
  isExplained: boolean,
): string[] {
  return [
    address,
    match === null ? '  no prefix covers it' : `  ${matchText(match)}`,
    ...(covering.length === 0 ? [] : [`  inside ${covering.map(matchText).join(', ')}`]),
    ...(auto === undefined ? [] : [choiceLine(auto)]),
    ...(isExplained
      ? [
          ...(valuesAre === 'places' ? ['  the file has no values, so those below are places in it'] : []),
          ...(valuesAre === 'mixed'
            ? ['  some prefixes have no value in the file: theirs below are behind its largest']
            : []),
          ...walks.flatMap(walkLines),
        ]
      : [kinds.length === 1 ? `  found by ${kinds[0]!}` : `  ${plural(kinds.length, 'algorithm')} agree`]),
    ...unfitLines(refused),
  ];
}
