/** `?` and Tab: what may be typed next, from the tables that the lines are read with. */
import { commandsIn } from './commands.ts';
import { helpForParameter, helpForWord } from './complete-words.ts';
import { execCommands } from './exec.ts';
import { MODES, type Mode } from './grammar.ts';
import { lexLine, type Token } from './lexer.ts';
import { continuationsOf, type Continuation } from './match.ts';
import { FILTERS } from './output-filter.ts';
import type { Pattern } from './pattern.ts';
import { HOST_NAME } from './token-type.ts';

/** Where a line is typed. */
export type LineMode =
  { readonly kind: 'exec'; readonly privileged: boolean } | { readonly kind: 'config'; readonly mode: Mode };

export interface LineContext {
  readonly mode: LineMode;
  /** Interfaces of the router, offered by name. */
  readonly interfaces?: readonly string[];
  /** Nodes that may be pinged by name. */
  readonly hosts?: readonly string[];
}

/** What stands for a parameter, and the names to offer instead of it. */
type Names = ReadonlyMap<string, readonly string[]>;

/** What Tab finds. */
export interface Completion {
  /** The line, its last word as complete as it can be. */
  readonly line: string;
  /** Words that the last one may become, when there are several. */
  readonly candidates: readonly string[];
}

/** Something that may stand next. */
export interface Choice {
  /** The keyword, or what stands for a parameter: A.B.C.D. */
  readonly text: string;
  readonly help: string;
  readonly isKeyword: boolean;
}

interface Choices {
  readonly choices: readonly Choice[];
  readonly mayEnd: boolean;
}

interface Candidate {
  readonly pattern: Pattern;
  readonly item: { readonly help: string };
}

/**
 * What IOS prints for `?` at the end of `line`: the words that may follow, one a line with their help; or, behind the
 * beginning of a word, the words that begin so, on one line.
 */
export function helpFor(line: string, context: LineContext): string[] {
  const { before, partial } = split(line);
  const found = choicesAt(before, context, partial !== '');
  if (typeof found === 'string') return [found];
  if (partial !== '') {
    const words = matching(found.choices, partial);
    return words.length === 0 ? [UNRECOGNIZED] : [words.map(({ text }) => text).join('  ')];
  }
  const rows = rowsOf(found);
  const width = Math.max(...rows.map(({ text }) => text.length));
  const lines = rows.map(({ text, help }) => `  ${text.padEnd(width)}  ${help}`.trimEnd());
  return before.trim() === '' ? [headingOf(context.mode), ...lines] : lines;
}

/** Completes the last word as far as it is certain. */
export function complete(line: string, context: LineContext): Completion {
  const { before, partial } = split(line);
  const found = choicesAt(before, context, true);
  if (typeof found === 'string') return { line, candidates: [] };
  const words = matching(found.choices, partial).filter(({ isKeyword }) => isKeyword);
  const texts = words.map(({ text }) => text);
  const [only] = texts;
  if (only === undefined) return { line, candidates: [] };
  if (texts.length === 1) return { line: `${before}${only} `, candidates: [] };
  const common = commonStart(texts);
  const grown = common.length > partial.length ? before + common : line;
  return { line: grown, candidates: texts };
}

const UNRECOGNIZED = '% Unrecognized command';

const LEAVING: readonly Choice[] = [
  { text: 'do', help: 'Run a command of exec mode', isKeyword: true },
  { text: 'end', help: 'Leave configuration mode', isKeyword: true },
  { text: 'exit', help: 'Leave this mode', isKeyword: true },
  { text: 'no', help: 'Negate a command or set its defaults', isKeyword: true },
];

function leaving(mode: Mode): readonly Choice[] {
  const { exitWord, closing } = MODES[mode];
  if (exitWord === undefined || exitWord !== closing) return LEAVING;
  return [...LEAVING, { text: exitWord, help: 'Leave this mode', isKeyword: true }];
}

