/**
 * Prefixes as text, one a line. `#` starts a comment.
 *
 *   list     PREFIX [VALUE | NEXT-HOP]            192.0.2.0/24 7
 *   pfx2as   ADDRESS LENGTH ASN[_ASN...][,ASN...]  192.0.2.0 24 64500_64501   (CAIDA's Routeviews Prefix to AS)
 *
 * What begins with [ or { is a list in JSON: json-rows.ts.
 */
import { addressBits, prefix } from '../base/ip.ts';
import { formatIp, parseIp, parsePrefix } from '../base/ip-text.ts';
import { placeOfElement, readJsonRows } from './json-rows.ts';
import {
  count,
  LARGEST_TABLE_VALUE,
  type SourceRow,
  type TableFault,
  type TableReader,
  type TakeRow,
} from './source-row.ts';

export type TextFormat = 'list' | 'pfx2as' | 'json';

export const CLEARED = 'host bits beyond the length, cleared';

/** Characters that no line has; U+FFFD stands for bytes that are no UTF-8. */
const NO_TEXT = /[^\P{Cc}\t\r]|\uFFFD/u;
/** Of a line, and of a word in a message. */
const LONGEST_SHOWN = 200;
const LONGEST_WORD = 60;

const ASES = /^[0-9]{1,10}([_,][0-9]{1,10})*$/;

/** A word of a line, and where it begins, from 1. */
interface Word {
  readonly text: string;
  readonly column: number;
}

/** Reads a list, pfx2as or JSON; without a format, the first line says which it is. */
export class TextRows implements TableReader {
  #format: TextFormat | undefined;
  /** The format was not said. */
  #isGuessed = false;
  readonly #decoder = new TextDecoder();
  /** The line that is not whole yet; of JSON, all there is. */
  #rest = '';
  #line = 0;
  #records = 0;
  readonly #skipped = new Map<string, number>();
  /** Prefixes that are not as they were written, by reason; they are taken all the same. */
  readonly changed = new Map<string, number>();

  constructor(format?: TextFormat) {
    this.#format = format;
  }

  get format(): TextFormat | undefined {
    return this.#format;
  }

  get records(): number {
    return this.#records;
  }

  get skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  push(chunk: Uint8Array, take: TakeRow): TableFault | undefined {
    return this.#text(this.#decoder.decode(chunk, { stream: true }), take);
  }

