/** What a router would take for a table. */
import type { Family } from '../../base/ip.ts';
import { EngineError } from '../../engine/errors.ts';
import type { LpmKind } from '../../engine/lpm.ts';
import { Lpm } from '../../engine/lpm-table.ts';
import { engineModuleSync } from '../../engine/open-research-node.ts';
import type { TableRow } from '../../tables/collect.ts';
import { tableBytesOf } from './built-table.ts';

export interface RouterChoice {
  readonly family: Family;
  /** Null: the table fits in none. */
  readonly kind: LpmKind | null;
  readonly why: string;
  /** What the router has for its tables: as much as the commands give each kind. */
  readonly tableBytes: number;
}

/** Asks a table of kind 'auto' that holds these prefixes, so that nothing here can differ from what a router does. */
export function routerChoice(family: Family, rows: readonly TableRow[]): RouterChoice {
  const tableBytes = tableBytesOf(rows);
  const lpm = Lpm.open(engineModuleSync(), { tableBytes });
  for (const { prefix, value } of rows) lpm.insert(prefix, value);
  try {
    lpm.publish();
  } catch (problem) {
    if (!(problem instanceof EngineError)) throw problem;
    return { family, kind: null, why: problem.message, tableBytes };
  }
  return { family, kind: lpm.kindOf(family), why: lpm.whyKind(family), tableBytes };
}

export function choiceLine({ kind, why, tableBytes }: RouterChoice): string {
  const room = `${Math.round(tableBytes / 2 ** 20)} MiB for tables`;
  return `  a router with ${room} takes ${kind ?? 'nothing'}: ${why}`;
}
