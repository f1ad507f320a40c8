/** What belongs together in a report: all that was measured of one family of one table. */
import type { Instruments } from './instruments.ts';
import type { BenchReport, MemoryUse, TableFacts, TableResult, TraceFacts, UpdateResult } from './results.ts';

export interface Section {
  /** Of the table, where there are several. */
  readonly name?: string;
  readonly facts: TableFacts;
  readonly traces: readonly TraceFacts[];
  readonly results: readonly TableResult[];
  readonly instruments: readonly Instruments[];
  readonly updates: readonly UpdateResult[];
  readonly memory: readonly MemoryUse[];
}

/** What all items of a report have. */
interface Item {
  readonly table: string;
  readonly family: number;
}

/** One for each family of each table, in order. */
export function sectionsOf(report: BenchReport): Section[] {
  return report.tables.map((facts) => {
    const own = <T extends Item>(all: readonly T[]): T[] =>
      all.filter(({ table, family }) => table === facts.table && family === facts.family);
    return {
      ...(hasSeveralTables(report) ? { name: facts.table } : {}),
      facts,
      traces: own(report.traces),
      results: own(report.results),
      instruments: own(report.instruments),
      updates: own(report.updates),
      memory: own(report.memory),
    };
  });
}

export function hasSeveralTables({ tables }: Pick<BenchReport, 'tables'>): boolean {
  return new Set(tables.map(({ table }) => table)).size > 1;
}
