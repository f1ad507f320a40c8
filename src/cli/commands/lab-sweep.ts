import { InvalidArgumentError, Option, type Command } from 'commander';
import { millis, seconds, type Micros } from '../../base/time.ts';
import { nearest } from '../../ios/nearest.ts';
import type { LabFile } from '../../sim/lab-file.ts';
import { endpointsOf, pairsOf } from '../../sim/sweep/endpoints.ts';
import { failuresOf, type Failure } from '../../sim/sweep/failures.ts';
import { sweepFailures } from '../../sim/sweep/sweep.ts';
import { dataPlaneMaker } from '../data-planes.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { sweepReport } from '../lab-sweep-report.ts';
import { openScenario } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';
import { sweepLines } from '../render/lab-sweep.ts';
import { paintFor } from '../render/paint.ts';

interface SweepFlags {
  readonly only: readonly string[];
  readonly nodes?: readonly string[];
  readonly down: Micros;
  readonly up: Micros;
  readonly interval: Micros;
  readonly at: Micros;
  readonly cold?: true;
  readonly seed: number;
  readonly model?: true;
  readonly json?: true;
}

/** Adds `pxtr lab sweep`. */
export function registerLabSweep(lab: Command, io: CliIo): void {
  const time = (flags: string, description: string, value: Micros, text: string): Option =>
    new Option(flags, description).argParser(parseDistance).default(value, text);
  lab
    .command('sweep')
    .description(
      'break each link and each locator in turn: what still works, and how long until it does again',
    )
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .addOption(
      new Option('--only <failure>', 'just this one: link:NAME or rloc:ADDRESS; repeatable')
        .argParser(collect)
        .default([], 'all'),
    )
    .option(
      '--nodes <names>',
      'who probes whom, with commas; default: hosts, EIDs, edges without LISP',
      splitNames,
    )
    .addOption(time('--down <time>', 'how long a failure lasts', seconds(200), '200s'))
    .addOption(time('--up <time>', 'how long is watched after its repair', seconds(100), '100s'))
    .addOption(time('--interval <time>', 'between two probes of a pair', millis(500), '500ms'))
    .addOption(
      new Option(
        '--at <time>',
        'when probes begin: sites have registered; failures begin 20 s later, with --cold then',
      )
        .argParser(parseTime)
        .default(seconds(10), '10s'),
    )
    .option('--cold', 'failures begin when probes do: nobody has looked anybody up')
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option('--model', 'the plain TypeScript data plane instead of the WASM engine')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nA link that fails takes packets and tells nobody, as when a network between two routers fails.\n' +
        'A locator fails by a shutdown of its interface, which its router knows. Each failure starts from\nthe same state: Map-Caches are warm, since the pairs have pinged each other for 20 s, unless --cold\nis there. An entry that is warm outlives what nobody could look up any more.\n\n' +
        'Exit codes: 0 done, whatever was found; 1 failed, 2 usage.\n\n' +
        'Examples:\n  pxtr lab sweep failover\n  pxtr lab sweep pxtr --only link:lisp1-mapserver\n' +
        '  pxtr lab sweep failover --down 10m --interval 1s --json | jq .failures',
    )
    .action((scenario: string, flags: SweepFlags) => sweep(scenario, flags, io));
}

function collect(value: string, others: readonly string[]): string[] {
  return [...others, value];
}

function splitNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function parseDistance(text: string): Micros {
  const distance = parseTime(text);
  if (distance <= 0) throw new InvalidArgumentError('It has to be more than 0.');
  return distance;
}

function sweep(scenario: string, flags: SweepFlags, io: CliIo): void {
  const { file } = openScenario(scenario);
  const failures = chosen(file, flags.only);
  checkNodes(file, flags.nodes);
  const { down, up, interval, at, seed, nodes } = flags;
  if (down < interval || up < interval) {
    throw new CliError('--down and --up are shorter than --interval: no probe would be sent', EXIT.usage);
  }
  const result = sweepFailures(file, failures, {
    makeDataPlane: dataPlaneMaker(flags.model === true ? 'model' : 'engine'),
    seed,
    at,
    down,
    up,
    interval,
    ...(flags.cold === true ? { warmUp: 0 } : {}),
    ...(nodes === undefined ? {} : { nodes }),
    onProgress: (done, total, next) => progress(done, total, next, io),
  });
  if (io.terminal !== undefined) io.err(CLEAR_LINE);
  const report = sweepReport(file.name, result);
  if (flags.json === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`);
  else io.out(`${sweepLines(report, file.title, paintFor(io.colors)).join('\n')}\n`);
}

/** Back to the start of the line, and the line empty (ECMA-48: EL). */
const CLEAR_LINE = '\r\u001b[K';

/** Only a person at a terminal wants to see it. */
function progress(done: number, total: number, next: Failure | undefined, io: CliIo): void {
  if (io.terminal === undefined) return;
  io.err(`${CLEAR_LINE}${done + 1} of ${total}: ${next?.id ?? 'without a failure'}`);
}

function chosen(file: LabFile, only: readonly string[]): Failure[] {
  const all = failuresOf(file);
  if (only.length === 0) return all;
  return only.map((id) => {
    const found = all.find((failure) => failure.id === id);
    if (found !== undefined) return found;
    const ids = all.map((failure) => failure.id);
    const guess = nearest(id, ids);
    throw new CliError(
      `there is no "${id}" in ${file.name} to break${guess === undefined ? '' : ` - did you mean ${guess}?`}`,
      EXIT.usage,
      `Links and locators: ${ids.join(', ')}`,
    );
  });
}

function checkNodes(file: LabFile, names: readonly string[] | undefined): void {
  const known = file.nodes.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new CliError(`no node "${unknown}" in ${file.name}`, EXIT.usage, `Nodes: ${known.join(', ')}`);
  }
  if (pairsOf(endpointsOf(file, names)).length > 0) return;
  throw new CliError(
    'there are no two nodes that could probe each other',
    EXIT.usage,
    `Probes go between hosts, EIDs and edges without LISP; --nodes names others. Nodes: ${known.join(', ')}`,
  );
}
