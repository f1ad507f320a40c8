import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ALL_KINDS, DEFAULT_KINDS_TEXT, kindsNamed } from '../../bench/forms.ts';
import { InputError } from '../../bench/input-error.ts';
import { PATTERNS } from '../../bench/keys.ts';
import { MADE_TABLE, madeName, makeTable, sizesNamed } from '../../bench/made-table.ts';
import { runTables, type NamedTable } from '../../bench/matrix.ts';
import type { BenchOptions } from '../../bench/measure.ts';
import { loadPeers } from '../../bench/peers/load-peers.ts';
import { reportMarkdown } from '../../bench/report-markdown.ts';
import { reportText } from '../../bench/report-text.ts';
import { hasFailed } from '../../bench/contender.ts';
import type { BenchReport } from '../../bench/results.ts';
import { consumed } from '../../bench/rounds.ts';
import { withValues } from '../../bench/table-file.ts';
import { tidyCsv } from '../../bench/tidy-csv.ts';
import { DEFAULT_UPDATES } from '../../bench/updates.ts';
import { LARGEST_BATCH } from '../../bench/traces.ts';
import type { Family } from '../../base/ip.ts';
import type { LpmKind } from '../../engine/lpm.ts';
import type { TableRow } from '../../tables/collect.ts';
import { startReader } from '../bench-reader.ts';
import { registerBenchCompare } from './bench-compare.ts';
import { FILE_HELP } from '../fib/flags.ts';
import { openTable } from '../fib/open-table.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { parseSeed } from '../parse-flags.ts';
import { Progress } from '../progress.ts';
import { benchPage } from '../render/bench-page.ts';
import { checkWritable, writeOutput } from '../write-output.ts';

interface BenchFlags {
  readonly table?: string;
  readonly sizes?: readonly number[];
  readonly kinds?: readonly LpmKind[];
  readonly trace?: readonly string[];
  readonly traces?: string;
  readonly family?: '4' | '6';
  readonly rounds: number;
  readonly milliseconds: number;
  readonly keys?: number;
  readonly batch: readonly number[];
  readonly sample: number;
  /** True: as many as nobody has said. */
  readonly updates?: number | true;
  readonly peers?: true;
  readonly seed: number;
  /** True, and `-` for each of these: to standard output. */
  readonly json?: string | true;
  readonly csv?: string;
  readonly markdown?: string;
  readonly html?: string;
}

const DEFAULT_TRACES = ['rand', 'zipf', 'unif'];
/** Of a matrix: what matches, and what does not. */
const MATRIX_TRACES = ['rand', 'miss'];

/** What a run can be written as, each into a file of its own. */
const OUTPUTS = {
  json: (report: BenchReport) => `${JSON.stringify(report, undefined, 2)}\n`,
  csv: tidyCsv,
  markdown: reportMarkdown,
  html: benchPage,
} as const;
const FORMATS = Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[];

/** Adds `pxtr bench`. Exit codes: 0 measured, 1 some kind answered wrongly or an output cannot be written, 2 usage. */
export function registerBench(program: Command, io: CliIo, state: ExitState): void {
  const bench = program
    .command('bench')
    .description('measure longest-prefix match: speed, latency, memory, and what lookups read')
    .option('--table <file>', `${FILE_HELP} (default: a made one of 50000)`)
    .option(
      '--sizes <list>',
      'also made tables of about so many prefixes of each family, such as 1k,10k,100k; results by table',
      sizesNamed,
    )
    .option(
      '--kinds <names>',
      `such as dir18-run,poptrie, or all: ${ALL_KINDS.join(', ')} (default: ${DEFAULT_KINDS_TEXT})`,
      kindsNamed,
    )
    .option(
      '--trace <names>',
      `keys: ${PATTERNS.join(', ')}, or a pcap for its destinations; may be repeated (default: ${DEFAULT_TRACES.join(',')}; with --sizes ${MATRIX_TRACES.join(',')})`,
      readTraces,
    )
    .option('--traces <folder>', 'key files of bench/native, k4rand.bin and so on, instead of made keys')
    .addOption(new Option('--family <4|6>', 'only IPv4, or only IPv6').choices(['4', '6']))
    .option('--rounds <n>', 'each kind has its turn once in each', readCount, 7)
    .option('--milliseconds <n>', 'CPU time of a turn', readCount, 20)
    .option('--keys <n>', 'of a trace (default: 1048576, or all of a key file)', readCount)
    .option(
      '--batch <sizes>',
      'keys of a call: 1, or multiples of 4 up to 256, such as 1,64,256',
      readBatches,
      [LARGEST_BATCH],
    )
    .option('--sample <n>', 'keys whose lookups are looked into; 0: none', readNumber, 20_000)
    .option(
      '--updates [n]',
      `withdraw so many prefixes and announce them again, one at a time (default: none; without a number ${DEFAULT_UPDATES})`,
      readCount,
    )
    .option(
      '--peers',
      'beside them a DIR-24-8 in plain JavaScript, BlockList of node:net, and npm longest-prefix-match if it is there',
    )
    .option('--seed <n>', 'of the table and the keys that are made', parseSeed, 1)
    .option('--json [file]', 'everything, as docs/bench-schema.json says, instead of text or into a file')
    .option('--csv <file>', 'write a row for each number')
    .option('--markdown <file>', 'write tables')
    .option('--html <file>', 'write one page with pictures, which loads nothing')
    .addHelpText(
      'after',
      '\nKinds whose answers are not those of the table are refused, not timed.\n' +
        'A file called - is standard output, which then has that instead of the text.\n' +
        'Exit codes: 0 measured, 1 a kind answered wrongly or a file cannot be written, 2 usage.\n\n' +
        'Examples:\n  pxtr bench --table table.txt --kinds dir18-run,poptrie --trace rand\n' +
        '  pxtr bench --table rib.mrt --kinds dir18-run,poptrie --trace rand,scan --html run.html\n' +
        '  pxtr bench --sizes 1k,10k,100k --family 6 --html matrix.html\n' +
        '  pxtr bench --updates 5000 --table rib.mrt --kinds patricia,dir18-run --csv run.csv',
    )
    .action(async (flags: BenchFlags) => {
      state.code = await runCommand(flags, io);
    });
  registerBenchCompare(bench, io);
}

