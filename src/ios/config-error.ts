import type { Line, Token } from './lexer.ts';

/** A span of the configuration text. */
export interface Place {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** Characters; 0 at the end of a line that should go on. */
  readonly length: number;
  /** The whole source line. */
  readonly text: string;
}

/** A mistake of the operator, located. */
export interface ConfigError extends Place {
  /** As IOS says it. */
  readonly message: string;
  /** What would be right. */
  readonly hint: string;
  readonly file?: string;
}

/** Something to tell that stops nothing. */
export interface Remark {
  readonly line: number;
  readonly message: string;
  /** The line was passed over. */
  readonly isIgnored?: true;
}

export function placeOf(line: Line, token: Token): Place {
  return { line: line.number, column: token.column, length: token.length, text: line.text };
}

/** From the first to the last word. */
export function placeOfLine(line: Line): Place {
  const [first, last] = [line.tokens[0], line.tokens.at(-1)];
  if (first === undefined || last === undefined) return placeOfEnd(line);
  const { column } = first;
  return { line: line.number, column, length: last.column + last.length - column, text: line.text };
}

/** Behind the last word. */
export function placeOfEnd(line: Line): Place {
  const last = line.tokens.at(-1);
  const column = last === undefined ? 1 : last.column + last.length;
  return { line: line.number, column, length: 0, text: line.text };
}

/** The source line, a caret under the bad word, what IOS would say, and a hint. */
export function formatConfigError(error: ConfigError, file = error.file ?? 'config'): string {
  const caretIndent = error.text.slice(0, error.column - 1).replace(/[^\t]/g, ' ');
  const lines = [`${file}:${error.line}:${error.column}`, error.text, `${caretIndent}^`, error.message];
  if (error.hint !== '') lines.push(`  ${error.hint}`);
  return lines.join('\n');
}
