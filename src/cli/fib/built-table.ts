/** Tables as the engine holds them, for the commands over tables. */
import type { Family } from '../../base/ip.ts';
import { EngineError } from '../../engine/errors.ts';
import type { LpmKind } from '../../engine/lpm.ts';
import { researchModuleSync } from '../../engine/open-research-node.ts';
import { ResearchTable, type ResearchBuild } from '../../engine/research-table.ts';
import type { TableRow } from '../../tables/collect.ts';

/**
 * What a prefix takes in most kinds where prefixes lie as those of the Internet do, and what the largest kind has before
 * the first. Of prefixes that lie far apart, some kinds take kilobytes each: those tables are told not to fit.
 */
const BYTES_PER_PREFIX = 512;
const LEAST_BYTES = 160 * 2 ** 20;

export interface Built {
  readonly table: ResearchTable;
  /** Of the engine. */
  readonly buildMs: number;
}

/** Bytes that are given to each kind for these rows. */
export function tableBytesOf(rows: readonly TableRow[]): number {
  return LEAST_BYTES + BYTES_PER_PREFIX * rows.length;
}

/** A kind, and the size of its leaves. */
interface Form {
  readonly kind: LpmKind;
  readonly leafBytes: 2 | 4;
}

/** A kind that does not hold the table, and why. */
export interface Unfit extends Form {
  readonly family: Family;
  readonly why: string;
}

/** Builds one; the rows have numbers. What does not fit is told, and is no reason to do without the others. */
export function buildTable(
  build: ResearchBuild,
  form: Form,
  family: Family,
  rows: readonly TableRow[],
): Built | Unfit {
  let buildMs = 0;
  const module = researchModuleSync(build);
  try {
    const table = ResearchTable.build(module, rows, {
      ...form,
      family,
      fibBytes: tableBytesOf(rows),
      around: (work) => {
        const start = performance.now();
        const result = work();
        buildMs += performance.now() - start;
        return result;
      },
    });
    return { table, buildMs };
  } catch (problem) {
    if (!(problem instanceof EngineError) || problem.code === 'bad-module') throw problem;
    return { family, ...form, why: problem.message };
  }
}
