import { Option, type Command } from 'commander';
import { contains, type Family, type IpAddress, type IpPrefix } from '../../base/ip.ts';
import { formatIp, formatPrefix, parseIp } from '../../base/ip-text.ts';
import { DEFAULT_KINDS_TEXT, formsOf, kindsNamed, noKindServes } from '../../bench/forms.ts';
import { InputError } from '../../bench/input-error.ts';
import { chooseLpm, leastLeafBytes, type LpmKind } from '../../engine/lpm.ts';
import type { ResearchTable, Walk } from '../../engine/research-table.ts';
import type { NamedValue, TableRow } from '../../tables/collect.ts';
import { buildTable } from '../fib/built-table.ts';
import { collectOptions, FILE_HELP, tableOptions, type TableFlags } from '../fib/flags.ts';
import { openTable } from '../fib/open-table.ts';
import { walkLines, walkReport, type WalkReport } from '../fib/walk-text.ts';
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
  /** With --explain: what each read. */
  readonly walks?: readonly WalkReport[];
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
    .option('--explain', 'show what the lookup reads, step by step')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nWith --explain and without --kinds the one that a router would take is asked.\n' +
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
  const tables = new Map<Family, readonly Numbered[]>();
  for (const { family } of addresses) {
    if (!tables.has(family)) tables.set(family, numberedTables(family, rows, flags, progress));
  }
  progress.end();
  return addresses.map((address) => {
    const around = rows.filter(({ prefix }) => contains(prefix, address)).reverse();
    const asked = tables.get(address.family)!;
    const walks = asked.map(({ table }) => ({ table, walk: table.walk(address) }));
    for (const [i, { table, walk }] of walks.entries())
      agree(table, walk, asked[i]!.rows, around[0], address);
    const matches = around.map(({ prefix, value }) => matchOf(prefix, value, names));
    const report: FibLookupReport = {
      address: formatIp(address),
      match: matches[0] ?? null,
      covering: matches.slice(1),
      kinds: asked.map(({ table }) => table.kind),
      ...(flags.explain === true ? { walks: walks.map((each) => walkReport(each.table, each.walk)) } : {}),
    };
    return { report, lines: linesOf(report, walks, flags.explain === true) };
  });
}

/** A table whose values are the places of its rows and 1, so that a lookup tells the prefix. */
interface Numbered {
  readonly table: ResearchTable;
  readonly rows: readonly TableRow[];
}

function numberedTables(
  family: Family,
  rows: readonly TableRow[],
  { kinds, explain }: LookupFlags,
  progress: Progress,
): Numbered[] {
  const own = rows.filter(({ prefix }) => prefix.address.family === family);
  const numbered = own.map(({ prefix }, i) => ({ prefix, value: i + 1 }));
  const wanted =
    kinds ?? (explain === true ? [chooseLpm('auto', family, own.length, 'patricia')] : undefined);
  const forms = formsOf(family, numbered, wanted).filter(
    ({ kind, leafBytes }) => leafBytes === 4 || leastLeafBytes(kind) > leafBytes,
  );
  if (forms.length === 0) throw new InputError(noKindServes(family), 'Leave --kinds out.');
  return forms.map((form) => {
    progress.tell(`IPv${family}: building ${form.kind}`);
    return { table: buildTable('traced', form, family, numbered).table, rows: own };
  });
}

function agree(
  table: ResearchTable,
  { value }: Walk,
  rows: readonly TableRow[],
  match: TableRow | undefined,
  address: IpAddress,
): void {
  const found = value === 0 ? undefined : rows[value - 1];
  if (found === match) return;
  const said = found === undefined ? 'nothing' : formatPrefix(found.prefix);
  const right = match === undefined ? 'nothing' : formatPrefix(match.prefix);
  throw new CliError(
    `${table.kind} finds ${said} for ${formatIp(address)}, and it is ${right}: please report it`,
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
  { address, match, covering, kinds }: FibLookupReport,
  walks: readonly { readonly table: ResearchTable; readonly walk: Walk }[],
  isExplained: boolean,
): string[] {
  return [
    address,
    match === null ? '  no prefix covers it' : `  ${matchText(match)}`,
    ...(covering.length === 0 ? [] : [`  inside ${covering.map(matchText).join(', ')}`]),
    ...(isExplained
      ? walks.flatMap(({ table, walk }) => walkLines(table, walk))
      : [kinds.length === 1 ? `  found by ${kinds[0]!}` : `  ${plural(kinds.length, 'algorithm')} agree`]),
  ];
}
