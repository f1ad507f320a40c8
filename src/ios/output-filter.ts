/** What follows `|` behind a command: `show running-config | section router lisp`. */
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigError } from './config-error.ts';
import { compileRegex, type RegularExpression } from './regular-expression.ts';

/** Filters in the order in which the lines pass them; at least one. */
export type OutputFilter = readonly FilterStep[];

export interface FilterStep {
  readonly keyword: FilterKeyword;
  readonly expression: RegularExpression;
}

/** Keywords and their help, in the order of `?`. */
export const FILTERS = [
  { keyword: 'begin', help: 'Begin with the line that matches' },
  { keyword: 'count', help: 'Count number of lines which match regexp' },
  { keyword: 'exclude', help: 'Exclude lines that match' },
  { keyword: 'include', help: 'Include lines that match' },
  { keyword: 'section', help: 'Filter a section of output' },
] as const;

export type FilterKeyword = (typeof FILTERS)[number]['keyword'];

/** A stretch of the typed line. */
interface Span {
  readonly text: string;
  /** Counted from 0. */
  readonly start: number;
}

/**
 * Takes the filters off a command line. They begin at the first `|` that starts a word outside double quotes; further
 * ones need white space on both sides, so that `a|b` stays a regular expression. An expression in double quotes may
 * hold anything.
 */
export function splitFilter(
  line: string,
): Result<{ readonly command: string; readonly filter?: OutputFilter }, ConfigError> {
  const [command, ...rest] = pieces(line);
  if (rest.length === 0) return ok({ command: line });
  const filter: FilterStep[] = [];
  for (const piece of rest) {
    const step = readStep(line, piece);
    if (!step.ok) return step;
    filter.push(step.value);
  }
  return ok({ command: command!.text.trimEnd(), filter });
}

/** Lines that are left; `count` makes one line of them. */
export function applyFilter(lines: readonly string[], filter: OutputFilter): string[] {
  return filter.reduce<string[]>(
    (left, { keyword, expression }) => {
      const fits = (line: string): boolean => expression.matches(line);
      switch (keyword) {
        case 'include':
          return left.filter(fits);
        case 'exclude':
          return left.filter((line) => !fits(line));
        case 'begin': {
          const first = left.findIndex(fits);
          return first < 0 ? [] : left.slice(first);
        }
        case 'count':
          return [`Number of lines which match regexp = ${left.filter(fits).length}`];
        case 'section':
          return sections(left, fits);
      }
    },
    [...lines],
  );
}

/** Every matching line with the lines below it that are indented deeper. */
function sections(lines: readonly string[], fits: (line: string) => boolean): string[] {
  /** Indentation of the line that opened the section. */
  let open = Infinity;
  return lines.filter((line) => {
    const indent = line.search(/\S/);
    if (indent > open) return true;
    open = indent >= 0 && fits(line) ? indent : Infinity;
    return open < Infinity;
  });
}

function pieces(line: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"' && line[at - 1] !== '\\') isQuoted = !isQuoted;
    const opensWord = at === 0 || /\s/.test(line[at - 1]!);
    const endsWord = found.length === 0 || at + 1 === line.length || /\s/.test(line[at + 1]!);
    if (line[at] !== '|' || isQuoted || !opensWord || !endsWord) continue;
    found.push({ text: line.slice(start, at), start });
    start = at + 1;
  }
  return [...found, { text: line.slice(start), start }];
}

function readStep(line: string, { text, start }: Span): Result<FilterStep, ConfigError> {
  const fail = (span: Span, message: string, hint: string): Result<FilterStep, ConfigError> =>
    err({ line: 1, column: span.start + 1, length: span.text.length, text: line, message, hint });
  const word = spanOf(/\S+/, text, start);
  const all = FILTERS.map(({ keyword }) => keyword).join(', ');
  if (word === undefined) {
    return fail({ text: '', start: start + text.length }, '% Incomplete command.', `expected one of: ${all}`);
  }
  const found = FILTERS.filter(({ keyword }) => keyword.startsWith(word.text.toLowerCase()));
  const keyword = found[0]?.keyword;
  if (keyword === undefined) {
    const hint = `expected one of: ${all}; in an expression | has no spaces: a|b`;
    return fail(word, "% Invalid input detected at '^' marker.", hint);
  }
  const after = word.start + word.text.length;
  const expression = expressionOf(line.slice(after, start + text.length), after);
  if (expression === undefined) {
    const end = start + text.trimEnd().length;
    return fail({ text: '', start: end }, '% Incomplete command.', 'expected a regular expression');
  }
  const compiled = compileRegex(expression.text);
  if (compiled.ok) return ok({ keyword, expression: compiled.value });
  const { at, why } = compiled.error;
  return fail({ text: ' ', start: expression.start + at }, '% Failed to compile regular expression.', why);
}

/** What is to be matched, without the quotes around it. */
function expressionOf(text: string, start: number): Span | undefined {
  const span = spanOf(/\S.*/, text.trimEnd(), start);
  const [, inner] = /^"(.+)"$/.exec(span?.text ?? '') ?? [];
  return inner === undefined ? span : { text: inner, start: span!.start + 1 };
}

function spanOf(pattern: RegExp, text: string, start: number): Span | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : { text: found[0], start: start + found.index };
}
