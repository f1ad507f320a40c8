import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { compareRuns, comparisonText } from '../../bench/compare-runs.ts';
import type { BenchReport } from '../../bench/results.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';

interface CompareFlags {
  readonly force?: true;
  readonly json?: true;
}

/** Adds `pxtr bench compare`. Exit codes: 0 compared, 1 a file is no run or the runs are not of one kind, 2 usage. */
export function registerBenchCompare(bench: Command, io: CliIo): void {
  bench
    .command('compare')
    .description('tell what differs between two runs, and where nobody can tell')
    .argument('<before>', 'what pxtr bench --json wrote')
    .argument('<after>', 'the same of a later run')
    .option('--force', 'also when tables, keys or answers differ')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExit codes: 0 compared, 1 a file is no run or tables, keys or answers differ, 2 usage.\n\n' +
        'Example:\n  pxtr bench compare before.json after.json',
    )
    .action((before: string, after: string, flags: CompareFlags) => {
      compare(before, after, flags.force === true, flags.json === true, io);
    });
}

function compare(before: string, after: string, force: boolean, isJson: boolean, io: CliIo): void {
  const comparison = compareRuns(readRun(before), readRun(after));
  if (comparison.obstacles.length > 0 && !force) {
    throw new CliError(
      `${before} and ${after} cannot be compared\n${comparison.obstacles.join('\n')}`,
      EXIT.failed,
      '--force compares them all the same.',
    );
  }
  for (const obstacle of isJson ? [] : comparison.obstacles) io.err(`pxtr: ${obstacle}\n`);
  io.out(`${isJson ? JSON.stringify(comparison, undefined, 2) : comparisonText(comparison)}\n`);
}

function readRun(path: string): BenchReport {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (problem) {
    throw new CliError(`cannot read ${path}: ${failureText(problem)}`, EXIT.usage);
  }
  const hint = 'pxtr bench --json FILE writes one.';
  try {
    const run = JSON.parse(text) as BenchReport | null;
    if (run?.format !== 'pxtr-bench')
      throw new CliError(`${path} is no run of pxtr bench`, EXIT.failed, hint);
    if (run.version !== 1)
      throw new CliError(
        `${path} is of version ${String(run.version)}; this pxtr reads version 1`,
        EXIT.failed,
      );
    const isWhole = [run.results, run.tables, run.traces].every(Array.isArray) && run.results.every(isResult);
    if (!isWhole) throw new CliError(`${path} is a run of pxtr bench that is not whole`, EXIT.failed, hint);
    return run;
  } catch (problem) {
    if (problem instanceof CliError) throw problem;
    throw new CliError(`${path} is no JSON: ${failureText(problem)}`, EXIT.failed, hint);
  }
}

function isResult({ mlps }: BenchReport['results'][number]): boolean {
  return Array.isArray(mlps?.rounds) && [mlps.median, mlps.min, mlps.max].every((value) => value > 0);
}
