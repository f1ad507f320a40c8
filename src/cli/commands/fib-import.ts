import { closeSync, openSync, writeSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { formatPrefix } from '../../base/ip-text.ts';
import { VALUE_KINDS, type CollectedTable, type NamedValue } from '../../tables/collect.ts';
import { failureText } from '../failure-text.ts';
import { collectOptions, FILE_HELP, tableOptions, type TableFlags } from '../fib/flags.ts';
import { openTable, skippedText, type OpenedTable } from '../fib/open-table.ts';
import { listText } from '../fib/table-text.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { plural } from '../render/table.ts';

interface ImportFlags extends TableFlags {
  readonly out?: string;
  readonly json?: true;
}

/** What `fib import --json` prints. Fields are added in later versions, never changed or removed. */
export interface FibImportReport {
  readonly format: string;
  /** As they lie in the file. */
  readonly bytes: number;
  /** Records of a dump, lines with a prefix, elements of a list. */
  readonly records: number;
  readonly ipv4: number;
  readonly ipv6: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly changed: Readonly<Record<string, number>>;
  /** What the numbers stand for; empty when they are the file's own. */
  readonly values: readonly NamedValue[];
  /** Absent with --out. */
  readonly prefixes?: readonly { readonly prefix: string; readonly value?: number }[];
}

/** Adds `pxtr fib import`. Exit codes: 0 read, 1 the file is not right or the list cannot be written, 2 usage. */
export function registerFibImport(fib: Command, io: CliIo): void {
  const command = fib
    .command('import')
    .description('turn a table of prefixes into a plain list: a prefix a line, and a number behind it')
    .argument('<file>', FILE_HELP);
  for (const option of tableOptions()) command.addOption(option);
  command
    .addOption(
      new Option(
        '--value <what>',
        'what has a number: as the file has it, next hops, origin ASes, or each prefix',
      )
        .choices(VALUE_KINDS)
        .default('own'),
    )
    .option('--out <file>', 'write the list there instead of to standard output')
    .option('--json', 'one JSON document instead of text; with --out without the prefixes')
    .addHelpText(
      'after',
      '\nThe list is in order and has each prefix once. Standard error has what was read and left out.\n' +
        'Exit codes: 0 read, 1 the file is not right, 2 usage.\n\n' +
        'Examples:\n  pxtr fib import table.txt\n' +
        '  pxtr fib import rib.mrt --value origin-as --family 4 --out origins.txt',
    )
    .action(async (file: string, flags: ImportFlags) => {
      await runImport(file, flags, io);
    });
}

async function runImport(file: string, flags: ImportFlags, io: CliIo): Promise<void> {
  const table = await openTable(file, collectOptions(flags), io);
  const isNamed = flags.value === 'next-hop' || flags.value === 'origin-as';
  if (isNamed && table.values.length === 0) {
    throw new CliError(
      `${file === '-' ? 'standard input' : file} has no ${flags.value === 'next-hop' ? 'next hops' : 'origin ASes'}`,
      EXIT.usage,
      'Take --value own or --value index.',
    );
  }
  if (flags.out !== undefined) writeList(flags.out, table);
  if (flags.json === true) {
    io.out(`${JSON.stringify(reportOf(table, flags.out === undefined), undefined, 2)}\n`);
    return;
  }
  if (flags.out === undefined) for (const piece of listText(table)) io.out(piece);
  for (const line of summary(table)) io.err(`${line}\n`);
}

function writeList(path: string, table: CollectedTable): void {
  try {
    const file = openSync(path, 'w');
    for (const piece of listText(table)) writeSync(file, piece);
    closeSync(file);
  } catch (problem) {
    throw new CliError(`cannot write ${path}: ${failureText(problem)}`, EXIT.failed);
  }
}

function familiesOf({ rows }: CollectedTable): { readonly ipv4: number; readonly ipv6: number } {
  let ipv4 = 0;
  for (const { prefix } of rows) if (prefix.address.family === 4) ipv4++;
  return { ipv4, ipv6: rows.length - ipv4 };
}

function summary(table: OpenedTable): string[] {
  const { format, records, values, changed } = table;
  const { ipv4, ipv6 } = familiesOf(table);
  const unit = format === 'mrt' ? 'record' : format === 'json' ? 'element' : 'line';
  const skipped = skippedText(table);
  return [
    `read as ${format}: ${plural(records, unit)}, ${ipv4} IPv4 and ${ipv6} IPv6 prefixes` +
      (values.length === 0 ? '' : `, ${plural(values.length, 'distinct value')}`),
    ...(skipped === undefined ? [] : [skipped]),
    ...[...changed].map(([reason, times]) => `${times} with ${reason}`),
  ];
}

function reportOf(table: OpenedTable, hasPrefixes: boolean): FibImportReport {
  const { format, bytes, records, skipped, changed, values, rows } = table;
  return {
    format,
    bytes,
    records,
    ...familiesOf(table),
    skipped: Object.fromEntries(skipped),
    changed: Object.fromEntries(changed),
    values,
    ...(hasPrefixes
      ? {
          prefixes: rows.map(({ prefix, value }) => ({
            prefix: formatPrefix(prefix),
            ...(value === 0 ? {} : { value }),
          })),
        }
      : {}),
  };
}