async function runCommand(flags: BenchFlags, io: CliIo): Promise<number> {
  for (const format of FORMATS) checkWritable(fileOf(flags[format]));
  const printed = printedFormat(flags);
  const tables = await tablesOf(flags, io);
  const { rounds, milliseconds, seed, sample } = flags;
  const options: Omit<BenchOptions, 'table' | 'rows'> = {
    traces: flags.trace ?? (flags.sizes === undefined ? DEFAULT_TRACES : MATRIX_TRACES),
    ...(flags.traces === undefined ? {} : { keyFiles: flags.traces }),
    ...(flags.kinds === undefined ? {} : { kinds: flags.kinds }),
    ...(flags.keys === undefined ? {} : { keys: flags.keys }),
    ...(flags.peers === true ? { peers: await loadPeers() } : {}),
    batches: flags.batch,
    rounds,
    milliseconds,
    seed,
    sample,
  };
  const report = await measured(
    tables,
    options,
    flags.updates === true ? DEFAULT_UPDATES : flags.updates,
    io,
  );
  io.out(printed === undefined ? `${reportText(report)}\n` : OUTPUTS[printed](report));
  for (const format of FORMATS) {
    const file = fileOf(flags[format]);
    if (file !== undefined) writeOutput(file, OUTPUTS[format](report));
  }
  return hasFailed(report) || !Number.isInteger(consumed()) ? EXIT.failed : EXIT.ok;
}

function fileOf(flag: string | true | undefined): string | undefined {
  return isPrinted(flag) ? undefined : flag;
}

function isPrinted(flag: string | true | undefined): flag is '-' | true {
  return flag === true || flag === '-';
}

/** What standard output gets; undefined: text. */
function printedFormat(flags: BenchFlags): keyof typeof OUTPUTS | undefined {
  const [format, other] = FORMATS.filter((each) => isPrinted(flags[each]));
  if (other !== undefined)
    throw new InputError(`--${format!} and --${other} cannot both go to standard output`);
  return format;
}

/** That of the file comes first: what is wrong with it is said before there is work to lose. */
async function tablesOf(
  { table, sizes, traces, family, seed }: BenchFlags,
  io: CliIo,
): Promise<NamedTable[]> {
  if (sizes !== undefined && traces !== undefined)
    throw new InputError('--traces has keys of one table: not with --sizes');
  const only = family === undefined ? undefined : (Number(family) as Family);
  const ofFamily = (rows: readonly TableRow[]): readonly TableRow[] =>
    rows.filter(({ prefix }) => only === undefined || prefix.address.family === only);
  const made = (sizes ?? []).map((size) => ({
    name: madeName(size),
    rows: ofFamily(makeTable(seed, { 4: size, 6: size })),
  }));
  if (table === undefined)
    return sizes === undefined ? [{ name: MADE_TABLE, rows: ofFamily(makeTable(seed)) }] : made;
  const { rows } = await openTable(table, only === undefined ? {} : { family: only }, io);
  // Where the list lies is nobody's business but this machine's.
  const name = basename(table);
  if (made.some((each) => each.name === name))
    throw new InputError(`--sizes makes a table that is called ${name} as well`);
  return [{ name, rows: withValues(rows, seed) }, ...made];
}

async function measured(
  tables: readonly NamedTable[],
  options: Omit<BenchOptions, 'table' | 'rows'>,
  updates: number | undefined,
  io: CliIo,
): Promise<BenchReport> {
  const progress = new Progress(io);
  const tell = (text: string, done: number, total: number): void => progress.tell(text, done, total);
  progress.begin('building');
  try {
    return await runTables(
      tables,
      options,
      updates === undefined ? undefined : { updates, startReader },
      tell,
    );
  } catch (problem) {
    if (problem instanceof InputError) throw problem;
    throw new CliError(failureText(problem), EXIT.failed);
  } finally {
    progress.end();
  }
}

function readTraces(text: string, before: readonly string[] = []): readonly string[] {
  // A name with a comma in it is that of a file.
  const names = existsSync(text) ? [text] : text.split(',');
  for (const name of names) {
    if (!PATTERNS.some((pattern) => pattern === name) && !existsSync(name))
      throw new InputError(`--trace ${name}: none of ${PATTERNS.join(', ')}, and no file`);
  }
  return [...before, ...names];
}

function readBatches(text: string): readonly number[] {
  return text.split(',').map((word) => {
    const size = /^[0-9]{1,3}$/.test(word) ? Number(word) : NaN;
    if (size === 1 || (size >= 4 && size <= LARGEST_BATCH && size % 4 === 0)) return size;
    throw new InputError(`--batch ${word}: neither 1 nor a multiple of 4 up to ${LARGEST_BATCH}`);
  });
}

function readNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

function readCount(text: string): number {
  const count = readNumber(text);
  if (count === 0) throw new InvalidArgumentError('At least 1 is expected.');
  return count;
}
