/** Tables as the engine holds them, for the commands over tables. */
import type { Family } from '../../base/ip.ts';
import type { LpmKind } from '../../engine/lpm.ts';
import { researchModuleSync } from '../../engine/open-research-node.ts';
import { ResearchTable, type ResearchBuild } from '../../engine/research-table.ts';
import type { TableRow } from '../../tables/collect.ts';

/** More than any kind takes for a prefix, and what the largest has before the first. */
const BYTES_PER_PREFIX = 512;
const LEAST_BYTES = 160 * 2 ** 20;

export interface Built {
  readonly table: ResearchTable;
  /** Of the engine. */
  readonly buildMs: number;
}

/** Builds one; the rows have numbers. Throws EngineError as `ResearchTable.build`. */
export function buildTable(
  build: ResearchBuild,
  form: { readonly kind: LpmKind; readonly leafBytes: 2 | 4 },
  family: Family,
  rows: readonly TableRow[],
): Built {
  let buildMs = 0;
  const table = ResearchTable.build(researchModuleSync(build), rows, {
    ...form,
    family,
    fibBytes: LEAST_BYTES + BYTES_PER_PREFIX * rows.length,
    around: (work) => {
      const start = performance.now();
      const result = work();
      buildMs += performance.now() - start;
      return result;
    },
  });
  return { table, buildMs };
}
