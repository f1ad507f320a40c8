import { err, ok, type Result } from '../base/result.ts';
import type { RouterOptions } from '../router/options.ts';
import { optionsOf } from './apply.ts';
import { Args, type Findings } from './args.ts';
import { checkDraft } from './check.ts';
import { placeOfEnd, type ConfigError, type Remark } from './config-error.ts';
import { DEFAULT_HOSTNAME, draftOf, type Draft } from './draft.ts';
import { MODES, type AnyCommand, type Mode } from './grammar.ts';
import { lexText, type Line, type Token } from './lexer.ts';
import { explainMismatch } from './mistake.ts';
import { matchInMode, type Mistake, type Selected } from './select.ts';
import { warningsOf } from './warn.ts';

export interface ParsedConfig {
  readonly options: RouterOptions;
  /** Prefixes that were normalised. */
  readonly notices: readonly Remark[];
  /** What is allowed but probably not meant. */
  readonly warnings: readonly Remark[];
}

export interface ParseSettings {
  /** Named in the errors. */
  readonly file?: string;
  /** What the lines change; default: an empty configuration. */
  readonly base?: RouterOptions;
}

const EMPTY: RouterOptions = { hostname: DEFAULT_HOSTNAME, interfaces: [], staticRoutes: [] };

/** An open mode. The scope is undefined in a block that was refused: its lines are read but change nothing. */
interface Frame {
  readonly mode: Mode;
  readonly scope: unknown;
}

/** Reads a configuration, or lines that change one. Every error of the text is reported. Never throws. */
export function parseConfig(text: string, settings: ParseSettings = {}): Result<ParsedConfig, ConfigError[]> {
  const draft = draftOf(settings.base ?? EMPTY);
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const lines = lexText(text).filter(({ tokens }) => tokens.length > 0);
  readLines(lines, draft, findings);
  const last = placeOfEnd(lines.at(-1) ?? { number: 1, text: '', tokens: [] });
  const semantic = checkDraft(draft, findings.errors.length === 0, last);
  const errors = [...findings.errors, ...semantic]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map((error) => (settings.file === undefined ? error : { ...error, file: settings.file }));
  if (errors.length > 0) return err(errors);
  const warnings = [...findings.warnings, ...warningsOf(draft, last)].sort((a, b) => a.line - b.line);
  return ok({ options: optionsOf(draft), notices: findings.notices, warnings });
}

function readLines(lines: readonly Line[], draft: Draft, findings: Findings): void {
  let stack: Frame[] = [{ mode: 'global', scope: draft }];
  /** Lines indented deeper than this belong to a block whose first line was not understood. */
  let lostIndent = Infinity;
  for (const line of lines) {
    const indent = line.tokens[0]!.column;
    if (indent > lostIndent) continue;
    lostIndent = Infinity;
    const leaving = leave(line.tokens);
    if (leaving !== undefined) {
      stack = leaving === 'end' ? stack.slice(0, 1) : stack.slice(0, Math.max(1, stack.length - 1));
      continue;
    }
    const selected = selectCommand(line, stack);
    if (selected.kind === 'mistake') {
      findings.errors.push(explainMismatch(line, selected.mode, selected.mismatch));
      const opener = selected.mismatch.items.find(({ opens }) => opens !== undefined);
      // A block that was meant to be opened is read for its errors; one of an unknown kind is passed over.
      if (
        opener?.opens !== undefined &&
        selected.mismatch.index > 0 &&
        isMeant(opener, selected.mismatch.index)
      )
        stack = [...framesDownTo(stack, opener.mode), { mode: opener.opens, scope: undefined }];
      else lostIndent = indent;
    } else {
      stack = framesDownTo(stack, selected.mode);
      const opened = execute(selected, line, stack.at(-1)!.scope, findings);
      if (opened !== undefined) stack = [...stack, opened];
    }
  }
}

/** The opener's keywords were right and only its parameter is not. */
function isMeant(opener: AnyCommand, index: number): boolean {
  const keywords = opener.patterns[0]!.text.split(' ').filter((word) => !word.startsWith('<'));
  return index >= keywords.length;
}

function execute(selected: Selected, line: Line, scope: unknown, findings: Findings): Frame | undefined {
  const { command, matched, isRemoval } = selected;
  // In a refused block the handler is not run: what it would change does not exist.
  if (scope === undefined)
    return command.opens === undefined || isRemoval ? undefined : { mode: command.opens, scope: undefined };
  const args = new Args(line, matched, findings);
  if (isRemoval) command.remove!(scope, args);
  else if (command.opens === undefined) command.apply(scope, args);
  else return { mode: command.opens, scope: command.open(scope, args) };
  return undefined;
}

/** The command of the innermost mode that knows the line, as IOS does it; else the mismatch that got furthest. */
function selectCommand(line: Line, stack: readonly Frame[]): Selected | Mistake {
  let best: Mistake | undefined;
  for (let mode: Mode | undefined = stack.at(-1)!.mode; mode !== undefined; mode = MODES[mode].parent) {
    const selected = matchInMode(line.tokens, mode);
    if (selected.kind === 'command') return selected;
    const isFurther = best !== undefined && selected.mismatch.index > best.mismatch.index;
    if (best === undefined || (isFurther && best.mismatch.kind !== 'ambiguous')) best = selected;
  }
  return best!;
}

function framesDownTo(stack: readonly Frame[], mode: Mode): Frame[] {
  return stack.slice(0, stack.findLastIndex((frame) => frame.mode === mode) + 1);
}

function leave(tokens: readonly Token[]): 'end' | 'exit' | undefined {
  const word = tokens[0]!;
  if (tokens.length !== 1 || word.quoted) return undefined;
  const text = word.text.toLowerCase();
  return text === 'end' || text === 'exit' ? text : text === 'quit' ? 'exit' : undefined;
}
