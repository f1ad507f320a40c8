/** The line protocol of bench/native/harness.c: commands as text, answers as values. */
import type { Family } from '../src/base/ip.ts';

/** What a native contender does with a key. */
export type NativeWork = 'lookup' | 'forward' | 'decapsulate';

export interface NativeContender {
  readonly name: string;
  readonly work: NativeWork;
  readonly family: Family;
  /** What a reader of its numbers must know; may be empty. */
  readonly note: string;
}

/** One timed pass. */
export interface NativeRound {
  readonly keys: number;
  /** A key, or a packet. */
  readonly cpuNs: number;
  readonly wallNs: number;
  readonly summed: boolean;
  /** As text where it passes 2^53. */
  readonly sum: bigint;
  readonly buildMs: number;
  readonly memoryBytes: number;
}

/** Over all results of a contender. */
export interface NativeDigest {
  readonly keys: number;
  readonly digest: string;
  readonly sum: bigint;
}

/** A packet as received and as it leaves. */
export interface NativePacket {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Value of the destination in the loaded table; 0 for none. */
  readonly match: number;
  /** IPv4 addresses of the entry behind it, in the order of its bucket row. */
  readonly locators: readonly number[];
  readonly verdict: number;
  readonly reason: number;
  readonly flowHash: number;
  readonly mtu: number;
}

/** The contender cannot run here, or with this table. */
export interface NativeSkip {
  readonly skipped: string;
}

export interface PassOptions {
  /** Position of the first key in the trace; default 0. */
  readonly from?: number;
  /** Lookups: results reach memory and are not added up. */
  readonly unsummed?: boolean;
  /** Packets: bytes from one buffer to the next; default that of the engine. */
  readonly stride?: number;
  /** Packets: one in eight is out of the ordinary. */
  readonly dirty?: boolean;
}

export function roundCommand(
  contender: string,
  trace: string,
  batch: number,
  keys: number,
  options: PassOptions = {},
): string {
  return ['round', contender, trace, batch, keys, ...optionWords(options)].join(' ');
}

/** `check` or `show`. */
export function askCommand(
  command: 'check' | 'show',
  contender: string,
  trace: string,
  count: number,
  options: PassOptions = {},
): string {
  return [command, contender, trace, count, ...optionWords(options)].join(' ');
}

function optionWords({ from, unsummed, stride, dirty }: PassOptions): string[] {
  return [
    ...(from === undefined ? [] : [`from=${from}`]),
    ...(unsummed === true ? ['unsummed'] : []),
    ...(stride === undefined ? [] : [`stride=${stride}`]),
    ...(dirty === true ? ['dirty'] : []),
  ];
}

/** The fields of an answer. Throws on what is no answer, and with the harness's words on an error. */
export function parseAnswer(line: string): Readonly<Record<string, unknown>> {
  let answer: unknown;
  try {
    // Sums may pass 2^53: they are kept as text.
    answer = JSON.parse(line.replace(/"sum":(\d+)/g, '"sum":"$1"'));
  } catch {
    throw new Error(`native: not an answer: ${line.slice(0, 80)}`);
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new Error(`native: not an answer: ${line.slice(0, 80)}`);
  }
  const fields = answer as Readonly<Record<string, unknown>>;
  if (typeof fields['error'] === 'string') throw new Error(`native: ${fields['error']}`);
  return fields;
}

export function parseList(line: string): readonly NativeContender[] {
  return rows(parseAnswer(line), 'contenders').map((row) => ({
    name: text(row, 'name'),
    work: oneOf(text(row, 'work'), ['lookup', 'forward', 'decapsulate']),
    family: number(row, 'family') === 4 ? 4 : 6,
    note: text(row, 'note'),
  }));
}

export function parseRound(line: string): NativeRound | NativeSkip {
  const answer = parseAnswer(line);
  if ('skipped' in answer) return { skipped: text(answer, 'skipped') };
  return {
    keys: number(answer, 'keys'),
    cpuNs: number(answer, 'cpuNs'),
    wallNs: number(answer, 'wallNs'),
    summed: answer['summed'] === true,
    sum: BigInt(text(answer, 'sum')),
    buildMs: number(answer, 'buildMs'),
    memoryBytes: number(answer, 'memoryBytes'),
  };
}

export function parseDigest(line: string): NativeDigest | NativeSkip {
  const answer = parseAnswer(line);
  if ('skipped' in answer) return { skipped: text(answer, 'skipped') };
  return { keys: number(answer, 'keys'), digest: text(answer, 'digest'), sum: BigInt(text(answer, 'sum')) };
}

export function parsePackets(line: string): readonly NativePacket[] | NativeSkip {
  const answer = parseAnswer(line);
  if ('skipped' in answer) return { skipped: text(answer, 'skipped') };
  return rows(answer, 'packets').map((row) => ({
    before: Buffer.from(text(row, 'before'), 'hex'),
    after: Buffer.from(text(row, 'after'), 'hex'),
    match: number(row, 'match'),
    locators: Array.isArray(row['locators']) ? row['locators'].map(Number) : [],
    verdict: number(row, 'verdict'),
    reason: number(row, 'reason'),
    flowHash: number(row, 'flowHash'),
    mtu: number(row, 'mtu'),
  }));
}

type Fields = Readonly<Record<string, unknown>>;

function rows(answer: Fields, name: string): readonly Fields[] {
  const value = answer[name];
  if (!Array.isArray(value)) throw new Error(`native: an answer without ${name}`);
  return value as readonly Fields[];
}

function text(answer: Fields, name: string): string {
  const value = answer[name];
  if (typeof value !== 'string') throw new Error(`native: an answer without ${name}`);
  return value;
}

function number(answer: Fields, name: string): number {
  const value = answer[name];
  if (typeof value !== 'number') throw new Error(`native: an answer without ${name}`);
  return value;
}

function oneOf<T extends string>(value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new Error(`native: no such work: ${value}`);
  return found;
}
