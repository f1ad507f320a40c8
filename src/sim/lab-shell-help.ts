/** `?` and Tab in a lab shell: commands of the shell beside those of the console. */
import { complete, helpFor, type Completion, type LineContext } from '../ios/complete.ts';
import { argumentsOf, SHELL_COMMANDS, type ShellNames } from './lab-shell-command.ts';

/** What `?` prints behind a line. */
export function shellHelp(line: string, context: LineContext): string[] {
  const [word = '', ...rest] = line.trimStart().split(/\s+/);
  const entry = SHELL_COMMANDS.find((each) => each.word === word);
  if (entry !== undefined && rest.length > 0) return [`  ${entry.usage}`, `  ${entry.help}`];
  const ios = helpFor(line, context);
  if (line.trim() === '') return context.mode.kind === 'exec' ? [...ios, ...shellCommands()] : ios;
  const choices = choicesFor(line, context);
  return choices.length === 0 ? ios : [choices.join('  ')];
}

/** The words of the console and of the shell that a line of one word may begin; none when the shell has none. */
export function choicesFor(line: string, context: LineContext): readonly string[] {
  const begun = /^\s*\S+$/.test(line)
    ? SHELL_COMMANDS.filter(({ word }) => word.startsWith(line.trim())).map(({ word }) => word)
    : [];
  if (begun.length === 0) return [];
  const ios = helpFor(line, context);
  return [...(ios[0]?.startsWith('%') === true ? [] : ios.join('').split('  ')), ...begun].sort();
}

/** What Tab makes of a line; `prefix` stands in front of it and stays. */
export function shellComplete(
  line: string,
  context: LineContext,
  names: ShellNames,
  prefix: string,
): Completion {
  const [, start = '', word] = /^(\s*(\S+)\s+)\S*$/.exec(line) ?? [];
  const own = word === undefined ? [] : argumentsOf(word, names);
  if (own.length > 0) return completeFrom(line, start, own, prefix);
  const ios = complete(line, context);
  if (ios.line !== line || ios.candidates.length > 0) return { ...ios, line: prefix + ios.line };
  const words = /^\s*\S+$/.test(line) ? SHELL_COMMANDS.map((each) => each.word) : [];
  return completeFrom(line, '', words, prefix);
}

function shellCommands(): string[] {
  const width = Math.max(...SHELL_COMMANDS.map(({ usage }) => usage.length));
  return ['Lab commands:', ...SHELL_COMMANDS.map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`)];
}

/** The words that may follow `start` are `words`. */
function completeFrom(line: string, start: string, words: readonly string[], prefix: string): Completion {
  const partial = line.slice(start.length).trimStart();
  const fitting = words.filter((word) => word.startsWith(partial));
  if (fitting.length === 1) return { line: `${prefix}${start}${fitting[0]!} `, candidates: [] };
  return { line: prefix + line, candidates: fitting };
}
