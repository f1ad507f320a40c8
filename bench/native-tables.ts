/** Tables of one family in this process: which take part, made and named. */
import type { Family } from '../src/base/ip.ts';
import { TooMuch, type TableContender } from '../src/bench/contender.ts';
import { EngineContender } from '../src/bench/engine-contender.ts';
import { formsOf, LISTS, noKindServes } from '../src/bench/forms.ts';
import { DIR24_8_JS } from '../src/bench/peers/dir24-8-js.ts';
import { EngineError } from '../src/engine/errors.ts';
import { isResearchKind, serves, type LpmKind } from '../src/engine/lpm.ts';
import type { TableRow } from '../src/tables/collect.ts';
import { CallContender } from './full-table.ts';
import { sizeText, type Field } from './native-field.ts';

/** Unless others are named. */
const FAST_KINDS: readonly LpmKind[] = ['dir18-run', 'dir24-8', 'dir24-stride6'];
/** Of a trace, for lists and for those that take addresses as text: a thousand times slower, and text takes memory. */
const FEW_KEYS = 65_536;

/** A table whose pass may leave the sum out. */
export interface Passing extends TableContender {
  pass(count: number, batch: number, from: number, summed?: boolean): number | bigint;
}

export interface OpenTable {
  readonly name: string;
  readonly contender: Passing;
  /** Keys that it walks of a trace; may be more than there are. */
  readonly most: number;
}

export interface OpenTables {
  readonly tables: readonly OpenTable[];
  /** Of each table, and why others are absent. */
  readonly notes: Readonly<Record<string, string>>;
}

interface Maker {
  readonly name: string;
  readonly isSlow: boolean;
  readonly open: () => Passing;
}

/** The kinds and peers of the settings that serve the family. `keys`: the most that will be looked up. */
export function openTables(
  { settings, peers, progress }: Field,
  family: Family,
  rows: readonly TableRow[],
  keys: number,
): OpenTables {
  const { kinds = FAST_KINDS, unsummed } = settings;
  const forms = formsOf(family, rows, kinds === 'all' ? undefined : kinds);
  const own = peers.filter((peer) => peer.families.includes(family));
  const notes: Record<string, string> = {};
  if (forms.length === 0) notes['pxtr'] = `skipped: ${noKindServes(family)}`;
  for (const kind of kinds === 'all' ? LISTS : []) {
    if (serves(kind, family) && !forms.some((form) => form.kind === kind))
      notes[`pxtr ${kind}`] = 'skipped: searched from end to end, and the table is large; --kinds names it';
  }
  if (unsummed) for (const { kind } of own) notes[kind] = 'skipped: it always sums';
  const called = [...new Set(forms.map(({ kind }) => kind))].filter((kind) => !isResearchKind(kind));
  const makers: Maker[] = [
    ...forms.map((form) => ({
      name: `pxtr ${form.kind}, ${form.leafBytes}-byte leaves`,
      isSlow: LISTS.includes(form.kind),
      open: () => new EngineContender(form, family, rows, keys),
    })),
    ...called.map((kind) => ({
      name: `lookupBatch ${kind}`,
      isSlow: LISTS.includes(kind),
      open: () => new CallContender(kind, family, rows),
    })),
    ...(unsummed ? [] : own).map(({ kind, open }) => ({
      name: kind,
      isSlow: kind !== DIR24_8_JS.kind,
      open: () => open(family, rows),
    })),
  ];
  const tables = makers.flatMap(({ name, isSlow, open }): OpenTable[] => {
    progress(`IPv${family}: building ${name}`);
    try {
      const contender = open();
      const size = sizeText(contender.readerBytes ?? contender.liveBytes, contender.buildMs);
      notes[name] = isSlow ? `${size}; the first ${FEW_KEYS} keys of the trace` : size;
      return [{ name, contender, most: isSlow ? FEW_KEYS : Infinity }];
    } catch (problem) {
      if (!(problem instanceof EngineError) && !(problem instanceof TooMuch)) throw problem;
      notes[name] = `skipped: ${problem.message}`;
      return [];
    }
  });
  return { tables, notes };
}
