/** Lists of lines that are no commands, but known. */
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { matchTokens, type Matched } from './match.ts';
import { compilePattern, type Pattern } from './pattern.ts';

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
}

export function compileLines<T extends ListedLine>(lines: readonly T[]): CompiledLine<T>[] {
  return lines.map((item) => {
    const [, sign, pattern] = /^(?:([+-]) )?(.*)$/.exec(item.pattern)!;
    return { item, pattern: compilePattern(pattern!), sign: sign as '+' | '-' | undefined };
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
  for (const mode of modes) {
    const here = lines.filter(({ item, sign }) => item.mode === mode && sign !== (isRemoval ? '+' : '-'));
    const result = matchTokens(isRemoval ? tokens.slice(1) : tokens, here);
    if (result.kind === 'match' && result.matched.every(isInFull))
      return { item: result.item, matched: result.matched };
  }
  return undefined;
}

function isInFull({ element, token, value }: Matched): boolean {
  const keyword = element.kind === 'parameter' || value.kind !== 'word' ? undefined : value.word;
  return keyword === undefined || keyword.toLowerCase() === token.text.toLowerCase();
}
