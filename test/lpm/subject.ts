// What the files of laws share.
import { expect } from 'vitest';
import type { Family } from '../../src/base/ip.ts';
import type { EngineBuild } from '../engine/engine-builds.ts';
import { prefixKey, type Step } from './random-tables.ts';
import { borders, bruteForce, type LpmTable, type Row, type TableOptions } from './table.ts';

/** What the laws of one (kind, build, family) are given. */
export interface Subject {
  readonly family: Family;
  readonly build: EngineBuild;
  /** Factor for the number of random cases. */
  readonly effort: number;
  /** Largest value that a table holds. */
  readonly largest: number;
  /** An empty table. */
  make(options?: Pick<TableOptions, 'room' | 'exactRoom' | 'specs'>): LpmTable;
  law(name: string, check: () => void): void;
}

/** Every lookup that matters to these rows agrees with the oracle. */
export function expectAnswers(
  table: LpmTable,
  rows: readonly Row[],
  root = table.root,
  more: readonly bigint[] = [],
): void {
  const keys = [...borders(table.family, rows), ...more];
  const wanted = keys.map((key) => bruteForce(table.family, rows, key));
  expect(table.lookup(keys, root)).toEqual(wanted);
}

/** Does the steps; returns the rows that are in the table then. */
export function follow(table: LpmTable, steps: readonly Step[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const step of steps) {
    if (step.op === 'publish') {
      table.publish();
    } else if (step.op === 'insert') {
      expect(table.insert(step.row)).toBe(true);
      rows.set(prefixKey(step.row), step.row);
    } else {
      expect(table.remove(step.row)).toBe(true);
      rows.delete(prefixKey(step.row));
    }
  }
  return rows;
}
