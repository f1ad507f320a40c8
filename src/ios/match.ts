import type { Token } from './lexer.ts';
import type { Element, Pattern } from './pattern.ts';
import { LINE, type Value } from './token-type.ts';

/** A word and the element of the pattern it was taken for. */
export interface Matched {
  readonly element: Element;
  readonly token: Token;
  /** The keyword in full, or the value of the parameter. */
  readonly value: Value;
}

export type MatchResult<T> =
  { readonly kind: 'match'; readonly item: T; readonly matched: readonly Matched[] } | Mismatch<T>;

/** Why no pattern fits. */
export interface Mismatch<T> {
  readonly kind: 'invalid' | 'ambiguous' | 'incomplete' | 'repeated';
  /** The first word that does not fit; the count of words when the line should go on. */
  readonly index: number;
  /** What would have fitted there. */
  readonly expected: readonly Element[];
  /** The near misses among the parameters, explained; for 'ambiguous' the keywords that begin so. */
  readonly reasons: readonly string[];
  /** The items whose patterns fit up to there. */
  readonly items: readonly T[];
}

interface Thread<T> {
  readonly item: T;
  readonly pattern: Pattern;
  readonly state: number;
  readonly matched: readonly Matched[];
}

/** What may follow words that fit. */
export interface Continuation<T> {
  readonly element: Element;
  readonly item: T;
  /** The command may end behind it. */
  readonly mayEnd: boolean;
}

/** What may follow; `done` are the items whose command may end here. */
export type Continuations<T> =
  | { readonly kind: 'fits'; readonly next: readonly Continuation<T>[]; readonly done: readonly T[] }
  | Mismatch<T>;

/**
 * Matches words against all patterns at once. A keyword is matched by an exact word before an abbreviation; an
 * abbreviation of several keywords that could stand here is ambiguous. When several patterns fit, the first wins.
 */
export function matchTokens<T>(
  tokens: readonly Token[],
  patterns: readonly { readonly pattern: Pattern; readonly item: T }[],
): MatchResult<T> {
  const walked = walk(tokens, patterns);
  if (walked.kind !== 'fits') return walked;
  const { threads } = walked;
  const done = threads.find(({ pattern, state }) => pattern.states[state]!.accepts);
  if (done !== undefined) return { kind: 'match', item: done.item, matched: done.matched };
  return {
    kind: 'incomplete',
    index: tokens.length,
    expected: expectedBy(threads),
    reasons: [],
    items: threads.map(({ item }) => item),
  };
}

/** What may be typed behind some words, in the order of the patterns. */
export function continuationsOf<T>(
  tokens: readonly Token[],
  patterns: readonly { readonly pattern: Pattern; readonly item: T }[],
): Continuations<T> {
  const walked = walk(tokens, patterns);
  if (walked.kind !== 'fits') return walked;
  const { threads } = walked;
  const accepts = ({ pattern }: Thread<T>, state: number): boolean => pattern.states[state]!.accepts;
  return {
    kind: 'fits',
    next: threads.flatMap((thread) =>
      freshEdges(thread).map(({ element, to }) => ({
        element,
        item: thread.item,
        mayEnd: accepts(thread, to),
      })),
    ),
    done: threads.filter((thread) => accepts(thread, thread.state)).map(({ item }) => item),
  };
}

function walk<T>(
  tokens: readonly Token[],
  patterns: readonly { readonly pattern: Pattern; readonly item: T }[],
): { readonly kind: 'fits'; readonly threads: readonly Thread<T>[] } | Mismatch<T> {
  let threads: Thread<T>[] = patterns.map(({ pattern, item }) => ({ item, pattern, state: 0, matched: [] }));
  for (const [index, token] of tokens.entries()) {
    const keywords = keywordsFor(token, threads);
    const next = step(token, threads, keywords.length === 1 ? keywords[0] : undefined);
    if (next.threads.length === 0) {
      const ambiguous = keywords.length > 1;
      return {
        kind: ambiguous ? 'ambiguous' : isRepeated(token, threads) ? 'repeated' : 'invalid',
        index,
        expected: expectedBy(threads),
        reasons: ambiguous ? keywords : next.reasons,
        items: threads.map(({ item }) => item),
      };
    }
    threads = next.threads;
  }
  return { kind: 'fits', threads };
}

/** The keywords that the word may stand for here: the exact one, else all that begin so. */
function keywordsFor<T>(token: Token, threads: readonly Thread<T>[]): string[] {
  if (token.quoted) return [];
  const start = token.text.toLowerCase();
  const found = new Set<string>();
  for (const element of expectedBy(threads)) {
    for (const word of wordsOf(element)) if (word.toLowerCase().startsWith(start)) found.add(word);
  }
  const exact = [...found].filter((word) => word.toLowerCase() === start);
  return exact.length > 0 ? exact : [...found];
}

function step<T>(
  token: Token,
  threads: readonly Thread<T>[],
  keyword: string | undefined,
): { threads: Thread<T>[]; reasons: string[] } {
  const byKeyword: Thread<T>[] = [];
  const byParameter: Thread<T>[] = [];
  const reasons = new Set<string>();
  for (const thread of threads) {
    for (const { element, to } of freshEdges(thread)) {
      const isKeyword = keyword !== undefined && wordsOf(element).includes(keyword);
      const reading = isKeyword
        ? ({ fits: true, value: { kind: 'word', word: keyword } } as const)
        : element.kind === 'parameter'
          ? element.type.read(token.text)
          : ({ fits: false, why: '' } as const);
      if (reading.fits) {
        const matched = [...thread.matched, { element, token, value: reading.value }];
        (isKeyword ? byKeyword : byParameter).push({ ...thread, state: to, matched });
      } else if (reading.why !== '') {
        reasons.add(reading.why);
      }
    }
  }
  return { threads: [...byKeyword, ...byParameter], reasons: [...reasons] };
}

/** The word would fit, had its option not been given already. */
function isRepeated<T>(token: Token, threads: readonly Thread<T>[]): boolean {
  const start = token.text.toLowerCase();
  return threads.some(({ pattern, state, matched }) =>
    pattern.states[state]!.edges.some(
      ({ element }) =>
        matched.some((earlier) => earlier.element === element) &&
        wordsOf(element).some((word) => word.toLowerCase().startsWith(start)),
    ),
  );
}

/** An element stands for one word of a line: options in any order are taken once. The rest of a line has no end. */
function freshEdges<T>({ pattern, state, matched }: Thread<T>): Pattern['states'][number]['edges'] {
  const { edges } = pattern.states[state]!;
  return edges.filter(
    ({ element }) =>
      (element.kind === 'parameter' && element.type.placeholder === LINE) ||
      !matched.some((earlier) => earlier.element === element),
  );
}

function expectedBy<T>(threads: readonly Thread<T>[]): Element[] {
  return threads.flatMap((thread) => freshEdges(thread).map(({ element }) => element));
}

function wordsOf(element: Element): readonly string[] {
  if (element.kind === 'keyword') return [element.word];
  return element.kind === 'choice' ? element.words : [];
}
