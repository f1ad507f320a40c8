import { err, ok, type Result } from '../base/result.ts';

/** What is wrong with a filter, and where: characters [start, end) of its text. */
export interface FilterError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** What to write instead. */
  readonly hint?: string;
  /** A word that is not known, and those that are: for guessing what was meant. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] };
}

/** Comparison, after its spelling. */
export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'matches' | 'in';

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'word' | 'string'; readonly text: string }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'and' | 'or' | 'not' | '(' | ')' | '{' | '}' | ',' | 'end' }
);

/** Longest first. */
const SYMBOLS: readonly (readonly [text: string, token: { kind: string; relation?: Relation }])[] = [
  ['&&', { kind: 'and' }],
  ['||', { kind: 'or' }],
  ['==', { kind: 'relation', relation: '==' }],
  ['!=', { kind: 'relation', relation: '!=' }],
  ['<=', { kind: 'relation', relation: '<=' }],
  ['>=', { kind: 'relation', relation: '>=' }],
  ['<', { kind: 'relation', relation: '<' }],
  ['>', { kind: 'relation', relation: '>' }],
  ['~', { kind: 'relation', relation: 'matches' }],
  ['!', { kind: 'not' }],
  ['(', { kind: '(' }],
  [')', { kind: ')' }],
  ['{', { kind: '{' }],
  ['}', { kind: '}' }],
  [',', { kind: ',' }],
];

const WORDS = new Map<string, { kind: string; relation?: Relation }>([
  ['and', { kind: 'and' }],
  ['or', { kind: 'or' }],
  ['not', { kind: 'not' }],
  ['eq', { kind: 'relation', relation: '==' }],
  ['ne', { kind: 'relation', relation: '!=' }],
  ['lt', { kind: 'relation', relation: '<' }],
  ['le', { kind: 'relation', relation: '<=' }],
  ['gt', { kind: 'relation', relation: '>' }],
  ['ge', { kind: 'relation', relation: '>=' }],
  ['contains', { kind: 'relation', relation: 'contains' }],
  ['matches', { kind: 'relation', relation: 'matches' }],
  ['in', { kind: 'relation', relation: 'in' }],
]);

/** Names, numbers, addresses, prefixes: what needs no quotes. */
const WORD = /[\p{L}\p{N}_.:/*@%+-]+/uy;
/** What people write for an operator that has another form here. */
const NEARLY: Readonly<Record<string, string>> = { '=': '==', '&': '&&', '|': '||' };

/** The last token is of kind 'end'. */
export function lexFilter(text: string): Result<readonly Token[], FilterError> {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const character = text[at]!;
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    if (character === '"' || character === "'") {
      const string = readString(text, at);
      if (string === undefined) return err({ message: 'the quote is not closed', start, end: text.length });
      at = string.end;
      tokens.push({ kind: 'string', text: string.text, start, end: at });
      continue;
    }
    const symbol = SYMBOLS.find(([spelling]) => text.startsWith(spelling, at));
    if (symbol !== undefined) {
      at += symbol[0].length;
      tokens.push({ ...symbol[1], start, end: at } as Token);
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) {
      const wanted = NEARLY[character];
      const hint = wanted === undefined ? 'text with such characters goes into quotes' : `write ${wanted}`;
      return err({ message: `"${character}" has no meaning in a filter`, start, end: start + 1, hint });
    }
    at += word.length;
    const keyword = WORDS.get(word.toLowerCase());
    tokens.push(
      (keyword === undefined
        ? { kind: 'word', text: word, start, end: at }
        : { ...keyword, start, end: at }) as Token,
    );
  }
  tokens.push({ kind: 'end', start: text.length, end: text.length });
  return ok(tokens);
}

/** A backslash takes the next character as it is. */
function readString(
  text: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === text[start]) return { text: value, end: at + 1 };
    // Only quotes and backslashes need one: `\.` of a regular expression stays as it is.
    if (text[at] === '\\' && (text[at + 1] === text[start] || text[at + 1] === '\\')) at++;
    value += text[at];
  }
  return undefined;
}
