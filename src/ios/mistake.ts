import { placeOf, placeOfEnd, type ConfigError, type Place } from './config-error.ts';
import { MODES, type AnyCommand, type Mode } from './grammar.ts';
import type { Line, Token } from './lexer.ts';
import type { Mismatch } from './match.ts';
import { nearest } from './nearest.ts';
import { describeElement, type Element } from './pattern.ts';
import { matchInMode } from './select.ts';

/** More alternatives than this are not listed. */
const LISTED = 8;
const AMBIGUOUS = '% Ambiguous command:';

/** The error of a configuration line that no command fits. */
export function explainMismatch(line: Line, mode: Mode, mismatch: Mismatch<AnyCommand>): ConfigError {
  const atStart = mismatch.index === (isNo(line.tokens[0]) ? 1 : 0);
  const hint = atStart ? hintAtStart(line, mode, mismatch) : undefined;
  return describeMismatch(line, mismatch, hint);
}

/** The error of any line that no pattern fits; `hint` replaces the usual one. */
export function describeMismatch(line: Line, mismatch: Mismatch<unknown>, hint?: string): ConfigError {
  const token = line.tokens[mismatch.index];
  if (token === undefined)
    return {
      ...placeOfEnd(line),
      message: '% Incomplete command.',
      hint: hint ?? expectation(mismatch.expected),
    };
  const place = placeOf(line, token);
  if (mismatch.kind === 'ambiguous') return ambiguous(place, token, mismatch.reasons);
  const message = "% Invalid input detected at '^' marker.";
  return { ...place, message, hint: hint ?? hintFor(token, mismatch) };
}

function ambiguous(place: Place, { text }: Token, choices: readonly string[]): ConfigError {
  const message = `${AMBIGUOUS}  "${text}"`;
  return { ...place, message, hint: `it could be ${choices.join(' or ')}` };
}

/** The error is about a word that begins several commands. */
export function isAmbiguous({ message }: ConfigError): boolean {
  return message.startsWith(AMBIGUOUS);
}

/**
 * The error of a word that begins several of the words that leave configuration mode, and may begin commands too.
 * `end` and `exit` are no commands of the table: what they leave is the reader's business.
 */
export function ambiguousLeave(line: Line, mode: Mode, leaving: readonly string[]): ConfigError {
  const token = line.tokens[0]!;
  const begun = keywords(firstElements(mode)).filter((word) => word.startsWith(token.text.toLowerCase()));
  return ambiguous(placeOf(line, token), token, [...new Set([...begun, ...leaving])].sort());
}

function hintFor(token: Token, { kind, expected, reasons }: Mismatch<unknown>): string {
  if (kind === 'repeated') return `"${token.text}" was given already`;
  const [reason] = reasons;
  if (reason !== undefined) return reason;
  const meant = suggestion(token, expected);
  return meant === undefined ? expectation(expected) : `did you mean "${meant}"?`;
}

/** The first word is wrong: it is misspelt, or belongs to another mode. */
function hintAtStart(line: Line, mode: Mode, mismatch: Mismatch<AnyCommand>): string | undefined {
  if (line.tokens[mismatch.index] === undefined || mismatch.kind !== 'invalid') return undefined;
  const token = line.tokens[mismatch.index]!;
  if (/^exit-/i.test(token.text)) return 'the block that it closes is not open; "exit" leaves this mode';
  for (const other of Object.keys(MODES) as Mode[])
    if (!chain(mode).includes(other) && matchInMode(line.tokens, other).kind === 'command')
      return `this belongs in "${MODES[other].entry}"`;
  const here = chain(mode).flatMap(firstElements);
  const meant =
    suggestion(token, here) ?? suggestion(token, (Object.keys(MODES) as Mode[]).flatMap(firstElements));
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return `no command of ${MODES[mode].prompt} begins so; expected ${oneOf(keywords(mode === 'global' ? here : firstElements(mode)))}`;
}

const FIRST_ELEMENTS = new Map<Mode, readonly Element[]>();

/** What a line of the mode may begin with: always the same, so it is found once. */
function firstElements(mode: Mode): readonly Element[] {
  const known = FIRST_ELEMENTS.get(mode);
  if (known !== undefined) return known;
  const found = matchInMode([], mode);
  const elements = found.kind === 'mistake' ? found.mismatch.expected : [];
  // Every line has its own elements; one of each word will do.
  const words = new Map(elements.map((element) => [describeElement(element).join(' '), element]));
  FIRST_ELEMENTS.set(mode, [...words.values()]);
  return firstElements(mode);
}

function chain(mode: Mode): Mode[] {
  const { parent } = MODES[mode];
  return parent === undefined ? [mode] : [mode, ...chain(parent)];
}

function suggestion(token: Token, expected: readonly Element[]): string | undefined {
  return token.quoted ? undefined : nearest(token.text, keywords(expected));
}

function keywords(elements: readonly Element[]): string[] {
  return [
    ...new Set(elements.flatMap((element) => (element.kind === 'parameter' ? [] : describeElement(element)))),
  ];
}

function expectation(expected: readonly Element[]): string {
  const all = [...new Set(expected.flatMap(describeElement))];
  return all.length === 0 ? 'nothing more is expected here' : `expected ${oneOf(all)}`;
}

function oneOf(words: readonly string[]): string {
  if (words.length === 1) return /^[a-z]/.test(words[0]!) ? `"${words[0]!}"` : words[0]!;
  const shown = words.slice(0, LISTED);
  return `one of: ${shown.join(', ')}${words.length > LISTED ? ', ...' : ''}`;
}

function isNo(token: Token | undefined): boolean {
  return token !== undefined && !token.quoted && token.text.toLowerCase() === 'no';
}
