/** The command line as a function: arguments in, texts to a CliIo, exit code out. */
import { Command, CommanderError } from 'commander';
import { InputError } from '../bench/input-error.ts';
import { EngineError } from '../engine/errors.ts';
import { registerBench } from './commands/bench.ts';
import { registerDecode } from './commands/decode.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEncode } from './commands/encode.ts';
import { registerExplain } from './commands/explain.ts';
import { registerFib } from './commands/fib.ts';
import { registerImport } from './commands/import.ts';
import { registerLab } from './commands/lab.ts';
import { registerLearn } from './commands/learn.ts';
import { registerLig } from './commands/lig.ts';
import { CliError, EXIT, type CliIo, type ExitState } from './io.ts';
import { builtInScenarios } from './scenario-files.ts';
import { betterSuggestions, commandCalled, withoutIdleHelp } from './suggestions.ts';
import { packageVersion } from './version.ts';

/** Runs one command line (without node and script); returns its exit code. Never throws for what the user did. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const state: ExitState = { code: EXIT.ok };
  const program = createProgram(io, state);
  try {
    if (args.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    const [first, ...words] = args;
    // That of commander looks one level deep, and takes what it does not know for a wish for all of it.
    if (first === 'help' && words.length > 0 && !words.some((word) => word.startsWith('-'))) {
      commandCalled(words, program).outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync(withoutIdleHelp(args, program), { from: 'user' });
    return state.code;
  } catch (problem) {
    return report(problem, io);
  }
}

/** The program with every command, not yet run. Help and mistakes go to `io`, the exit code of what runs to `state`. */
export function createProgram(io: CliIo, state: ExitState): Command {
  const program = new Command('pxtr');
  program
    .description('LISP (Locator/ID Separation Protocol): labs, explanations, captures')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    // What stands behind a subcommand is its own: `bench` and `bench compare` both have --json.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says how to use it)')
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHasColors: () => io.colors,
      getErrHasColors: () => io.colors,
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
    })
    .exitOverride()
    .addHelpText('after', '\nExample:\n  pxtr lab run pxtr');
  registerLab(program, io, state);
  registerExplain(program, io);
  registerBench(program, io, state);
  registerDecode(program, io, state);
  registerDiff(program, io, state);
  registerDoctor(program, io, state);
  registerEncode(program, io, state);
  registerFib(program, io, state);
  registerImport(program, io, state);
  registerLearn(program, io, state);
  registerLig(program, io, state);
  // Settings are copied when a subcommand is made: commands of other modules get theirs here.
  for (const command of allCommands(program)) command.copyInheritedSettings(program);
  for (const command of [program, ...allCommands(program)]) {
    command.configureOutput({
      outputError: (text, write) => {
        write(betterSuggestions(text, program, scenarioNames, command));
      },
    });
  }
  return program;
}

function scenarioNames(): string[] {
  return builtInScenarios().map(({ name }) => name);
}

const HELP_COLUMNS = 100;

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...allCommands(each)]);
}

function report(problem: unknown, io: CliIo): number {
  // Commander has already printed help, version or what was wrong with the arguments.
  if (problem instanceof CommanderError) return problem.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (problem instanceof CliError || problem instanceof InputError) {
    io.err(`pxtr: ${problem.message}\n`);
    if (problem.hint !== undefined) io.err(`${problem.hint}\n`);
    return problem instanceof InputError ? EXIT.usage : problem.exitCode;
  }
  // What the engine refuses, for lack of room or of a module, says itself what is wrong.
  const message = problem instanceof EngineError ? problem.message : internalMessage(problem);
  io.err(`pxtr: ${message}\n`);
  return EXIT.failed;
}

/** An error nobody expected is a bug: say so, and where it is. */
export function internalMessage(problem: unknown): string {
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  return `internal error, please report it\n${text}`;
}
