/**
 * Regular expressions as IOS has them: `. [] ^ $ * + ? () | \` and `_`, which matches a delimiter (comma, brace,
 * parenthesis, space) or an end of the line. Case counts. All states that may be reached are followed at once, so
 * that the time for a line is bounded by its length times that of the expression, whatever the expression is.
 */
import { err, ok, type Result } from '../base/result.ts';

/** IOS takes no longer command lines. */
const MAX_LENGTH = 254;

export interface RegularExpression {
  /** The expression occurs in the line. */
  matches(line: string): boolean;
}

export interface RegexMistake {
  /** Place in the expression, counted from 0. */
  readonly at: number;
  readonly why: string;
}

/** One state of the machine; `next` are places in its list. */
type State =
  | { readonly kind: 'match' }
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean; next: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end'; next: number }
  | { readonly kind: 'fork'; next: number; other: number };

type Tree =
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly part: Tree; readonly mark: string };

const DELIMITER: Tree = {
  kind: 'choice',
  parts: [
    { kind: 'edge', edge: 'start' },
    { kind: 'edge', edge: 'end' },
    { kind: 'character', fits: (character) => ' ,{}()\t'.includes(character) },
  ],
};

export function compileRegex(text: string): Result<RegularExpression, RegexMistake> {
  if (text.length > MAX_LENGTH) return err({ at: MAX_LENGTH, why: `more than ${MAX_LENGTH} characters` });
  const tree = new Parser(text).parse();
  if (!tree.ok) return tree;
  const states: State[] = [{ kind: 'match' }];
  const start = build(states, tree.value, 0);
  return ok({ matches: (line) => run(states, start, line) });
}

class Parser {
  readonly #text: string;
  #at = 0;
  #mistake: RegexMistake | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Result<Tree, RegexMistake> {
    const tree = this.#choice();
    if (this.#text[this.#at] === ')') this.#fail(this.#at, 'this parenthesis closes nothing');
    return this.#mistake === undefined ? ok(tree) : err(this.#mistake);
  }

  #choice(): Tree {
    const parts = [this.#sequence()];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    return { kind: 'choice', parts };
  }

  #sequence(): Tree {
    const parts: Tree[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      let part = this.#atom();
      while (this.#at < this.#text.length && '*+?'.includes(this.#text[this.#at]!)) {
        part = { kind: 'repeat', part, mark: this.#text[this.#at++]! };
      }
      parts.push(part);
    }
    return { kind: 'sequence', parts };
  }

  #atom(): Tree {
    const at = this.#at++;
    const character = this.#text[at]!;
    switch (character) {
      case '.':
        return { kind: 'character', fits: () => true };
      case '^':
        return { kind: 'edge', edge: 'start' };
      case '$':
        return { kind: 'edge', edge: 'end' };
      case '_':
        return DELIMITER;
      case '(':
        return this.#group(at);
      case '[':
        return this.#class(at);
      case '\\':
        return this.#escaped(at);
      case '*':
      case '+':
      case '?':
        this.#fail(at, `there is nothing before the ${character} to repeat; \\${character} is the character`);
    }
    return { kind: 'character', fits: (other) => other === character };
  }

  #group(at: number): Tree {
    const inside = this.#choice();
    if (this.#text[this.#at] === ')') this.#at++;
    else this.#fail(at, 'this parenthesis is not closed');
    return inside;
  }

  #escaped(at: number): Tree {
    const character = this.#text[this.#at++];
    if (character === undefined) this.#fail(at, 'a backslash needs a character behind it');
    else if (/[1-9]/.test(character)) this.#fail(at, 'recalling a parenthesis is not supported');
    return { kind: 'character', fits: (other) => other === character };
  }

  /** `[a-z]`, `[^0-9]`; a bracket that comes first stands for itself. */
  #class(at: number): Tree {
    const inverted = this.#text[this.#at] === '^';
    if (inverted) this.#at++;
    const ranges: (readonly [string, string])[] = [];
    do {
      const first = this.#member();
      const isRange = this.#text[this.#at] === '-' && !']'.includes(this.#text[this.#at + 1] ?? ']');
      if (isRange) this.#at++;
      const from = this.#at;
      const last = isRange ? this.#member() : first;
      if (last < first) this.#fail(from, `the range ${first}-${last} is empty`);
      ranges.push([first, last]);
    } while (this.#at < this.#text.length && this.#text[this.#at] !== ']');
    if (this.#at >= this.#text.length) this.#fail(at, 'this bracket is not closed');
    this.#at++;
    const isIn = (character: string): boolean =>
      ranges.some(([first, last]) => first <= character && character <= last);
    return { kind: 'character', fits: (character) => isIn(character) !== inverted };
  }

  #member(): string {
    if (this.#text[this.#at] === '\\') this.#at++;
    return this.#text[this.#at++] ?? '';
  }

  /** The first mistake is the one to tell. */
  #fail(at: number, why: string): void {
    this.#mistake ??= { at, why };
  }
}

/** Appends the states of a tree that go on at `next`; gives the place to begin at. */
function build(states: State[], tree: Tree, next: number): number {
  const add = (state: State): number => states.push(state) - 1;
  switch (tree.kind) {
    case 'character':
    case 'edge':
      return add({ ...tree, next });
    case 'sequence':
      return tree.parts.reduceRight((following, part) => build(states, part, following), next);
    case 'choice':
      return tree.parts
        .map((part) => build(states, part, next))
        .reduce((other, first) => add({ kind: 'fork', next: first, other }));
    case 'repeat': {
      const fork: State = { kind: 'fork', next: 0, other: next };
      const place = add(fork);
      fork.next = build(states, tree.part, tree.mark === '?' ? next : place);
      return tree.mark === '+' ? fork.next : place;
    }
  }
}

function run(states: readonly State[], start: number, line: string): boolean {
  let waiting: number[] = [];
  for (let at = 0; at <= line.length; at++) {
    // The expression may begin anywhere: its start joins what is under way.
    const reached = new Set([...waiting, start]);
    waiting = [];
    for (const place of reached) {
      const state = states[place]!;
      if (state.kind === 'match') return true;
      if (state.kind === 'fork') reached.add(state.next).add(state.other);
      else if (state.kind === 'edge') {
        if (at === (state.edge === 'start' ? 0 : line.length)) reached.add(state.next);
      } else if (at < line.length && state.fits(line[at]!)) waiting.push(state.next);
    }
  }
  return false;
}
