import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Micros } from '../../base/time.ts';
import type { Lab } from '../../sim/lab.ts';
import { ladder } from '../../sim/narrate.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { labReport } from '../lab-report.ts';
import { describeScenario, makeLab, openScenario } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';
import { paintFor } from '../render/paint.ts';
import { runLines, type RunTextOptions } from '../render/run.ts';
import { PAGE_COLUMNS, plural, table } from '../render/table.ts';
import { neighbourOrder } from '../render/topology.ts';
import type { RunReport } from '../run-report.ts';
import { builtInScenarios } from '../scenario-files.ts';
import { registerLabDiff } from './lab-diff.ts';
import { registerLabGraph } from './lab-graph.ts';
import { registerLabSweep } from './lab-sweep.ts';
import { registerShell } from './shell.ts';

interface RunFlags {
  readonly pcap?: string;
  readonly seed: number;
  readonly json?: true;
  readonly until?: Micros;
  readonly model?: true;
  readonly all?: true;
}

interface ListFlags {
  readonly json?: true;
}

/** What `lab list --json` prints of each scenario. Fields are added in later versions, never changed or removed. */
export interface ScenarioReport {
  readonly name: string;
  /** Or why it does not load. */
  readonly title: string;
  /** Where its files are. */
  readonly folder: string;
}

const STDOUT = '-';

/** Adds `pxtr lab` and its subcommands. */
export function registerLab(program: Command, io: CliIo, state: ExitState): void {
  const lab = program
    .command('lab')
    .description('run networks of LISP routers in virtual time')
    .addHelpText('after', '\nExample:\n  pxtr lab run pxtr');
  lab
    .command('run')
    .description('run a scenario: its packets with reasons, consoles, and whether it went as expected')
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .option('--pcap <file>', 'write every packet to a pcapng file, - for standard output')
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option('--until <time>', 'stop early, at 30s, 1500ms, 2m; expectations are then left out', parseTime)
    .option('--json', 'one JSON document instead of text')
    .option('--all', 'every packet: registration and other upkeep, and rounds that repeat')
    .option('--model', 'the plain TypeScript data plane instead of the WASM engine')
    .addHelpText(
      'after',
      '\nExit codes: 0 as expected, 1 failed, 2 usage, 3 an expectation does not hold.\n\n' +
        'Examples:\n  pxtr lab run pxtr\n  pxtr lab run two-sites --pcap two-sites.pcapng\n' +
        '  pxtr lab run pxtr --json | jq .pings',
    )
    .action((scenario: string, flags: RunFlags) => {
      state.code = runLab(scenario, flags, io);
    });
  lab
    .command('list')
    .description('list the built-in scenarios')
    .option('--json', 'one JSON document instead of text')
    .addHelpText('after', '\nExamples:\n  pxtr lab list\n  pxtr lab list --json')
    .action((flags: ListFlags) => listScenarios(flags, io));
  registerLabGraph(lab, io);
  registerLabDiff(lab, io, state);
  registerLabSweep(lab, io);
  registerShell(lab, io, state);
  lab.hook('preAction', (_, command) => {
    const [word = ''] = command.args;
    const isCommand = lab.commands.some((each) => each.name() === word);
    if (!isCommand || existsSync(word) || builtInScenarios().some(({ name }) => name === word)) return;
    throw new CliError(`no scenario "${word}" - did you mean pxtr lab ${word}?`, EXIT.usage);
  });
}

function runLab(scenario: string, flags: RunFlags, io: CliIo): number {
  if (flags.pcap === STDOUT && flags.json === true) {
    throw new CliError(
      '--json and --pcap - both want standard output',
      EXIT.usage,
      'Name a file for one of them.',
    );
  }
  const { file } = openScenario(scenario);
  const dataPlane = flags.model === true ? 'model' : 'engine';
  const lab = makeLab(file, { seed: flags.seed, dataPlane });
  const until = flags.until ?? file.until;
  const isComplete = until >= file.until;
  const report = labReport(lab, lab.run(until), { dataPlane, isComplete });
  if (flags.pcap !== undefined) writeCapture(flags.pcap, lab.capture(), report.end.frames, io);
  if (flags.json === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (flags.pcap !== STDOUT) {
    const text = runLines(
      report,
      { showAll: flags.all === true, drawLadder: ladderOf(lab, report) },
      paintFor(io.colors),
    );
    io.out(`${text.join('\n')}\n`);
  }
  return report.passed ? EXIT.ok : EXIT.assertion;
}

function ladderOf(lab: Lab, { nodes, links }: RunReport): RunTextOptions['drawLadder'] {
  const names = neighbourOrder(nodes, links);
  return (frames) => {
    const story = lab.story().filter(({ frame }) => frames.has(frame.number));
    return ladder(story, names, { showUpkeep: true, width: PAGE_COLUMNS });
  };
}

function writeCapture(path: string, bytes: Uint8Array, frames: number, io: CliIo): void {
  if (path === STDOUT) {
    io.out(bytes);
    return;
  }
  try {
    writeFileSync(path, bytes);
  } catch (problem) {
    throw new CliError(`cannot write ${path}: ${failureText(problem)}`, EXIT.failed);
  }
  // Not on standard output, where a JSON document may go.
  io.err(
    `wrote ${path}: ${plural(frames, 'frame')}, one interface per link, reasons as comments\n` +
      `open it with: wireshark ${path}, or pxtr decode ${path}\n`,
  );
}

function listScenarios({ json }: ListFlags, io: CliIo): void {
  const scenarios = builtInScenarios();
  if (scenarios.length === 0) throw new CliError('this package has no examples folder', EXIT.failed);
  if (json === true) {
    const report = scenarios.map((scenario): ScenarioReport => {
      return { name: scenario.name, title: describeScenario(scenario), folder: scenario.path };
    });
    io.out(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const rows = scenarios.map((scenario) => [scenario.name, describeScenario(scenario)]);
  io.out(`${table(rows, { styles: [paintFor(io.colors).name] }).join('\n')}\n`);
}
