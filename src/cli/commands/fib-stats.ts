import { Option, type Command } from 'commander';
import type { Family } from '../../base/ip.ts';
import { DEFAULT_KINDS_TEXT, formsOf, kindsNamed, noKindServes } from '../../bench/forms.ts';
import { InputError } from '../../bench/input-error.ts';
import { tableDigest } from '../../bench/table-digest.ts';
import { withValues } from '../../bench/table-file.ts';
import type { LpmKind } from '../../engine/lpm.ts';
import type { TableRow } from '../../tables/collect.ts';
import { shapeOf } from '../../tables/table-shape.ts';
import { buildTable, type Unfit } from '../fib/built-table.ts';
import { collectOptions, FILE_HELP, tableOptions, type TableFlags } from '../fib/flags.ts';
import { openTable } from '../fib/open-table.ts';
import { choiceLine, routerChoice, type RouterChoice } from '../fib/router-choice.ts';
import { shapeText, type BuiltKind, type NamedShape } from '../fib/shape-text.ts';
import type { CliIo } from '../io.ts';
import { Progress } from '../progress.ts';

/** Of the numbers of prefixes that have none. */
const SEED = 1;

interface StatsFlags extends TableFlags {
  readonly kinds?: readonly LpmKind[];
  readonly build: boolean;
  readonly json?: true;
  readonly csv?: true;
}

/** What `fib stats --json` prints, for each family that has prefixes. Fields are added in later versions. */
export interface FibStatsReport {
  readonly families: readonly NamedShape[];
  readonly kinds: readonly BuiltKind[];
  /** Kinds that do not hold the table. */
  readonly refused: readonly Unfit[];
  /** What a router would take, unless nothing is built. */
  readonly auto: readonly RouterChoice[];
}

/** Adds `pxtr fib stats`. Exit codes: 0 read, 1 the file is not right, 2 usage. */
export function registerFibStats(fib: Command, io: CliIo): void {
  const command = fib
    .command('stats')
    .description('what a table of prefixes is like, and what it takes in each lookup algorithm')
    .argument('<file>', FILE_HELP);
  for (const option of tableOptions()) command.addOption(option);
  command
    .addOption(
      new Option('--kinds <a,b>', `build these, or all (default: ${DEFAULT_KINDS_TEXT})`).argParser(
        kindsNamed,
      ),
    )
    .option('--no-build', 'build none')
    .option('--json', 'one JSON document instead of text')
    .option('--csv', 'a line for each number: family,what,of,value')
    .addHelpText(
      'after',
      '\nBytes are what lookups walk (B/prefix), and all that the engine keeps (all). Prefixes without a\n' +
        'number get one of a thousand at random, as next hops would be. The digest, numbers included,\n' +
        'is that of pxtr bench --table.\n' +
        'Exit codes: 0 read, 1 the file is not right, 2 usage.\n\n' +
        'Examples:\n  pxtr fib stats table.txt\n  pxtr fib stats rib.mrt --family 4 --no-build --csv',
    )
    .action(async (file: string, flags: StatsFlags) => {
      const { rows } = await openTable(file, collectOptions(flags), io);
      const report = reportOf(rows, flags, new Progress(io));
      if (flags.json === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`);
      else if (flags.csv === true) io.out(csvOf(report));
      else io.out(`${textOf(report)}\n`);
    });
}

function reportOf(rows: readonly TableRow[], flags: StatsFlags, progress: Progress): FibStatsReport {
  const families: NamedShape[] = [];
  const kinds: BuiltKind[] = [];
  const refused: Unfit[] = [];
  const auto: RouterChoice[] = [];
  // Of both families at once, as pxtr bench does it: the same numbers there and here.
  const all = withValues(rows, SEED);
  for (const family of [4, 6] as const) {
    const own = rows.filter(({ prefix }) => prefix.address.family === family);
    if (own.length === 0) continue;
    const numbered = all.filter(({ prefix }) => prefix.address.family === family);
    families.push({ ...shapeOf(family, own), digest: tableDigest(numbered) });
    if (!flags.build) continue;
    auto.push(routerChoice(family, numbered));
    for (const each of builtKinds(family, numbered, flags.kinds, progress)) {
      if ('why' in each) refused.push(each);
      else kinds.push(each);
    }
  }
  progress.end();
  if (flags.build && kinds.length + refused.length === 0)
    throw new InputError(families.map(({ family }) => noKindServes(family)).join(', '));
  return { families, kinds, refused, auto };
}

function builtKinds(
  family: Family,
  rows: readonly TableRow[],
  kinds: readonly LpmKind[] | undefined,
  progress: Progress,
): (BuiltKind | Unfit)[] {
  return formsOf(family, rows, kinds).map((form) => {
    progress.tell(`IPv${family}: building ${form.kind}, leaves of ${form.leafBytes} bytes`);
    const built = buildTable('research', form, family, rows);
    if ('why' in built) return built;
    const { table, buildMs } = built;
    return {
      family,
      ...form,
      bytesPerPrefix: table.readerBytes / rows.length,
      totalBytesPerPrefix: table.liveBytes / rows.length,
      buildMs,
      parts: table.parts(),
    };
  });
}

function textOf({ families, kinds, refused, auto }: FibStatsReport): string {
  const texts = families.map((shape) => {
    const isOf = ({ family }: { readonly family: Family }): boolean => family === shape.family;
    const lines = shapeText(shape, kinds.filter(isOf), refused.filter(isOf));
    const choices = auto.filter(isOf).map(choiceLine);
    return [...lines, ...(choices.length === 0 ? [] : ['', ...choices])].join('\n');
  });
  return texts.join('\n\n');
}

function csvOf({ families, kinds, refused }: FibStatsReport): string {
  const lines = ['family,what,of,value'];
  for (const { family, prefixes, values, lengths, depths, regions } of families) {
    const line = (what: string, of: string | number, value: number): void => {
      lines.push(`${family},${what},${of},${value}`);
    };
    line('prefixes', '', prefixes);
    line('values', '', values);
    for (const each of lengths) line('prefixes by length', each.bits, each.prefixes);
    for (const each of depths) line('prefixes inside others', each.inside, each.prefixes);
    for (const each of regions) line('prefixes by region', each.region, each.prefixes);
    for (const each of kinds.filter((built) => built.family === family)) {
      const name = `${each.kind} ${each.leafBytes} B`;
      line('bytes per prefix', name, each.bytesPerPrefix);
      line('all bytes per prefix', name, each.totalBytesPerPrefix);
      line('build ms', name, each.buildMs);
      for (const { part, bytes } of each.parts) line('bytes', `${name} ${part}`, bytes);
    }
    for (const each of refused.filter((unfit) => unfit.family === family))
      line('does not fit', `${each.kind} ${each.leafBytes} B`, 1);
  }
  return `${lines.join('\n')}\n`;
}
