/** A file of prefixes of any format as a table: each prefix once, in order, with a number. */
import { formatPrefix } from '../base/ip-text.ts';
import { comparePrefix, samePrefix, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isMrt, MRT_HEADER_BYTES } from '../wire/mrt.ts';
import { concatBytes } from '../base/bytes.ts';
import { MrtRows } from './mrt-rows.ts';
import { count, type SourceRow, type TableFault, type TableReader } from './source-row.ts';
import { TextRows } from './text-rows.ts';

export const TABLE_FORMATS = ['mrt', 'pfx2as', 'list', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** What the number of a prefix stands for; `own`: as the file has it. */
export const VALUE_KINDS = ['own', 'next-hop', 'origin-as', 'index'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface CollectOptions {
  /** Without it, the first bytes say. */
  readonly format?: TableFormat;
  /** Only this family. */
  readonly family?: Family;
  /** Default `own`: numbers of a list, else next hops, else origin ASes. */
  readonly value?: ValueKind;
  readonly peer?: IpAddress;
  readonly keepGoing?: boolean;
}

export interface TableRow {
  readonly prefix: IpPrefix;
  /** 1 .. 2^31-1; 0 where the file has none. */
  readonly value: number;
}

/** A name that has a number, and how many prefixes have it. */
export interface NamedValue {
  readonly value: number;
  readonly name: string;
  readonly prefixes: number;
}

export interface CollectedTable {
  readonly format: TableFormat;
  /** Each prefix once, in order; of several the first. */
  readonly rows: readonly TableRow[];
  /** Next hops or origin ASes behind the numbers; empty where these are the file's own. */
  readonly values: readonly NamedValue[];
  /** Records or lines. */
  readonly records: number;
  /** What is not in `rows`, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What is, but not as it was written. */
  readonly changed: ReadonlyMap<string, number>;
}

/** Takes the bytes of a file in pieces. */
export class TableCollector {
  readonly #options: CollectOptions;
  #reader: TableReader | undefined;
  /** First bytes, as long as they do not suffice to know the format. */
  #head: Uint8Array = new Uint8Array(0);
  readonly #rows: TableRow[] = [];
  readonly #numbers = new Map<string, number>();
  /** Numbers of the file are among the values: there must be no others beside them. */
  #hasOwn = false;
  readonly #left = new Map<string, number>();
  #fault: TableFault | undefined;

  constructor(options: CollectOptions = {}) {
    this.#options = options;
    if (options.format !== undefined) this.#reader = this.#open(options.format);
  }

  /** Prefixes so far, those that come again included. */
  get prefixes(): number {
    return this.#rows.length;
  }

  /** False after what is not right: there is no sense in more. */
  push(chunk: Uint8Array): boolean {
    if (this.#fault !== undefined) return false;
    let bytes = chunk;
    if (this.#reader === undefined) {
      bytes = concatBytes(this.#head, chunk);
      this.#head = bytes;
      if (bytes.length < MRT_HEADER_BYTES) return true;
      this.#reader = this.#open(isMrt(bytes) ? 'mrt' : undefined);
    }
    this.#fault = this.#reader.push(bytes, this.#take);
    return this.#fault === undefined;
  }

  /** Behind the last bytes. */
  finish(): Result<CollectedTable, TableFault> {
    if (this.#reader === undefined) {
      this.#reader = this.#open(undefined);
      this.#fault = this.#reader.push(this.#head, this.#take);
    }
    const reader = this.#reader;
    this.#fault ??= reader.finish(this.#take);
    if (this.#fault !== undefined) return err(this.#fault);
    const skipped = new Map(reader.skipped);
    for (const [reason, times] of this.#left) count(skipped, reason, times);
    const rows = distinctRows(this.#rows);
    const again = this.#rows.length - rows.length;
    if (again > 0) count(skipped, 'named again (the first counts)', again);
    return ok({
      format: (reader.format ?? 'list') as TableFormat,
      rows: this.#options.value === 'index' ? rows.map(({ prefix }, i) => ({ prefix, value: i + 1 })) : rows,
      values: namedValues(this.#numbers, rows),
      records: reader.records,
      skipped,
      changed: reader instanceof TextRows ? reader.changed : new Map(),
    });
  }

  #open(format: TableFormat | undefined): TableReader {
    return format === 'mrt' ? new MrtRows(this.#options) : new TextRows(format);
  }

  readonly #take = (row: SourceRow): TableFault | undefined => {
    const { family } = this.#options;
    if (family !== undefined && row.prefix.address.family !== family) {
      count(this.#left, `not IPv${family}`);
      return undefined;
    }
    const hadOwn = this.#hasOwn;
    this.#rows.push({ prefix: row.prefix, value: this.#number(row) });
    if (!this.#hasOwn || this.#numbers.size === 0) return undefined;
    const [now, before] = hadOwn ? ['a next hop or AS', 'a number'] : ['a number', 'a next hop or AS'];
    return {
      message: `${formatPrefix(row.prefix)} has ${now}, and a prefix before it ${before}`,
      hint: 'A table has one or the other. --value next-hop or --value origin-as leaves the numbers out.',
    };
  };

  #number({ value, nextHop, originAs }: SourceRow): number {
    const kind = this.#options.value ?? 'own';
    if (kind === 'index') return 0;
    if (kind === 'own' && value !== undefined) {
      this.#hasOwn = true;
      return value;
    }
    const name = kind === 'next-hop' ? nextHop : kind === 'origin-as' ? originAs : (nextHop ?? originAs);
    if (name === undefined) return 0;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return number;
  }
}

/** Each prefix once, in order; of several the first. */
export function distinctRows(rows: readonly TableRow[]): TableRow[] {
  const sorted = [...rows].sort((a, b) => comparePrefix(a.prefix, b.prefix));
  return sorted.filter((row, i) => i === 0 || !samePrefix(row.prefix, sorted[i - 1]!.prefix));
}

function namedValues(numbers: ReadonlyMap<string, number>, rows: readonly TableRow[]): NamedValue[] {
  const counts = new Uint32Array(numbers.size + 1);
  if (numbers.size > 0) for (const { value } of rows) if (value <= numbers.size) counts[value]!++;
  return [...numbers].map(([name, value]) => ({ value, name, prefixes: counts[value]! }));
}
