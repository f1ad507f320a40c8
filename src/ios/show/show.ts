import { err, ok, type Result } from '../../base/result.ts';
import type { Micros } from '../../base/time.ts';
import type { RouterView } from '../../router/view.ts';
import { Args, type Findings } from '../args.ts';
import { placeOfLine, type ConfigError } from '../config-error.ts';
import type { ConsoleFacts } from '../console-facts.ts';
import { lexLine } from '../lexer.ts';
import { matchTokens } from '../match.ts';
import { describeMismatch } from '../mistake.ts';
import type { ShowCommand } from './command.ts';
import { LISP_COMMANDS } from './commands-lisp.ts';
import { SYSTEM_COMMANDS } from './commands-system.ts';

export type { ShowCommand } from './command.ts';

export const SHOW_COMMANDS: readonly ShowCommand[] = [...LISP_COMMANDS, ...SYSTEM_COMMANDS];

const CANDIDATES = SHOW_COMMANDS.map((item) => ({ pattern: item.pattern, item }));

/** Runs a `show` command, abbreviated or not; `sh ip lisp map-c` works. */
export function runShow(view: RouterView, now: Micros, commandText: string): Result<string[], ConfigError> {
  return runShowAt(undefined, view, now, commandText);
}

/** As `runShow`, with what belongs to the console it was typed at. */
export function runShowAt(
  facts: ConsoleFacts | undefined,
  view: RouterView,
  now: Micros,
  commandText: string,
): Result<string[], ConfigError> {
  const line = lexLine(commandText, 1);
  const result = matchTokens(line.tokens, CANDIDATES);
  if (result.kind !== 'match') return err(describeMismatch(line, result));
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const lines = result.item.run({ view, now, facts }, new Args(line, result.matched, findings));
  if (lines !== undefined) return ok([...lines]);
  return err(findings.errors[0] ?? { ...placeOfLine(line), message: '% Command refused.', hint: '' });
}
