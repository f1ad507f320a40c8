import { Option, type Command } from 'commander';
import { seconds, type Micros } from '../../base/time.ts';
import { LabShell, withoutConsoleSteps } from '../../sim/lab-shell.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { makeLab, openScenario } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';
import { talk } from '../repl.ts';
import { runScript } from '../shell-script.ts';

export interface ShellFlags {
  readonly node?: string;
  readonly seed: number;
  readonly at: Micros;
  readonly steps?: true;
  readonly model?: true;
  readonly json?: true;
  readonly strict?: true;
}

/** Sites have registered by then, and nothing else has happened in the built-in scenarios. */
const QUIET = seconds(10);

/** Adds `pxtr lab shell`. */
export function registerShell(lab: Command, io: CliIo, state: ExitState): void {
  lab
    .command('shell')
    .description('consoles of a scenario, as on IOS: type, look, step, go back')
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .option('--node <name>', 'whose console it starts at')
    .addOption(new Option('--at <time>', 'run to this time first').argParser(parseTime).default(QUIET, '10s'))
    .option('--steps', 'let the command: and config: steps of the lab.yaml happen as well')
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option('--model', 'the plain TypeScript data plane instead of the WASM engine')
    .option('--json', 'one JSON object per line entered')
    .option('--strict', 'stop with exit code 1 at the first line that is refused')
    .addHelpText(
      'after',
      '\nAt a terminal: Tab completes, ? explains, Ctrl-C drops the line, Ctrl-Z leaves configuration mode,\n' +
        'Ctrl-D leaves. Lines from a pipe or a file are entered one by one; a pasted prompt says\n' +
        'whose console its line is for, and the lines behind it while configuration mode is open there.\n\n' +
        'Exit codes: 0 done, 1 failed (with --strict: a line was refused), 2 usage.\n\n' +
        'Examples:\n  pxtr lab shell pxtr\n  pxtr lab shell pxtr < session.txt\n' +
        "  echo 'lisp1#ping 4.4.4.4 source Loopback0' | pxtr lab shell pxtr",
    )
    .action(async (scenario: string, flags: ShellFlags) => {
      const shell = openShell(scenario, flags);
      const settings = { json: flags.json === true, strict: flags.strict === true };
      state.code =
        io.terminal !== undefined && !settings.json
          ? await talk(shell, io.terminal)
          : await runScript(shell, io, settings);
    });
}

/** The shell that `pxtr lab shell SCENARIO` starts. */
export function openShell(scenario: string, flags: ShellFlags): LabShell {
  const { file } = openScenario(scenario);
  const { node } = flags;
  const names = file.nodes.map(({ name }) => name);
  if (node !== undefined && !names.includes(node))
    throw new CliError(`there is no node ${node}`, EXIT.usage, `Nodes: ${names.join(', ')}`);
  const dataPlane = flags.model === true ? 'model' : 'engine';
  const lab = makeLab(flags.steps === true ? file : withoutConsoleSteps(file), {
    seed: flags.seed,
    dataPlane,
  });
  lab.timeline.runUntil(flags.at);
  return new LabShell(lab, node === undefined ? {} : { node });
}
