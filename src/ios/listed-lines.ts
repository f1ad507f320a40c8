/** Lists of lines that are no commands, but known. */
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { matchTokens, type Matched } from './match.ts';
import { compilePattern, describeElement, type Pattern } from './pattern.ts';

export interface ListedLine {
  readonly mode: Mode;
  /** See pattern.ts; behind `+ ` only without `no`, behind `- ` only with it. */
  readonly pattern: string;
  readonly isBlock?: boolean;
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

/** The innermost mode that lists the line answers. Keywords are written in full, as a running configuration has them. */
export function findLine<T extends ListedLine>(
  lines: readonly CompiledLine<T>[],
  { tokens }: Line,
  modes: readonly Mode[],
): { readonly item: T; readonly matched: readonly Matched[] } | undefined {
  const [first] = tokens;
  const isRemoval = first !== undefined && !first.quoted && first.text.toLowerCase() === 'no';
  const words = isRemoval ? tokens.slice(1) : tokens;
  const word = words[0]?.text.toLowerCase() ?? '';
  const meant = lines.filter(
    ({ first: begins, sign }) => begins.has(word) && sign !== (isRemoval ? '+' : '-'),
  );
  if (meant.length === 0) return undefined;
  for (const mode of modes) {
    const result = matchTokens(
      words,
      meant.filter(({ item }) => item.mode === mode),
    );
    if (result.kind === 'match' && result.matched.every(isInFull))
      return { item: result.item, matched: result.matched };
  }
  return undefined;
}

function isInFull({ element, token, value }: Matched): boolean {
  const keyword = element.kind === 'parameter' || value.kind !== 'word' ? undefined : value.word;
  return keyword === undefined || keyword.toLowerCase() === token.text.toLowerCase();
}