  finish(take: TakeRow): TableFault | undefined {
    const fault = this.#text(this.#decoder.decode(), take);
    if (fault !== undefined) return fault;
    const rest = this.#rest;
    this.#rest = '';
    if (this.#format !== 'json') return rest === '' ? undefined : this.#readLine(rest, take);
    const rows = readJsonRows(rest);
    if (!rows.ok) return rows.error;
    for (const [i, row] of rows.value.entries()) {
      this.#records++;
      const odd = take(row);
      if (odd !== undefined) return { ...odd, ...placeOfElement(rest, i) };
    }
    return undefined;
  }

  #text(text: string, take: TakeRow): TableFault | undefined {
    this.#rest += text;
    if (this.#format === undefined && /^\s*[[{]/.test(this.#rest)) this.#format = 'json';
    if (this.#format === 'json') return undefined;
    let at = 0;
    for (let end; (end = this.#rest.indexOf('\n', at)) >= 0; at = end + 1) {
      const fault = this.#readLine(this.#rest.slice(at, end), take);
      if (fault !== undefined) return fault;
    }
    this.#rest = this.#rest.slice(at);
    return undefined;
  }

  #readLine(line: string, take: TakeRow): TableFault | undefined {
    this.#line++;
    const odd = NO_TEXT.exec(line);
    if (odd !== null) {
      const code = odd[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      return {
        ...{ line: this.#line, column: odd.index + 1, message: `this is no text: it has U+${code}` },
        hint: 'A dump of a routing table is read with --format mrt.',
      };
    }
    const words = wordsOf(line);
    if (words.length === 0) return undefined;
    this.#isGuessed ||= this.#format === undefined;
    this.#format ??= words.length >= 3 && !words[0]!.text.includes('/') ? 'pfx2as' : 'list';
    const read = this.#format === 'pfx2as' ? readPfx2as(words) : readListed(words);
    if ('message' in read) {
      const column = read.column ?? line.trimEnd().length + 1;
      const hint = `Read as ${this.#format}, by the first line; --format says otherwise.`;
      return {
        ...read,
        ...this.#placeOf(line, column),
        ...(this.#isGuessed ? { hint } : {}),
      };
    }
    this.#records++;
    if (!read.isExact) count(this.changed, CLEARED);
    const fault = take(read.row);
    return fault && { ...fault, ...this.#placeOf(line, words[1]?.column ?? 1) };
  }

  #placeOf(line: string, column: number): Pick<TableFault, 'line' | 'column' | 'text'> {
    return { line: this.#line, column, ...(line.length <= LONGEST_SHOWN ? { text: line } : {}) };
  }
}

type Read = { readonly row: SourceRow; readonly isExact: boolean } | TableFault;

function readListed([name, value, more]: readonly Word[]): Read {
  const parsed = parsePrefix(name!.text);
  if (parsed === undefined) {
    return at(name, noPrefix(name!.text));
  }
  if (more !== undefined) {
    return at(
      more,
      `expected the end of the line, not ${shown(more.text)}: a line has a prefix and one value`,
    );
  }
  const row = { prefix: parsed.prefix, ...(value === undefined ? {} : valueOf(value.text)) };
  if (value !== undefined && row.nextHop === undefined && row.value === undefined) {
    return at(
      value,
      `${shown(value.text)} is no value; expected a number 1 .. 2^31-1 or the address of a next hop`,
    );
  }
  return { row, isExact: parsed.exact };
}

function noPrefix(text: string): string {
  const address = parseIp(text);
  if (address !== undefined)
    return `${text} has no length; one address alone is ${text}/${addressBits(address.family)}`;
  const [first] = text.split(/[,;|]/);
  if (first !== text && parsePrefix(first!) !== undefined)
    return `${shown(text)} is no prefix; a value stands behind a space or a tab: ${first!} 7`;
  return `${shown(text)} is no prefix; expected one such as 192.0.2.0/24 or 2001:db8::/32`;
}

function shown(text: string): string {
  return text.length <= LONGEST_WORD ? text : `${text.slice(0, LONGEST_WORD)}...`;
}

/** A value as a list has it: a number or an address; nothing for what is neither. */
export function valueOf(text: string): Pick<SourceRow, 'value' | 'nextHop'> {
  if (/^[0-9]{1,10}$/.test(text)) {
    const value = Number(text);
    return value >= 1 && value <= LARGEST_TABLE_VALUE ? { value } : {};
  }
  const address = parseIp(text);
  return address === undefined ? {} : { nextHop: formatIp(address) };
}

function readPfx2as([name, length, ases, more]: readonly Word[]): Read {
  const address = parseIp(name!.text);
  if (address === undefined) {
    return at(
      name,
      `${shown(name!.text)} is no address; expected one such as 192.0.2.0, then a length and ASes`,
    );
  }
  const most = addressBits(address.family);
  const bits = /^[0-9]{1,3}$/.test(length?.text ?? '') ? Number(length!.text) : Infinity;
  if (bits > most) return at(length, `${said(length)}; expected a length 0 .. ${most} behind the address`);
  if (!isAses(ases?.text ?? '')) {
    return at(ases, `${said(ases)}; expected AS numbers such as 64500, 64500_64501 or 64500,64501`);
  }
  if (more !== undefined) return at(more, `expected the end of the line, not ${shown(more.text)}`);
  const own = prefix(address, bits);
  const isExact = own.address.w0 === address.w0 && formatIp(own.address) === formatIp(address);
  return { row: { prefix: own, originAs: ases!.text }, isExact };
}

function isAses(text: string): boolean {
  return ASES.test(text) && text.split(/[_,]/).every((as) => Number(as) <= 0xffff_ffff);
}

function said(word: Word | undefined): string {
  return word === undefined ? 'the line ends here' : `${shown(word.text)} is none`;
}

function at(word: Word | undefined, message: string): TableFault {
  return word === undefined ? { message } : { message, column: word.column };
}

function wordsOf(line: string): Word[] {
  const hash = line.indexOf('#');
  const words: Word[] = [];
  for (const { 0: text, index } of (hash < 0 ? line : line.slice(0, hash)).matchAll(/\S+/g)) {
    words.push({ text, column: index + 1 });
  }
  return words;
}
