import type { Environment } from '../src/bench/environment.ts';
import type { CaseResult, Measured, Settings } from './runner.ts';

/** What `--json` writes. */
export interface Report {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly results: readonly CaseResult[];
}

/** Below this share of a core a round was disturbed; the row is marked. */
const UNDISTURBED = 0.9;

/** A table: a row a contender, with the ratio to the baseline last; GB/s where a case tells its bytes. */
export function caseText(result: CaseResult): string {
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
    number(m.medianNs),
    `${number(m.minNs)}-${number(m.maxNs)}`,
    String(m.rounds.length),
    number(1000 / m.medianNs),
    ...(bytes === undefined ? [] : [number(bytes / operations / m.medianNs)]),
    m.ratio.toFixed(2),
  ]);
  const facts = Object.entries(result.facts).map(([key, value]) => `${key} ${value}`);
  const notes = Object.entries(result.notes ?? {}).map(([name, note]) => `  ${name}: ${note}`);
  return [
    `${result.suite}: ${result.name}`,
    `  ${facts.join(', ')}`,
    ...aligned([header, ...rows]),
    ...notes,
  ].join('\n');
}

export const DISTURBED_NOTE = '! some round had less than 90 % of a core: measure again on a quiet machine';

export function isDisturbed({ rounds }: Measured): boolean {
  return rounds.some(({ cpuShare }) => cpuShare < UNDISTURBED);
}

/** Three significant digits. */
function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** First column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}
