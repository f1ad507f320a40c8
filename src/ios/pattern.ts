import { assert } from '../base/assert.ts';
import { tokenType, type TokenType } from './token-type.ts';

/**
 * Patterns of commands. One text serves parsing, completion, help and documentation:
 *
 *     word              a keyword, matched by any unambiguous beginning
 *     <name:type>       a parameter; types in token-type.ts, `a|b|c` for a choice of keywords
 *     <name:line>       the rest of the line, one word at least
 *     [ ... ]           may be left out
 *     ( ... | ... )     one of
 *     { ... | ... }     any of, in any order, each at most once
 */
export type Element =
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'choice'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'parameter'; readonly name: string; readonly type: TokenType };

/** A state machine over words; state 0 is the start. */
export interface Pattern {
  readonly text: string;
  readonly states: readonly PatternState[];
}

export interface PatternState {
  /** The command may end here. */
  readonly accepts: boolean;
  readonly edges: readonly { readonly element: Element; readonly to: number }[];
}

interface Building {
  edges: { element: Element; to: number }[];
  free: number[];
}

/** @throws on a malformed pattern: patterns are constants of this folder. */
export function compilePattern(text: string): Pattern {
  const words = text.match(/<[^>]*>|[[\](){}|]|[^\s[\](){}|<>]+/g) ?? [];
  const states: Building[] = [];
  const fresh = (): number => states.push({ edges: [], free: [] }) - 1;
  let at = 0;

  function sequence(from: number): number {
    let end = from;
    while (at < words.length && !/^[\])}|]$/.test(words[at]!)) end = item(end);
    return end;
  }

  function alternatives(from: number, close: string, to: number): void {
    do {
      at++;
      const start = fresh();
      states[from]!.free.push(start);
      states[sequence(start)]!.free.push(to);
    } while (words[at] === '|');
    assert(words[at] === close, `'${close}' expected in pattern ${text}`);
    at++;
  }

  function item(from: number): number {
    const token = words[at]!;
    if (token === '[' || token === '(') {
      const to = fresh();
      if (token === '[') states[from]!.free.push(to);
      alternatives(from, token === '[' ? ']' : ')', to);
      return to;
    }
    if (token === '{') {
      const loop = fresh();
      states[from]!.free.push(loop);
      alternatives(loop, '}', loop);
      return loop;
    }
    at++;
    return elements(token, from);
  }

  function elements(token: string, from: number): number {
    const [, name, type] = /^<([a-z0-9-]+):(.+)>$/.exec(token) ?? [];
    if (name === undefined || type === undefined) return edge(from, { kind: 'keyword', word: token });
    if (type.includes('|')) return edge(from, { kind: 'choice', name, words: type.split('|') });
    const parameter = (suffix: string, of: string): Element => ({
      kind: 'parameter',
      name: name + suffix,
      type: tokenType(of),
    });
    if (type === 'line') {
      const end = edge(from, parameter('', type));
      states[end]!.edges.push({ element: parameter('', type), to: end });
      return end;
    }
    if (type !== 'interface') return edge(from, parameter('', type));
    // `FastEthernet0/0`, or `FastEthernet 0/0` in two words.
    const to = edge(from, parameter('', 'interface-name'));
    const middle = edge(from, parameter('.type', 'interface-type'));
    states[middle]!.edges.push({ element: parameter('.number', 'interface-number'), to });
    return to;
  }

  function edge(from: number, element: Element): number {
    const to = fresh();
    states[from]!.edges.push({ element, to });
    return to;
  }

  const last = sequence(fresh());
  assert(at === words.length, `unbalanced pattern ${text}`);
  return { text, states: states.map((_, i) => close(states, i, last)) };
}

/** Folds the edges that need no word into the state. */
function close(states: readonly Building[], start: number, last: number): PatternState {
  const seen = new Set([start]);
  for (const state of seen) for (const next of states[state]!.free) seen.add(next);
  return { accepts: seen.has(last), edges: [...seen].flatMap((state) => states[state]!.edges) };
}

/** The element as `?` and hints show it. */
export function describeElement(element: Element): string[] {
  if (element.kind === 'keyword') return [element.word];
  return element.kind === 'choice' ? [...element.words] : [element.type.placeholder];
}