const END: Choice = { text: '<cr>', help: '', isKeyword: false };
const PIPE: Choice = { text: '|', help: 'Output modifiers', isKeyword: false };
const EXPRESSION: Choice = { text: 'LINE', help: 'Regular Expression', isKeyword: false };

function headingOf(mode: LineMode): string {
  return mode.kind === 'exec' ? 'Exec commands:' : 'Configure commands:';
}

/** The line up to its last word, and that word as far as it is typed. */
function split(line: string): { readonly before: string; readonly partial: string } {
  const [partial = ''] = /\S*$/.exec(line) ?? [];
  return { before: line.slice(0, line.length - partial.length), partial };
}

/**
 * What may follow the words of `before`, or why they lead nowhere. With `everywhere` commands of the modes around
 * this one are among them: they are accepted here, if not listed.
 */
function choicesAt(
  before: string,
  { mode, interfaces = [], hosts = [] }: LineContext,
  everywhere: boolean,
): Choices | string {
  const filter = /(?:^|\s)\|\s([^|]*)$/.exec(before)?.[1];
  if (filter !== undefined && mode.kind === 'exec') return filterChoices(filter);
  const names: Names = new Map([
    ['INTERFACE', interfaces],
    [HOST_NAME, hosts],
  ]);
  const { tokens } = lexLine(before, 1);
  if (mode.kind === 'exec') return inTable(tokens, execTable(mode.privileged), names, true);
  const word = tokens[0]?.quoted === false ? tokens[0].text.toLowerCase() : undefined;
  if (word === 'do') {
    const inside: LineMode = { kind: 'exec', privileged: true };
    return choicesAt(before.replace(/^\s*\S+\s/, ''), { mode: inside, interfaces, hosts }, everywhere);
  }
  const isRemoval = word === 'no';
  const words = isRemoval ? tokens.slice(1) : tokens;
  const found = inModes(words, mode.mode, isRemoval, names);
  if (words.length > 0 || typeof found === 'string') return found;
  const outer = everywhere ? outerChoices(mode.mode, isRemoval, names) : [];
  const known = new Set(found.choices.map(({ text }) => text));
  const added = [...outer, ...(isRemoval ? [] : leaving(mode.mode))].filter(({ text }) => !known.has(text));
  return { ...found, choices: [...found.choices, ...added] };
}

/** `| include TEXT`. */
function filterChoices(typed: string): Choices | string {
  const [word, ...more] = typed.split(/\s+/);
  if (word === undefined || word === '') {
    return {
      choices: FILTERS.map(({ keyword, help }) => ({ text: keyword, help, isKeyword: true })),
      mayEnd: false,
    };
  }
  if (!FILTERS.some(({ keyword }) => keyword.startsWith(word))) return UNRECOGNIZED;
  return { choices: [EXPRESSION], mayEnd: more.some((each) => each !== '') };
}

/** The innermost mode answers first, as IOS does; what only a mode around it knows is found there. */
function inModes(
  tokens: readonly Token[],
  innermost: Mode,
  isRemoval: boolean,
  names: Names,
): Choices | string {
  let first: Choices | string | undefined;
  for (let mode: Mode | undefined = innermost; mode !== undefined; mode = MODES[mode].parent) {
    const found = inTable(tokens, configTable(mode, isRemoval), names, false);
    first ??= found;
    if (typeof found !== 'string') return found;
  }
  return first ?? UNRECOGNIZED;
}

/** First words of the modes around one, each once. */
function outerChoices(mode: Mode, isRemoval: boolean, names: Names): Choice[] {
  const { parent } = MODES[mode];
  if (parent === undefined) return [];
  const found = inTable([], configTable(parent, isRemoval), names, false);
  const here = typeof found === 'string' ? [] : found.choices;
  const further = outerChoices(parent, isRemoval, names);
  return [...here, ...further.filter(({ text }) => here.every((each) => each.text !== text))];
}

