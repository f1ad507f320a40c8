/** Reads configuration lines one after the other into a draft: which mode is open, and what each line changes. */
import { Args, type Findings } from './args.ts';
import type { Draft } from './draft.ts';
import { MODES, type AnyCommand, type Mode } from './grammar.ts';
import { ignoredIn } from './ignored.ts';
import type { Line, Token } from './lexer.ts';
import { explainMismatch } from './mistake.ts';
import { matchInMode, type Mistake, type Selected } from './select.ts';
import { unsupportedIn } from './unsupported.ts';

/** An open mode. The scope is undefined in a block that was refused: its lines are read but change nothing. */
interface Frame {
  readonly mode: Mode;
  readonly scope: unknown;
  /** The line that opened it; absent for global mode. */
  readonly line?: Line;
}

/** What a line did to the modes. */
export type ReadOutcome =
  /** A command of an open mode, or a mistake that was reported. */
  | 'read'
  /** `end`, or `exit` in global mode: configuration is over. */
  | 'left';

/** Configuration mode over a draft that it changes in place. Starts in global mode. */
export class LineReader {
  readonly #findings: Findings;
  #stack: Frame[];
  /** Lines indented deeper than this belong to a block whose first line was not understood. */
  #lostIndent = Infinity;

  constructor(draft: Draft, findings: Findings) {
    this.#findings = findings;
    this.#stack = [{ mode: 'global', scope: draft }];
  }

  /** The innermost open mode. */
  get mode(): Mode {
    return this.#stack.at(-1)!.mode;
  }

  /** The lines that opened the modes below global, outermost first: reading them again leads back here. */
  get path(): readonly Line[] {
    return this.#stack.flatMap(({ line }) => (line === undefined ? [] : [line]));
  }

  /** Reads a line with at least one word. */
  read(line: Line): ReadOutcome {
    const indent = line.tokens[0]!.column;
    if (indent > this.#lostIndent) return 'read';
    this.#lostIndent = Infinity;
    const depth = depthAfterLeaving(line.tokens, this.#stack);
    if (depth !== undefined) {
      this.#stack = this.#stack.slice(0, Math.max(1, depth));
      return depth === 0 ? 'left' : 'read';
    }
    const selected = selectCommand(line, this.#stack);
    const modes = modesOf(this.mode);
    const unsupported = selected.kind === 'mistake' ? unsupportedIn(line, modes) : undefined;
    const ignored =
      selected.kind === 'mistake' && unsupported === undefined ? ignoredIn(line, modes) : undefined;
    if (unsupported !== undefined) {
      this.#findings.errors.push(unsupported);
      this.#lostIndent = indent;
    } else if (ignored !== undefined) {
      this.#findings.notices.push({ line: line.number, message: ignored.message });
      this.#stack = framesDownTo(this.#stack, ignored.mode);
      if (ignored.isBlock) this.#lostIndent = indent;
    } else if (selected.kind === 'mistake') {
      this.#findings.errors.push(explainMismatch(line, selected.mode, selected.mismatch));
      const opener = selected.mismatch.items.find(({ opens }) => opens !== undefined);
      // A block that was meant to be opened is read for its errors; one of an unknown kind is passed over.
      if (
        opener?.opens !== undefined &&
        selected.mismatch.index > 0 &&
        isMeant(opener, selected.mismatch.index)
      )
        this.#stack = [
          ...framesDownTo(this.#stack, opener.mode),
          { mode: opener.opens, scope: undefined, line },
        ];
      else this.#lostIndent = indent;
    } else {
      this.#stack = framesDownTo(this.#stack, selected.mode);
      const opened = execute(selected, line, this.#stack.at(-1)!.scope, this.#findings);
      if (opened !== undefined) this.#stack = [...this.#stack, opened];
    }
    return 'read';
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
    return command.opens === undefined || isRemoval
      ? undefined
      : { mode: command.opens, scope: undefined, line };
  const args = new Args(line, matched, findings);
  if (isRemoval) command.remove!(scope, args);
  else if (command.opens === undefined) command.apply(scope, args);
  else return { mode: command.opens, scope: command.open(scope, args), line };
  return undefined;
}

/** The command of the innermost mode that knows the line, as IOS does it; else the mismatch that got furthest. */
function selectCommand(line: Line, stack: readonly Frame[]): Selected | Mistake {
  let best: Mistake | undefined;
  for (const mode of modesOf(stack.at(-1)!.mode)) {
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

/** The open modes that remain after `end`, `exit` and the like: 0 when configuration is over. */
function depthAfterLeaving(tokens: readonly Token[], stack: readonly Frame[]): number | undefined {
  const word = tokens[0]!;
  if (tokens.length !== 1 || word.quoted) return undefined;
  const text = word.text.toLowerCase();
  if (text.length > 1 && 'end'.startsWith(text)) return 0;
  if (text === 'quit' || (text.length > 1 && 'exit'.startsWith(text))) return stack.length - 1;
  // `exit-eid-table` closes that block and all that is open inside.
  const isNamed = text.startsWith('exit-');
  const named = stack.findLastIndex(({ mode }) => MODES[mode].exitWord?.startsWith(text) === true);
  return isNamed && named >= 0 ? named : undefined;
}

/** A mode and those around it. */
function modesOf(mode: Mode): Mode[] {
  const { parent } = MODES[mode];
  return parent === undefined ? [mode] : [mode, ...modesOf(parent)];
}
