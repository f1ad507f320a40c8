/** A word of a configuration line. */
export interface Token {
  readonly text: string;
  /** Counted from 1. */
  readonly column: number;
  /** Characters in the source, quotes included. */
  readonly length: number;
  /** Written in double quotes: never a keyword. */
  readonly quoted: boolean;
}

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** A JSON string that ends where the word ends. */
const QUOTED = /"(?:[^"\\]|\\.)*"(?=\s|$)/y;
const WORD = /\S+/y;
const SPACE = /\s*/y;

/**
 * Splits a line at white space. A word that starts with `!` starts a comment. A word in double quotes is read as a
 * JSON string, so that keys and names may hold anything.
 */
export function lexLine(text: string, number: number): Line {
  const tokens: Token[] = [];
  let at = skip(SPACE, text, 0);
  while (at < text.length && text[at] !== '!') {
    const quoted = text[at] === '"' ? skip(QUOTED, text, at) : at;
    const content = quoted > at ? unquote(text.slice(at, quoted)) : undefined;
    const end = content === undefined ? skip(WORD, text, at) : quoted;
    tokens.push({
      text: content ?? text.slice(at, end),
      column: at + 1,
      length: end - at,
      quoted: content !== undefined,
    });
    at = skip(SPACE, text, end);
  }
  return { number, text, tokens };
}

export function lexText(text: string): Line[] {
  return text.split(/\r\n|\r|\n/).map((line, i) => lexLine(line, i + 1));
}

/** The word as it must be written so that the lexer reads `text` again. */
export function quoteWord(text: string): string {
  const plain =
    text !== '' && !/[\s\p{Cc}\p{Cs}]/u.test(text) && !text.startsWith('!') && !text.startsWith('"');
  return plain ? text : JSON.stringify(text);
}

function unquote(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

/** Where a sticky pattern that matches at `from` ends; `from` when it does not match. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
