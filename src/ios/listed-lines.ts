/** Lists of lines that are no commands, but known. */
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { matchTokens, type Matched } from './match.ts';
import { compilePattern, describeElement, type Pattern } from './pattern.ts';

export interface ListedLine {
  readonly mode: Mode;
  /** See pattern.ts; behind `+ ` only without `no`, behind `- ` only with it. */
  readonly pattern: string;
  /** It opens a block, or begins a text between two delimiters: what is inside goes with it. */
  readonly opens?: 'block' | 'text';
}

/** `router lisp` and the blocks of IOS XE that hold LISP lines. */
export const LISP_MODES: readonly Mode[] = [
  'lisp',
  'eid-table',
  'instance',
  'service-ipv4',
  'service-ipv6',
  'instance-service-ipv4',
  'instance-service-ipv6',
];

/** The pattern with words in front, behind its sign. */
export function behind(words: string, pattern: string): string {
  return pattern.replace(/^([+-] )?/, (sign) => `${sign}${words} `);
}

export interface CompiledLine<T> {
  readonly item: T;
  readonly pattern: Pattern;
  readonly sign: '+' | '-' | undefined;
  /** Words it may begin with, in lower case. */
  readonly first: ReadonlySet<string>;
}

export function compileLines<T extends ListedLine>(lines: readonly T[]): CompiledLine<T>[] {
  return lines.map((item) => {
    const [, sign, pattern] = /^(?:([+-]) )?(.*)$/.exec(item.pattern)!;
    const compiled = compilePattern(pattern!);
    const words = compiled.states[0]!.edges.flatMap(({ element }) => describeElement(element));
    return {
      item,
      pattern: compiled,
      sign: sign as '+' | '-' | undefined,
      first: new Set(words.map((word) => word.toLowerCase())),
    };
  });
}

/** The line of this mode's list. Keywords are written in full, as a running configuration has them. */
export function findLine<T extends ListedLine>(
  lines: readonly CompiledLine<T>[],
  { tokens }: Line,
  mode: Mode,
): { readonly item: T; readonly matched: readonly Matched[]; readonly isRemoval: boolean } | undefined {
  const [first] = tokens;
  const isRemoval = first !== undefined && !first.quoted && first.text.toLowerCase() === 'no';
  const words = isRemoval ? tokens.slice(1) : tokens;
  const word = words[0]?.text.toLowerCase() ?? '';
  const meant = lines.filter(
    ({ first: begins, sign, item }) =>
      item.mode === mode && begins.has(word) && sign !== (isRemoval ? '+' : '-'),
  );
  if (meant.length === 0) return undefined;
  const result = matchTokens(words, meant);
  return result.kind === 'match' && result.matched.every(isInFull)
    ? { item: result.item, matched: result.matched, isRemoval }
    : undefined;
}

function isInFull({ element, token, value }: Matched): boolean {
  const keyword = element.kind === 'parameter' || value.kind !== 'word' ? undefined : value.word;
  return keyword === undefined || keyword.toLowerCase() === token.text.toLowerCase();
}
