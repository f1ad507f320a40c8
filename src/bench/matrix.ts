/** Several tables in one run, one after another, and what each structure makes of all of them. */
import type { TableRow } from '../tables/collect.ts';
import { runBench, type BenchOptions, type BenchProgress } from './measure.ts';
import type { BenchReport, MatrixMean, TableResult } from './results.ts';
import { geometricMean } from './statistics.ts';
import { withUpdates, type UpdateOptions } from './updates.ts';

export interface NamedTable {
  readonly name: string;
  /** Each prefix once, each with a value. */
  readonly rows: readonly TableRow[];
}

/** Progress counts each table as much as another, by parts of so many. */
const PARTS = 1000;

/** At least one table. `updates`: single changes are measured as well. */
export async function runTables(
  tables: readonly NamedTable[],
  options: Omit<BenchOptions, 'table' | 'rows'>,
  updates: Pick<UpdateOptions, 'updates' | 'startReader'> | undefined,
  progress: BenchProgress,
): Promise<BenchReport> {
  const pieces = tables.length * (updates === undefined ? 1 : 2);
  let piece = 0;
  const reports: BenchReport[] = [];
  for (const { name, rows } of tables) {
    const tell: BenchProgress = (text, done, total) => {
      const about = tables.length === 1 ? text : `${name}: ${text}`;
      progress(about, PARTS * piece + Math.floor((PARTS * done) / total), PARTS * pieces);
    };
    const report = runBench({ ...options, table: name, rows }, tell);
    piece++;
    if (updates === undefined) {
      reports.push(report);
      continue;
    }
    reports.push(await withUpdates(report, { ...options, ...updates, rows }, tell));
    piece++;
  }
  return joined(reports);
}

function joined(reports: readonly BenchReport[]): BenchReport {
  const [first, ...others] = reports;
  if (others.length === 0) return first!;
  const all = <
    K extends 'tables' | 'traces' | 'results' | 'refused' | 'absent' | 'instruments' | 'updates' | 'memory',
  >(
    key: K,
  ): BenchReport[K][number][] => reports.flatMap((report): readonly BenchReport[K][number][] => report[key]);
  const results = all('results');
  return {
    ...first!,
    settings: { ...first!.settings, table: reports.map(({ settings }) => settings.table).join(', ') },
    tables: all('tables'),
    traces: all('traces'),
    results,
    refused: all('refused'),
    absent: all('absent'),
    instruments: all('instruments'),
    updates: all('updates'),
    memory: all('memory'),
    means: meansOf(results),
  };
}

/** Of each structure over all tables and traces of a family: those that were in all of them first, then the fastest. */
export function meansOf(results: readonly TableResult[]): MatrixMean[] {
  const groups = new Map<string, TableResult[]>();
  const cells = new Map<number, Set<string>>();
  for (const result of results) {
    const { table, family, trace, kind, leafBytes, batch } = result;
    const key = `${family} ${kind} ${leafBytes} ${batch}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
    cells.set(family, (cells.get(family) ?? new Set()).add(JSON.stringify([table, trace])));
  }
  return [...groups.values()]
    .map((own): MatrixMean => {
      const { family, kind, leafBytes, batch } = own[0]!;
      return {
        family,
        kind,
        leafBytes,
        batch,
        mlps: geometricMean(own.map(({ mlps }) => mlps.median)),
        cells: own.length,
        of: cells.get(family)!.size,
      };
    })
    .sort((a, b) => a.family - b.family || b.cells - a.cells || b.mlps - a.mlps);
}
