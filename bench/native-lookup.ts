/**
 * Lookups: native tables, kinds of the engine and JavaScript over the same trace. The engine's are measured in its memory,
 * where the keys lie as they do for native contenders, and through `Lpm.lookupBatch`.
 */
import type { Family } from '../src/base/ip.ts';
import { RangeOracle } from './range-oracle.ts';
import { RightAnswers } from './right-answers.ts';
import { readTableRows, readTrace, TRACES } from './native-data.ts';
import { nativeEntrant, tableEntrant, type Entrant } from './native-entrants.ts';
import { BATCH, NEXT_HOPS, passLength, readyNatives, type Field } from './native-field.ts';
import { openTables, type OpenTables } from './native-tables.ts';
import type { Case } from './runner.ts';

const BASELINE = { 4: 'rte_lpm_bulk', 6: 'rte_lpm6_bulk' } as const;

/** Of a family, a case for each trace. */
export async function* lookupCases(field: Field, family: Family): AsyncGenerator<Case> {
  const rows = readTableRows(field.folder, family);
  const keys = Math.max(...TRACES[family].map((trace) => passLength(field, family, trace)));
  const opened = openTables(field, family, rows, keys);
  field.progress(`IPv${family}: the oracle`);
  const oracle = new RangeOracle(family, rows);
  for (const trace of TRACES[family]) yield lookupCase(field, family, trace, opened, oracle);
}

export async function lookupCase(
  field: Field,
  family: Family,
  trace: string,
  { tables, notes }: OpenTables,
  oracle: Pick<RangeOracle, 'values'>,
): Promise<Case> {
  const { settings, folder } = field;
  const count = passLength(field, family, trace);
  const natives = await readyNatives(field, 'lookup', family, trace);
  const entrants: Entrant[] = [
    ...natives.ready.map((name) => nativeEntrant(field, name, trace, count)),
    ...tables.map((table) => tableEntrant(table, count, !settings.unsummed)),
  ];
  return {
    name: `lookup IPv${family} ${trace}, results ${settings.unsummed ? 'not summed' : 'summed'}`,
    unit: 'key',
    operations: count,
    baseline: BASELINE[family],
    contenders: entrants,
    facts: { batch: BATCH, seed: settings.seed, 'next hops': NEXT_HOPS },
    notes: { ...natives.notes, ...notes },
    gate: async (refuse) => {
      const keys = readTrace(folder, family, trace, count);
      const right = new RightAnswers(family, keys, oracle.values(keys));
      for (const { name, judge } of entrants) {
        field.progress(`lookup IPv${family} ${trace}: gate, ${name}`);
        const why = await judge(right);
        if (why !== undefined) refuse({ name, why });
      }
    },
  };
}
