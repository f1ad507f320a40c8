import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { seconds, type Micros } from '../../base/time.ts';
import { nearest } from '../../ios/nearest.ts';
import type { LabFile } from '../../sim/lab-file.ts';
import { formatTime } from '../../sim/log.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { isSame, labDiffReport } from '../lab-diff-report.ts';
import { loadScenario, openScenario } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';
import { labDiffLines } from '../render/lab-diff.ts';
import { paintFor } from '../render/paint.ts';
import { shortTime } from '../render/table.ts';
import { readScenario } from '../scenario-files.ts';
import { compareLabs, ownerOf } from '../what-if/compare-labs.ts';

interface DiffFlags {
  readonly with: readonly string[];
  readonly cold?: true;
  readonly at: Micros;
  readonly seed: number;
  readonly json?: true;
}

/** As of diff(1): whatever keeps the comparison from being made is no difference. */
const DIFF_EXIT = { same: 0, different: 1, trouble: 2 } as const;

/** Sites have registered by then. */
const CONVERGED = seconds(10);

/** Adds `pxtr lab diff`. */
export function registerLabDiff(lab: Command, io: CliIo, state: ExitState): void {
  lab
    .command('diff')
    .description(
      'what a change of configuration changes: every forwarding decision that differs, before and after',
    )
    .argument('<before>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .argument('[after]', 'another one; default: the first, with files replaced')
    .addOption(
      new Option(
        '--with <name=file>',
        'read <file> in the place of <name> of the second scenario; repeatable',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--cold', 'before anything is looked up, instead of after everything that can be')
    .addOption(
      new Option('--at <time>', 'compare from this time on: sites have registered')
        .argParser(parseTime)
        .default(CONVERGED, '10s'),
    )
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nEvery source address of every node is compared with every destination: addresses that no table of\neither ' +
        'scenario tells apart are one range. Commands that the lab.yaml types are not part of it.\n\n' +
        'Exit codes, as of diff(1): 0 no forwarding decision differs, 1 some do, 2 the comparison failed.\n\n' +
        'Examples:\n  pxtr lab diff pxtr pxtr-petr\n  pxtr lab diff pxtr --with lisp1.ios=new/lisp1.ios\n' +
        '  pxtr lab diff before/ after/ --json | jq .changes',
    )
    .action((before: string, after: string | undefined, flags: DiffFlags) => {
      try {
        state.code = diff(before, after, flags, io);
      } catch (problem) {
        if (!(problem instanceof CliError)) throw problem;
        throw new CliError(problem.message, DIFF_EXIT.trouble, problem.hint);
      }
    });
}

function collect(value: string, others: readonly string[]): string[] {
  return [...others, value];
}

function diff(before: string, after: string | undefined, flags: DiffFlags, io: CliIo): number {
  if (after === undefined && flags.with.length === 0) {
    throw new CliError(
      'there is nothing to compare with',
      EXIT.usage,
      'Name a second scenario, or a changed file: --with lisp1.ios=new/lisp1.ios',
    );
  }
  const a = openScenario(before).file;
  const b = replaced(after ?? before, flags.with);
  const { at, seed, cold = false } = flags;
  const comparison = compareLabs(a, b, { at, seed, cold });
  const names = { before, after: [after ?? before, ...flags.with.map((each) => `with ${each}`)].join(' ') };
  if (flags.json === true) {
    const report = labDiffReport(comparison, { ...names, seed, cold, at });
    io.out(`${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    const from = `from ${shortTime(formatTime(at))} s on`;
    const said = cold
      ? `${from}: registered, nothing looked up yet`
      : `${from}: registered, and everything looked up that can be`;
    const owner = (prefix: Parameters<typeof ownerOf>[1]): string | undefined =>
      ownerOf(a, prefix) ?? ownerOf(b, prefix);
    const lines = labDiffLines(comparison, { ...names, state: said, ownerOf: owner }, paintFor(io.colors));
    io.out(`${lines.join('\n')}\n`);
  }
  return isSame(comparison) ? DIFF_EXIT.same : DIFF_EXIT.different;
}

/** A scenario with files from elsewhere in the place of its own. */
function replaced(argument: string, replacements: readonly string[]): LabFile {
  const { folder, file } = openScenario(argument);
  if (replacements.length === 0) return file;
  const files = new Map(readScenario(folder));
  for (const replacement of replacements) {
    const [, name = '', path = ''] = /^([^=]+)=(.+)$/.exec(replacement) ?? [];
    if (name === '') {
      throw new CliError(
        `"${replacement}" is not name=file`,
        EXIT.usage,
        'Such as --with lisp1.ios=new/lisp1.ios',
      );
    }
    if (!files.has(name)) {
      const guess = nearest(name, [...files.keys()]);
      throw new CliError(
        `${folder.name} has no file ${name}${guess === undefined ? '' : ` - did you mean ${guess}?`}`,
        EXIT.usage,
        `Files: ${[...files.keys()].join(', ')}`,
      );
    }
    files.set(name, readText(path));
  }
  return loadScenario(folder.name, files);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (problem) {
    throw new CliError(`cannot read ${path}: ${failureText(problem)}`, EXIT.usage);
  }
}
