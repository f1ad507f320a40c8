/** What may have been meant by a command that is none. */
import type { Command } from 'commander';
import { isNear, nearest } from '../ios/nearest.ts';
import { CliError, EXIT } from './io.ts';

const MESSAGE =
  /(?<problem>unknown (?:command|option) '(?<typed>[^']*)')(?:\n\(Did you mean (?:one of )?(?<words>[^?]*)\?\))?/;

const NO_SCENARIO = "missing required argument 'scenario'";

/** The way by npm as well: who typed `npm run lab` does not know the other command. */
function scenarioWords(names: readonly string[]): string {
  return [
    `Scenarios: ${names.join(', ')}, or a folder with a lab.yaml; pxtr lab list says what they are about`,
    'For example: pxtr lab run pxtr, and in a checkout: npm run lab -- pxtr',
  ].join('\n');
}

/**
 * An error of commander, of one of the program's commands, without suggestions that have little to do with what was
 * typed, which go far there. Instead: the commands of that name further down, the command that a scenario is for, or
 * else the commands there are.
 */
export function betterSuggestions(
  message: string,
  program: Command,
  scenarios: () => readonly string[],
  group: Command = program,
): string {
  if (message.includes(NO_SCENARIO)) return message.replace(NO_SCENARIO, `$&\n${scenarioWords(scenarios())}`);
  return message.replace(MESSAGE, (_, problem: string, typed: string, words?: string) => {
    const near = (words?.split(', ') ?? []).filter((word) => isNear(bare(typed), bare(word)));
    const meant = near.length > 0 ? near : elsewhere(typed, program, scenarios);
    if (meant.length > 0)
      return `${problem}\n(Did you mean ${meant.length > 1 ? 'one of ' : ''}${meant.join(', ')}?)`;
    return problem.startsWith('unknown command') ? `${problem}\n${commandsOf(group)}` : problem;
  });
}

function commandsOf({ commands }: Command): string {
  return `Commands: ${commands.map((command) => command.name()).join(', ')}`;
}

/**
 * The arguments without a wish for help, where they name a command that is none: commander would print the help of
 * the command above, as if that were the answer.
 */
export function withoutIdleHelp(args: readonly string[], program: Command): readonly string[] {
  const words = args.filter((arg) => !arg.startsWith('-'));
  let above = program;
  for (const word of words) {
    const found = above.commands.find((command) => command.name() === word);
    if (found === undefined && (above.commands.length === 0 || takesWords(above))) return args;
    if (found === undefined)
      return word === 'help' ? args : args.filter((arg) => arg !== '--help' && arg !== '-h');
    above = found;
  }
  return args;
}

/** Whether a word that is no command goes to the command that stands for the group, as `pxtr learn 1`. */
function takesWords(group: Command): boolean {
  // Commander tells nobody but itself.
  return typeof Reflect.get(group, '_defaultCommandName') === 'string';
}

/** Dashes tell nothing: every option has them. */
function bare(word: string): string {
  return word.toLowerCase().replace(/^--?/, '');
}

function elsewhere(typed: string, program: Command, scenarios: () => readonly string[]): string[] {
  const groups = program.commands.filter(({ commands }) => commands.length > 0);
  const below = groups.flatMap((group) =>
    group.commands
      .filter((command) => command.name() === typed)
      .map((command) => `${program.name()} ${group.name()} ${command.name()}`),
  );
  if (below.length > 0 || typed.startsWith('-') || !scenarios().includes(typed)) return below;
  return [`${program.name()} lab run ${typed}`];
}

/** The command that `help WORD ...` is about. @throws CliError when there is none */
export function commandCalled(words: readonly string[], program: Command): Command {
  return words.reduce((above, word) => {
    const names = above.commands.map((command) => command.name());
    const found = above.commands.find((command) => command.name() === word);
    if (found !== undefined) return found;
    const meant = nearest(word, names);
    throw new CliError(
      `there is no command "${word}"${meant === undefined ? '' : ` - did you mean ${meant}?`}`,
      EXIT.usage,
      names.length === 0 ? undefined : commandsOf(above),
    );
  }, program);
}