function execTable(privileged: boolean): Candidate[] {
  return execCommands(privileged).map((item) => ({ pattern: item.pattern, item }));
}

function configTable(mode: Mode, isRemoval: boolean): Candidate[] {
  return commandsIn(mode).flatMap((item) =>
    (isRemoval ? item.noPatterns : item.patterns).map((pattern) => ({ pattern, item })),
  );
}

function inTable(
  tokens: readonly Token[],
  table: readonly Candidate[],
  names: Names,
  hasFilters: boolean,
): Choices | string {
  const found = continuationsOf(tokens, table);
  if (found.kind !== 'fits')
    return found.kind === 'ambiguous'
      ? `% Ambiguous command:  "${tokens.map(({ text }) => text).join(' ')}"`
      : UNRECOGNIZED;
  const isDecided = new Set([...found.next.map(({ item }) => item), ...found.done]).size === 1;
  const choices = new Map<string, Choice>();
  for (const text of new Set(found.next.flatMap(textsOf))) {
    const through = found.next.filter((each) => textsOf(each).includes(text));
    for (const choice of choicesOf(text, through, isDecided && tokens.length > 0, names))
      choices.set(choice.text, choice);
  }
  const mayEnd = found.done.length > 0;
  return { choices: [...choices.values(), ...(mayEnd && hasFilters ? [PIPE] : [])], mayEnd };
}

function textsOf({ element }: Continuation<unknown>): string[] {
  if (element.kind === 'keyword') return [element.word];
  if (element.kind === 'choice') return [...element.words];
  // The two-word way to write an interface is not shown: the one-word way stands beside it.
  return element.type.placeholder === 'INTERFACE-TYPE' ? [] : [element.type.placeholder];
}

function choicesOf(
  text: string,
  through: readonly Continuation<Candidate['item']>[],
  isDecided: boolean,
  names: Names,
): Choice[] {
  const { element } = through[0]!;
  if (element.kind === 'parameter') {
    const known = names.get(text) ?? [];
    // Where no node is known by name, none can be typed.
    if (known.length > 0 || text === HOST_NAME)
      return known.map((name) => ({ text: name, help: '', isKeyword: true }));
    return [{ text, help: helpForParameter(element.name, text), isKeyword: false }];
  }
  return [{ text, help: helpOfKeyword(text, through, isDecided), isKeyword: true }];
}

/** The help of the command where the word decides which one it is, else what the word means anywhere. */
function helpOfKeyword(
  word: string,
  through: readonly Continuation<Candidate['item']>[],
  isDecided: boolean,
): string {
  const ends = new Set(through.filter(({ mayEnd }) => mayEnd).map(({ item }) => item));
  const items = new Set(through.map(({ item }) => item));
  const [deciding] = ends.size === 1 ? ends : items.size === 1 ? items : [];
  const general = helpForWord(word);
  if (deciding === undefined || (isDecided && general !== undefined)) return general ?? '';
  return deciding.help;
}

/** Keywords and parameters in the order of their characters, then `|` and `<cr>`. */
function rowsOf({ choices, mayEnd }: Choices): Choice[] {
  const sorted = choices.filter((choice) => choice !== PIPE).sort((a, b) => (a.text < b.text ? -1 : 1));
  return [...sorted, ...choices.filter((choice) => choice === PIPE), ...(mayEnd ? [END] : [])];
}

/** Keywords that begin so; without any, parameters, which may be anything. */
function matching(choices: readonly Choice[], partial: string): readonly Choice[] {
  const start = partial.toLowerCase();
  const keywords = choices.filter(({ text, isKeyword }) => isKeyword && text.toLowerCase().startsWith(start));
  const found = keywords.length > 0 ? keywords : choices.filter((each) => !each.isKeyword && each !== PIPE);
  return [...found].sort((a, b) => (a.text < b.text ? -1 : 1));
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
