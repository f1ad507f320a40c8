import { err, ok, type Result } from '../base/result.ts';
import type { RouterOptions } from '../router/options.ts';
import { Args, type Findings } from './args.ts';
import { placeOf, placeOfLine, type ConfigError } from './config-error.ts';
import type { ExecCommand } from './exec-command.ts';
import { EXEC_COMMANDS, type ExecEntry } from './exec-commands.ts';
import { MODES, type Mode } from './grammar.ts';
import { lexLine, type Line } from './lexer.ts';
import { matchTokens } from './match.ts';
import { describeMismatch, isAmbiguous } from './mistake.ts';
import type { NamedHost } from './named-host.ts';
import { splitFilter } from './output-filter.ts';
import { matchInMode } from './select.ts';

export type { ExecCommand } from './exec-command.ts';

/** Who types. */
export interface ExecSettings {
  /** False behind the prompt `>`; default true. */
  readonly privileged?: boolean;
  /** Nodes that may be named where packets are sent to; default none. */
  readonly hosts?: readonly NamedHost[];
}

const ALL = EXEC_COMMANDS.map((item) => ({ pattern: item.pattern, item }));
const UNPRIVILEGED = ALL.filter(({ item }) => item.privileged !== true);

/** The commands of exec mode, in the order of the table. */
export function execCommands(privileged: boolean): readonly ExecEntry[] {
  return (privileged ? ALL : UNPRIVILEGED).map(({ item }) => item);
}

/**
 * Reads a line typed in exec mode, abbreviated or not. Filters behind `|` are checked and left out of the result:
 * `splitFilter` gives them. `configure terminal ; LINE ; LINE` takes its lines with it. Interface names and own
 * addresses are resolved against `options`.
 */
export function parseExec(
  text: string,
  options: RouterOptions,
  { privileged = true, hosts = [] }: ExecSettings = {},
): Result<ExecCommand, ConfigError> {
  const configuration = privileged ? configurationLines(lexLine(text, 1)) : undefined;
  if (configuration !== undefined) return ok({ kind: 'configure', lines: configuration });
  const split = splitFilter(text);
  if (!split.ok) return split;
  const line = lexLine(split.value.command, 1);
  const result = matchTokens(line.tokens, privileged ? ALL : UNPRIVILEGED);
  if (result.kind !== 'match') {
    const hint = result.index === 0 ? hintAtStart(line, privileged) : undefined;
    return err({ ...describeMismatch(line, result, hint), text });
  }
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const command = result.item.read(new Args(line, result.matched, findings), options, hosts);
  if (command !== undefined) return ok(command);
  const [refusal] = findings.errors;
  return err({
    ...(refusal ?? { ...placeOfLine(line), message: '% Command refused.', hint: '' }),
    text,
  });
}

/** The command of exec mode that a line is, whatever its parameters lead to. */
function entryFor(text: string): ExecEntry | undefined {
  const split = splitFilter(text);
  if (!split.ok) return undefined;
  const { tokens } = lexLine(split.value.command, 1);
  const result = tokens.length === 0 ? undefined : matchTokens(tokens, ALL);
  return result?.kind === 'match' ? result.item : undefined;
}

/** What follows `configure terminal`, one line for each `;`; undefined when that is not the command. */
function configurationLines({ text, tokens }: Line): string[] | undefined {
  const end = tokens.findIndex((token) => token.text.startsWith(';'));
  const words = tokens.slice(0, end < 0 ? tokens.length : end);
  if (words.length === 0) return undefined;
  // Among all commands: `c` begins others as well.
  const result = matchTokens(words, ALL);
  if (result.kind !== 'match' || result.item.takesLines !== true) return undefined;
  if (end < 0) return [];
  const lines = text.slice(tokens[end]!.column).split(';');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** A line that is none of exec mode may be one of another. */
function hintAtStart({ text, tokens }: Line, privileged: boolean): string | undefined {
  if (tokens.length === 0) return undefined;
  if (!privileged && entryFor(text) !== undefined) return 'this needs "enable" first';
  const known = (Object.keys(MODES) as Mode[]).find((mode) => matchInMode(tokens, mode).kind === 'command');
  return known === undefined ? undefined : `this belongs in "${entryOf(known)}"`;
}

/** The hint under a configuration line that is a command of exec mode. */
export function hintForExecLine(line: Line, error: ConfigError): ConfigError {
  const [first] = line.tokens;
  const isFirst = first !== undefined && placeOf(line, first).column === error.column;
  // A word that could be several of this mode is not taken for one of another.
  const entry = isFirst && !isAmbiguous(error) ? entryFor(line.text) : undefined;
  if (entry === undefined) return error;
  const hint = entry.changesMode === true ? 'leave with "end" first' : `from here: do ${line.text.trim()}`;
  return { ...error, hint };
}

function entryOf(mode: Mode): string {
  return mode === 'global' ? MODES.global.entry : `${MODES.global.entry} / ${MODES[mode].entry}`;
}
