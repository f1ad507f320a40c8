/**
 * How long it takes to make a full table in each kind, in CPU time of the engine, and what memory it takes: `memory` is
 * the same suite by another name, since a table must be made to be weighed. `build` also has 'auto' take another kind.
 */
import type { Family } from '../src/base/ip.ts';
import { ALL_KINDS, formsOf, LISTS } from '../src/bench/forms.ts';
import type { EngineForm } from '../src/bench/engine-contender.ts';
import { isResearchKind, LARGE_TABLE } from '../src/engine/lpm.ts';
import { researchModuleSync, engineModuleSync } from '../src/engine/open-research-node.ts';
import { ResearchTable } from '../src/engine/research-table.ts';
import { fullTable } from './full-rows.ts';
import type { Case, Round, SelfTimed, Suite } from './runner.ts';
import type { TableRow } from '../src/tables/collect.ts';
import { switchCase } from './switch-kind.ts';

/** The kinds for large tables. */
const LARGE = ALL_KINDS.filter((kind) => !LISTS.includes(kind));

export const buildSuite: Suite = {
  name: 'build',
  isOptional: true,
  cases: (seed, settings) => {
    const rows = fullTable(settings);
    // A smaller table has the same kind for all traffic.
    const follows = rows[4].length < LARGE_TABLE ? [] : [switchCase(rows[4], seed)];
    return [...tableCases(rows), ...follows];
  },
};

export const memorySuite: Suite = {
  ...buildSuite,
  name: 'memory',
  cases: (_seed, settings) => tableCases(fullTable(settings)),
};

function tableCases(rows: Readonly<Record<Family, readonly TableRow[]>>): Case[] {
  return ([4, 6] as const).map((family) => buildCase(family, rows[family]));
}

function buildCase(family: Family, rows: readonly TableRow[]): Case {
  const notes: Record<string, string> = {};
  const forms = formsOf(family, rows, LARGE);
  const contenders = forms.map((form): SelfTimed => ({
    name: nameOf(form),
    time: (): Round => {
      let ms = 0;
      const table = build(form, family, rows, (work) => {
        const start = process.cpuUsage();
        const result = work();
        const { user, system } = process.cpuUsage(start);
        ms += (user + system) / 1000;
        return result;
      });
      notes[nameOf(form)] = bytesText(table, rows.length);
      return { medianNs: (ms * 1e6) / rows.length, calls: 1, cpuShare: 1 };
    },
  }));
  return {
    name: `IPv${family}, ${rows.length} prefixes, from nothing to published`,
    unit: 'prefix',
    operations: 1,
    baseline: 'patricia 4 B',
    contenders,
    gate: () => {
      const tables = forms.map((form) => ({ form, table: build(form, family, rows) }));
      const keys = keysOf(family, rows);
      const answers = tables.map(({ table }) => {
        const out = new Uint32Array(rows.length);
        table.engine.lookupBatch('routes', 0, family, keys, out);
        return out;
      });
      for (const [i, out] of answers.entries()) {
        const at = out.findIndex((value, j) => value !== answers[0]![j]);
        if (at >= 0) throw new Error(`${nameOf(tables[i]!.form)}: another value for prefix ${at}`);
      }
    },
    facts: { prefixes: rows.length },
    notes,
  };
}

function nameOf({ kind, leafBytes }: EngineForm): string {
  return `${kind} ${leafBytes} B`;
}

function build(
  form: EngineForm,
  family: Family,
  rows: readonly TableRow[],
  around: (work: () => number) => number = (work) => work(),
): ResearchTable {
  const module = isResearchKind(form.kind) ? researchModuleSync() : engineModuleSync();
  return ResearchTable.build(module, rows, { ...form, family, around });
}

/** The first address of each prefix. */
function keysOf(family: Family, rows: readonly TableRow[]): Uint32Array {
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(rows.length * width);
  for (const [i, { prefix }] of rows.entries()) {
    const { w0, w1, w2, w3 } = prefix.address;
    keys.set(family === 4 ? [w0] : [w0, w1, w2, w3], i * width);
  }
  return keys;
}

function bytesText(table: ResearchTable, prefixes: number): string {
  const each = (bytes: number): string => (bytes / prefixes).toFixed(2);
  const parts = table.parts().map(({ part, bytes }) => `${part} ${each(bytes)}`);
  return `${each(table.readerBytes)} B a prefix to look in (${parts.join(', ')}), ${each(table.liveBytes)} with the writer's`;
}
