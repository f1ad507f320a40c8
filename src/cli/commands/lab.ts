import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { describeScenario } from '../open-lab.ts';
import { paintFor } from '../render/paint.ts';
import { table } from '../render/table.ts';
import { builtInScenarios } from '../scenario-files.ts';
import { registerLabDiff } from './lab-diff.ts';
import { registerLabGraph } from './lab-graph.ts';
import { registerLabRun } from './lab-run.ts';
import { registerLabSweep } from './lab-sweep.ts';
import { registerShell } from './shell.ts';

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

/** Adds `pxtr lab` and its subcommands. */
export function registerLab(program: Command, io: CliIo, state: ExitState): void {
  const lab = program
    .command('lab')
    .description('run networks of LISP routers in virtual time')
    .addHelpText('after', '\nExample:\n  pxtr lab run pxtr');
  registerLabRun(lab, io, state);
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
