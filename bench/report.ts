import { basename } from 'node:path';
import type { Environment } from '../src/bench/environment.ts';
import { significant } from '../src/bench/number-text.ts';
import { EXIT } from '../src/cli/io.ts';
import type { CaseResult, Measured, Settings } from './runner.ts';

/** What `--json` writes: docs/bench-suite-schema.json is the same in JSON Schema. */
export interface Report {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly results: readonly CaseResult[];
}

export function reportOf(
  environment: Environment,
  settings: Settings,
  results: readonly CaseResult[],
): Report {
  // Where the list lies is nobody's business but this machine's.
  const { prefixes, ...rest } = settings;
  const told = prefixes === undefined ? rest : { ...rest, prefixes: basename(prefixes) };
  return { environment, settings: told, results };
}

/** Below this share of a core a round was disturbed; the row is marked. */
const UNDISTURBED = 0.9;

/**
 * A table: a row a contender, with the ratio to the baseline last; GB/s where a case tells its bytes. `isFirst`: what `!` means
 * has not been said before. Who was refused is told below it.
 */
export function caseText(result: CaseResult, isFirst: boolean): string {
  const { bytesPerCall: bytes, operationsPerCall: operations } = result;
  const speed = bytes === undefined ? [] : ['GB/s'];
  const header = [
    '',
    `ns/${result.unit}`,
    'min-max',
    'n',
    `M${result.unit}s/s`,
    ...speed,
    `x ${result.baseline}`,
  ];
  const rows = result.measured.map((m) => [
    m.name + (isDisturbed(m) ? ' !' : ''),
    significant(m.medianNs),
    `${significant(m.minNs)}-${significant(m.maxNs)}`,
    String(m.rounds.length),
    significant(1000 / m.medianNs),
    ...(bytes === undefined ? [] : [significant(bytes / operations / m.medianNs)]),
    m.ratio.toFixed(2),
  ]);
  const facts = Object.entries(result.facts).map(([key, value]) => `${key} ${value}`);
  const notes = Object.entries(result.notes ?? {}).map(([name, note]) => `  ${name}: ${note}`);
  return [
    `${result.suite}: ${result.name}`,
    `  ${facts.join(', ')}`,
    ...aligned([header, ...rows]),
    ...notes,
    ...(result.refused ?? []).map(({ name, why }) => `  refused: ${name} ${why}`),
    ...(isFirst && hasDisturbed(result) ? [`  ${DISTURBED_NOTE}`] : []),
  ].join('\n');
}

const DISTURBED_NOTE = '! some round had less than 90 % of a core: measure again on a quiet machine';

/** A wrong answer is a fault of the run, whatever else was measured. */
export function exitCodeOf(results: readonly CaseResult[]): number {
  return results.some(({ refused }) => refused !== undefined) ? EXIT.failed : EXIT.ok;
}

export function hasDisturbed({ measured }: CaseResult): boolean {
  return measured.some(isDisturbed);
}

function isDisturbed({ rounds }: Measured): boolean {
  return rounds.some(({ cpuShare }) => cpuShare < UNDISTURBED);
}

/** First column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}
