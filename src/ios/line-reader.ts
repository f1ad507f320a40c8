/** Reads configuration lines one after the other into a draft: which mode is open, and what each line changes. */
import { Args, type Findings } from './args.ts';
import { openDelimiter } from './banner.ts';
import { placeOfLine, type ConfigError } from './config-error.ts';
import type { Draft } from './draft.ts';
import { MODES, type AnyCommand, type Mode } from './grammar.ts';
import { ignoredIn, type Ignored } from './ignored.ts';
import type { Line, Token } from './lexer.ts';
import { ambiguousLeave, explainMismatch } from './mistake.ts';
import { matchInMode, type Mistake, type Selected } from './select.ts';
import { unsupportedIn } from './unsupported.ts';

/** An open mode. The scope is undefined in a block that was refused: its lines are read but change nothing. */
interface Frame {
  readonly mode: Mode;
  readonly scope: unknown;
  /** The line that opened it; absent for global mode. */
  readonly line?: Line;
}

/** Lines that belong to one that was passed over, or was not understood. */
interface Passed {
  /** Lines indented deeper than this; 1 is no indentation. */
  readonly indent: number;
  /** Every line up to one that holds this, instead. */
  readonly until?: string | undefined;
  /** The line that began it; absent when it was a mistake. */
  readonly opener?: Line;
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
  #passed: Passed | undefined;

  constructor(draft: Draft, findings: Findings) {
    this.#findings = findings;
    this.#stack = [{ mode: 'global', scope: draft }];
  }

  /** The innermost open mode. */
  get mode(): Mode {
    return this.#stack.at(-1)!.mode;
  }

  /**
   * The lines that opened the modes below global, outermost first, and the one whose block is being passed over:
   * reading them again leads back here.
   */
  get path(): readonly Line[] {
    const openers = this.#stack.flatMap(({ line }) => (line === undefined ? [] : [line]));
    return this.#passed?.opener === undefined ? openers : [...openers, this.#passed.opener];
  }

  read(line: Line): ReadOutcome {
    const passed = this.#passed;
    if (passed !== undefined && isInside(line, passed)) {
      if (passed.until !== undefined && line.text.includes(passed.until)) this.#passed = undefined;
      return 'read';
    }
    if (line.tokens.length === 0) return 'read';
    const indent = line.tokens[0]!.column;
    this.#passed = undefined;
    const isPassingOver = passed?.opener !== undefined;
    const depth = depthAfterLeaving(line.tokens, this.#stack, isPassingOver);
    if (depth !== undefined) {
      this.#stack = this.#stack.slice(0, Math.max(1, depth));
      return depth === 0 ? 'left' : 'read';
    }
    const leaving = wordsThatLeave(line.tokens[0]!);
    if (leaving.length > 1) {
      this.#findings.errors.push(ambiguousLeave(line, this.mode, leaving));
      this.#passed = passed?.opener === undefined ? { indent } : passed;
      return 'read';
    }
    const selected = selectCommand(line, this.#stack);
    const { ignored, unsupported } =
      selected.kind === 'mistake' ? listedLine(line, modesOf(this.mode), isPassingOver) : {};
    if (unsupported !== undefined) {
      this.#findings.errors.push(unsupported);
      this.#passed = { indent };
    } else if (ignored !== undefined) {
      const { message, isDoubtful } = ignored;
      if (isDoubtful) this.#findings.warnings.push({ line: line.number, message });
      else this.#findings.notices.push({ line: line.number, message, isIgnored: true });
      this.#stack = framesDownTo(this.#stack, ignored.mode);
      this.#passed = passedBehind(line, ignored.opens, passed);
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
      else this.#passed = { indent };
    } else {
      this.#stack = framesDownTo(this.#stack, selected.mode);
      const opened = execute(selected, line, this.#stack.at(-1)!.scope, this.#findings);
      if (opened !== undefined) this.#stack = [...this.#stack, opened];
    }
    return 'read';
  }

  /** To be called behind the last line of a text. */
  finish(): void {
    const { opener, until } = this.#passed ?? {};
    if (opener !== undefined && until !== undefined)
      this.#findings.errors.push({
        ...placeOfLine(opener),
        message: '% The text of the banner does not end',
        hint: `"${until}" is expected at its end`,
      });
  }
}

function isInside({ tokens: [first] }: Line, { indent, until }: Passed): boolean {
  return until !== undefined || (first !== undefined && first.column > indent);
}

/** What goes with a line that was passed over. Lines of a block, typed without indentation, do not end it. */
function passedBehind(
  line: Line,
  opens: 'block' | 'text' | undefined,
  around: Passed | undefined,
): Passed | undefined {
  const indent = line.tokens[0]!.column;
  if (opens === 'block') return { indent, opener: line };
  if (opens === undefined) return around?.opener === undefined ? undefined : around;
  const until = openDelimiter(line);
  return until === undefined ? undefined : { indent, until, opener: line };
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

/** What the lists say of a line that is no command; the innermost mode that lists it answers. */
function listedLine(
  line: Line,
  modes: readonly Mode[],
  isPassingOver: boolean,
): { readonly ignored?: Ignored; readonly unsupported?: ConfigError } {
  for (const mode of modes) {
    const ignored = ignoredIn(line, mode, isPassingOver);
    if (ignored !== undefined) return { ignored };
    const unsupported = unsupportedIn(line, mode);
    if (unsupported !== undefined) return { unsupported };
  }
  return {};
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
function depthAfterLeaving(
  tokens: readonly Token[],
  stack: readonly Frame[],
  isPassingOver: boolean,
): number | undefined {
  const word = tokens[0]!;
  if (tokens.length !== 1 || word.quoted) return undefined;
  const text = word.text.toLowerCase();
  if (text.length > 1 && 'end'.startsWith(text)) return 0;
  // A block that is passed over is left like a mode.
  const deepest = isPassingOver ? stack.length : stack.length - 1;
  if (text === 'quit' || (text.length > 1 && 'exit'.startsWith(text))) return deepest;
  // `exit-eid-table` closes that block and all that is open inside.
  const isNamed = text.startsWith('exit-');
  const named = stack.findLastIndex(({ mode }) => MODES[mode].exitWord?.startsWith(text) === true);
  return isNamed && named >= 0 ? named : undefined;
}

/** The words that leave a mode, in full and however they are abbreviated. */
function wordsThatLeave({ text, quoted }: Token): string[] {
  return quoted ? [] : ['end', 'exit'].filter((word) => word.startsWith(text.toLowerCase()));
}

/** A mode and those around it. */
function modesOf(mode: Mode): Mode[] {
  const { parent } = MODES[mode];
  return parent === undefined ? [mode] : [mode, ...modesOf(parent)];
}
