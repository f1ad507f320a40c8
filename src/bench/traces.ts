/** The traces that were asked for, as keys of one family: made, of key files, or of captures. */
import { statSync } from 'node:fs';
import type { Family } from '../base/ip.ts';
import type { TableRow } from '../tables/collect.ts';
import { InputError } from './input-error.ts';
import { captureKeys, type CaptureFacts } from './capture-keys.ts';
import { keyFileName, makeKeys, PATTERNS, readKeys, traceName } from './keys.ts';
import { counted } from './number-text.ts';
import type { Absence } from './results.ts';

export interface TraceOptions {
  /** Patterns, or capture files. */
  readonly traces: readonly string[];
  /** Folder of key files of bench/native/gen.c, which replace the patterns of these names. */
  readonly keyFiles?: string;
  /** Of a trace; undefined = all there are, or a million where they are made. */
  readonly keys?: number;
  readonly seed: number;
}

export interface Trace {
  readonly name: string;
  readonly keys: Uint32Array;
  /** Where they are of one. */
  readonly capture?: CaptureFacts;
}

/** Batches beyond this do not exist. */
export const LARGEST_BATCH = 256;
const MADE_KEYS = 1 << 20;

export const KEY_FILES_HINT = 'docs/lpm.md, "Measuring", says how key files are made.';

/** @throws InputError for a folder that is none, or too few keys */
export function openTraces(
  family: Family,
  rows: readonly TableRow[],
  options: TraceOptions,
): { readonly present: readonly Trace[]; readonly absent: readonly Omit<Absence, 'table'>[] } {
  const { keyFiles } = options;
  if (keyFiles !== undefined && statSync(keyFiles, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new InputError(`--traces ${keyFiles}: there is no such folder`, KEY_FILES_HINT);
  const present: Trace[] = [];
  const absent: Omit<Absence, 'table'>[] = [];
  for (const trace of options.traces) {
    const found = keysOf(family, rows, trace, options);
    const name = traceName(trace);
    if (typeof found === 'string') absent.push({ family, trace: name, why: found });
    else present.push({ ...found, name, keys: wholeBatches(found.keys, family, options.keys) });
  }
  return { present, absent };
}

/** The keys, or why there are none. */
function keysOf(
  family: Family,
  rows: readonly TableRow[],
  trace: string,
  { keyFiles, keys: count = MADE_KEYS, seed }: TraceOptions,
): Omit<Trace, 'name'> | string {
  const pattern = PATTERNS.find((each) => each === trace);
  if (pattern === undefined) {
    const { keys, facts: capture } = captureKeys(trace, family, count);
    return keys.length > 0
      ? { keys, capture }
      : `none of ${counted(capture.packets, 'packet')} has an IPv${family} destination`;
  }
  if (keyFiles === undefined) {
    const keys = makeKeys(rows, family, pattern, count, seed);
    return keys.length > 0 ? { keys } : 'every address that was tried is covered by a prefix';
  }
  const keys = readKeys(keyFiles, family, pattern);
  return keys === undefined ? `no ${keyFileName(family, pattern)} in ${keyFiles}` : { keys };
}

/** As many of `wanted` as batches of the largest size can be made of. */
function wholeBatches(keys: Uint32Array, family: Family, wanted = Infinity): Uint32Array {
  const width = family === 4 ? 1 : 4;
  const some = Math.min(wanted, keys.length / width);
  const whole = Math.floor(some / LARGEST_BATCH) * LARGEST_BATCH;
  if (whole === 0) throw new InputError(`a trace needs at least ${LARGEST_BATCH} keys`);
  return keys.subarray(0, whole * width);
}
