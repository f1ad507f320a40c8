/** What was measured of updates, in words and in cells of tables. */
import { counted, grouped, significant } from './number-text.ts';
import type { Publishing } from './publish-times.ts';
import type { BenchReport, UpdateResult } from './results.ts';

export const UPDATE_HEAD: readonly string[] = [
  'reader',
  'withdraw p50',
  'p99',
  'announce p50',
  'p99',
  'lookups beside',
];

/** What the table of updates is, for those that asked for them. */
export function updatesText({ settings, environment }: BenchReport): string {
  const about =
    `One prefix at a time is withdrawn or announced again and published, ${counted(settings.updates ?? 0, 'prefix', 'prefixes')} of the table: ` +
    'microseconds of the engine, with nobody and with one thread that looks up all the while';
  // Runs of earlier versions do not tell, and have no updates.
  return environment.usableCores === 1
    ? `${about}. The process may use one core: that thread and the one that changes took turns`
    : about;
}

/** Two rows for each structure that is changed in place: kind, leaf, and what UPDATE_HEAD says. */
export function updateRows(updates: readonly UpdateResult[]): (readonly string[])[] {
  return updates.flatMap((each) => {
    if (each.way === 'rebuild') return [];
    const form = [each.kind, `${each.leafBytes} B`];
    return [
      [...form, 'none', ...cells(each.alone), ''],
      [...form, 'one', ...cells(each.beside), grouped(each.beside.lookupsBeside ?? 0)],
    ];
  });
}

function cells({ withdraw, announce }: Publishing): string[] {
  return [withdraw, announce].flatMap(({ p50Us, p99Us }) => [significant(p50Us), significant(p99Us)]);
}

/** Structures that each publish makes anew, and how long that takes; undefined without one. */
export function rebuiltText(updates: readonly UpdateResult[]): string | undefined {
  const rebuilt = updates.flatMap((each) =>
    each.way === 'rebuild' ? [`${each.kind} ${each.leafBytes} B ${significant(each.buildMs)} ms`] : [],
  );
  return rebuilt.length === 0 ? undefined : `Each publish builds the whole table anew: ${rebuilt.join(', ')}`;
}
