/** YAML with places: every value knows its line and column, and every complaint points at one. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { nearest } from '../ios/nearest.ts';

/** What is wrong in a lab's folder, and where. Lines and columns count from 1. */
export interface LabError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** `lab.yaml:7:5: unknown key "nodez" (did you mean nodes?)` */
export function formatLabError({ file, line, column, message, hint }: LabError): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** Reads one file, collecting errors. */
export class YamlFile {
  readonly errors: LabError[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { message, pos } of this.#document.errors) this.complain(pos[0], tidy(message));
  }

  /** The whole document, by what it is called in messages; undefined when it is not even YAML. */
  root(name = 'the lab'): YamlValue | undefined {
    return this.errors.length > 0 ? undefined : new YamlValue(this, this.#document.contents, 0, name);
  }

  resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  complain<T>(offset: number, message: string, hint?: string): T | undefined {
    const { line, col } = this.#lines.linePos(offset);
    const place = { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
    this.errors.push({ ...place, message, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }
}

/** A value of the document. Readers return undefined after a complaint, so that one pass finds all errors. */
export class YamlValue {
  readonly #file: YamlFile;
  readonly #node: Node | null;
  readonly #offset: number;
  /** What it is, for messages: `delay`. */
  readonly #name: string;

  constructor(file: YamlFile, node: Node | null, offset: number, name: string) {
    this.#file = file;
    this.#node = file.resolve(node);
    this.#offset = node?.range?.[0] ?? offset;
    this.#name = name;
  }

  get name(): string {
    return this.#name;
  }

  complain<T>(message: string, hint?: string): T | undefined {
    return this.#file.complain(this.#offset, message, hint);
  }

  isMap(): boolean {
    return isMap(this.#node);
  }

  isList(): boolean {
    return isSeq(this.#node);
  }

  /** Entries of a mapping, in order. */
  entries(): { readonly key: string; readonly at: YamlValue; readonly value: YamlValue }[] {
    if (!isMap(this.#node)) {
      this.#expected('a mapping', 'key: value');
      return [];
    }
    return this.#node.items.map((pair) => {
      const keyNode = pair.key as Node;
      const key = isScalar(keyNode) ? (keyNode.source ?? '') : '?';
      const offset = keyNode.range?.[0] ?? this.#offset;
      return {
        key,
        at: new YamlValue(this.#file, keyNode, offset, key),
        value: new YamlValue(this.#file, pair.value as Node | null, offset, key),
      };
    });
  }

  /** A mapping with these keys and no others; every one optional here. */
  fields<K extends string>(...known: readonly K[]): Fields<K> {
    const found = new Map<string, YamlValue>();
    for (const { key, at, value } of this.entries()) {
      if (known.includes(key as K)) found.set(key, value);
      else at.complain(`unknown key "${key}"`, suggest(key, known));
    }
    return new Fields(this, found);
  }

  items(): YamlValue[] {
    if (!isSeq(this.#node)) {
      this.#expected('a list', '[a, b] or lines that start with "- "');
      return [];
    }
    return this.#node.items.map((item) => new YamlValue(this.#file, item as Node, this.#offset, this.#name));
  }

  /** A list, or one value that stands for a list of one. */
  itemsOrOne(): YamlValue[] {
    return isSeq(this.#node) ? this.items() : [this];
  }

  /** Text; numbers and booleans count as the text they were written as. */
  text(): string | undefined {
    if (!isScalar(this.#node) || this.#node.value === null) return this.#expected('text');
    return this.#node.source ?? '';
  }

  wholeNumber(least: number, most: number): number | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    return this.complain(`${this.#name} is a whole number from ${least} to ${most}, not "${text}"`);
  }

  flag(): boolean | undefined {
    const text = this.text();
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? text : text === 'true';
    return this.complain(`${this.#name} is true or false, not "${text}"`);
  }

  /** Text that `parse` understands. */
  parsed<T>(what: string, parse: (text: string) => T | undefined, hint?: string): T | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    return parse(text) ?? this.complain(`${this.#name} is ${what}, not "${text}"`, hint);
  }

  #expected<T>(what: string, hint?: string): T | undefined {
    return this.complain(`${this.#name} must be ${what}`, hint);
  }
}

/** The keys that a mapping has. */
export class Fields<K extends string> {
  readonly whole: YamlValue;
  readonly #values: ReadonlyMap<string, YamlValue>;

  constructor(whole: YamlValue, values: ReadonlyMap<string, YamlValue>) {
    this.whole = whole;
    this.#values = values;
  }

  get(key: K): YamlValue | undefined {
    return this.#values.get(key);
  }

  /** The value, or a complaint that it is missing. */
  need(key: K): YamlValue | undefined {
    return this.#values.get(key) ?? this.whole.complain(`${this.whole.name}: key "${key}" is missing`);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }
}

/** A hint for a word that is not among the known ones. */
export function suggest(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  if (best !== undefined) return `did you mean ${best}?`;
  return known.length === 0 ? 'there is none' : `one of: ${known.join(', ')}`;
}

/** The parser's message without its position, which the error carries by itself. */
function tidy(message: string): string {
  return message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '').replace(/\s+/g, ' ');
}
