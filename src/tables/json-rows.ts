/**
 * A list of prefixes in JSON: an array, or an object whose `prefixes` is one. Its elements are prefixes, or objects
 * with a `prefix` and, where they have it, `value`, `nextHop` or `originAs`.
 */
import { parseIp, parsePrefix, formatIp } from '../base/ip-text.ts';
import { jsonFault } from '../base/json-fault.ts';
import { err, ok, type Result } from '../base/result.ts';
import { LARGEST_TABLE_VALUE, type SourceRow, type TableFault } from './source-row.ts';

/** All rows, or why there are none: line and column of what is wrong. */
export function readJsonRows(text: string): Result<SourceRow[], TableFault> {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { at, message, hint } = fault;
    const why = hint === '' ? message : `${message} (${hint})`;
    return err({ message: `not JSON: ${why}`, ...placeOf(text, at) });
  }
  const document: unknown = JSON.parse(text);
  const list = Array.isArray(document) ? document : fieldOf(document, 'prefixes');
  if (!Array.isArray(list)) {
    return err({ message: 'expected an array, or an object with the array "prefixes"', ...placeOf(text, 0) });
  }
  const rows: SourceRow[] = [];
  for (const [i, element] of list.entries()) {
    const row = rowOf(element);
    if (typeof row === 'string') {
      return err({ message: `element ${i}: ${row}`, ...placeOfElement(text, i) });
    }
    rows.push(row);
  }
  return ok(rows);
}

/** Where an element of the list begins. The text is known to be JSON with one. */
export function placeOfElement(text: string, index: number): Pick<TableFault, 'line' | 'column' | 'text'> {
  const from = /^\s*\[/.test(text) ? 0 : text.indexOf('"prefixes"');
  return placeOf(text, elementAt(text, from, index));
}

/** What is wrong, in words, where it is no row. */
function rowOf(element: unknown): SourceRow | string {
  const name = typeof element === 'string' ? element : fieldOf(element, 'prefix');
  const parsed = typeof name === 'string' ? parsePrefix(name) : undefined;
  if (parsed === undefined) {
    return `expected a prefix, or an object with one as "prefix", not ${JSON.stringify(name ?? element)}`;
  }
  const [value, hop, as] = ['value', 'nextHop', 'originAs'].map((field) => fieldOf(element, field));
  const isValue = typeof value === 'number' && Number.isInteger(value) && value >= 1;
  if (value !== undefined && !(isValue && value <= LARGEST_TABLE_VALUE)) {
    return `expected a number 1 .. 2^31-1 as "value", not ${JSON.stringify(value)}`;
  }
  const address = typeof hop === 'string' ? parseIp(hop) : undefined;
  if (hop !== undefined && address === undefined) {
    return `expected an address as "nextHop", not ${JSON.stringify(hop)}`;
  }
  if (as !== undefined && typeof as !== 'string' && typeof as !== 'number') {
    return `expected an AS as "originAs", not ${JSON.stringify(as)}`;
  }
  return {
    prefix: parsed.prefix,
    ...(value === undefined ? {} : { value: value }),
    ...(address === undefined ? {} : { nextHop: formatIp(address) }),
    ...(as === undefined ? {} : { originAs: String(as) }),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Where element `index` of the first array from `from` on begins. The text is known to be JSON. */
function elementAt(text: string, from: number, index: number): number {
  let depth = 0;
  let seen = 0;
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;
  tokens.lastIndex = from;
  const next = (at: number): number => at + /^\s*/.exec(text.slice(at, at + 1000))![0].length;
  for (let token; (token = tokens.exec(text)) !== null;) {
    const [sign] = token;
    if (sign === '[' || sign === '{') {
      depth++;
      if (depth === 1 && index === 0) return next(token.index + 1);
    } else if (sign === ']' || sign === '}') depth--;
    else if (sign === ',' && depth === 1 && ++seen === index) return next(token.index + 1);
  }
  return from;
}

function placeOf(text: string, offset: number): Pick<TableFault, 'line' | 'column' | 'text'> {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  const whole = text.split('\n', line)[line - 1] ?? '';
  // A document may be one long line: what is around the place will do.
  return whole.length <= LONGEST_SHOWN ? { line, column, text: whole } : { line, column };
}

const LONGEST_SHOWN = 200;
