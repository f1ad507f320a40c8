/** A report as Markdown, to be pasted where it is discussed. */
import type { Instruments } from './instruments.ts';
import { bandsOf, inBand, meanLevel } from './levels.ts';
import type { BenchReport, UpdateResult } from './results.ts';
import { MEMORY_HEAD, MEMORY_TEXT, memoryRows } from './memory-text.ts';
import { significant, sizeText } from './number-text.ts';
import {
  absentLines,
  COLUMNS_TEXT,
  environmentText,
  MEAN_HEAD,
  meanRows,
  MEANS_TEXT,
  nsAt,
  rangeText,
  refusedLines,
  sectionTitle,
  tableName,
  tableText,
  traceText,
} from './report-text.ts';
import { sectionsOf, type Section } from './sections.ts';
import { rebuiltText, UPDATE_HEAD, updateRows, updatesText } from './update-text.ts';

export function reportMarkdown(report: BenchReport): string {
  const { environment, settings, means } = report;
  const { table, rounds, milliseconds, seed } = settings;
  return [
    '# Longest-prefix match',
    ...environmentText(environment).split('\n'),
    `Table: ${tableName(table)}, seed ${seed}; ${rounds} rounds of ${milliseconds} ms of CPU time, each contender once in each. Medians, and the least and the largest round in brackets.`,
    COLUMNS_TEXT,
    ...sectionsOf(report).flatMap((section) => [
      `## ${sectionTitle(section)}`,
      `${tableText(section.facts)}.`,
      section.traces.map((trace) => `- ${trace.trace}: ${traceText(trace)}`).join('\n'),
      rateTable(section),
      latencyTable(section),
      ...instrumentTables(section.instruments),
      ...updateTables(report, section.updates),
      ...memoryTables(section),
    ]),
    ...(means.length === 0
      ? []
      : [
          '## All tables',
          `${MEANS_TEXT}.`,
          markdownTable(
            ['Kind', ...MEAN_HEAD],
            meanRows(means).map(([kind, ...rest]) => [`\`${kind}\``, ...rest]),
          ),
        ]),
    ...listed('Refused, not timed', refusedLines(report)),
    ...listed('Left out', absentLines(report)),
    '',
  ].join('\n\n');
}

/** A heading and a list; nothing for nothing. */
function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')];
}

function rateTable({ results: own, traces }: Section): string {
  const names = traces.map(({ trace }) => trace);
  const rows = new Map(own.map((each) => [`${each.kind} ${each.leafBytes} ${each.batch}`, each]));
  return markdownTable(
    ['Kind', 'Leaf, B', 'Batch', ...names.map((name) => `${name}, Mlps`), 'B/prefix', 'Build, ms'],
    [...rows.values()].map(({ kind, leafBytes, batch, bytesPerPrefix, buildMs }) => [
      `\`${kind}\``,
      String(leafBytes),
      String(batch),
      ...names.map((name) => {
        const found = own.find(
          (each) =>
            each.trace === name && each.kind === kind && each.leafBytes === leafBytes && each.batch === batch,
        );
        if (found === undefined) return '';
        return `${significant(found.mlps.median)} (${rangeText(found.mlps)})`;
      }),
      bytesPerPrefix === null ? '?' : bytesPerPrefix.toFixed(1),
      buildMs.toFixed(0),
    ]),
  );
}

function latencyTable({ results: own }: Section): string {
  const percents = own[0]?.latency.percentiles.map(({ percent }) => percent) ?? [];
  return markdownTable(
    ['Kind', 'Leaf, B', 'Batch', 'Trace', ...percents.map((percent) => `p${percent}, ns`)],
    own.map(({ kind, leafBytes, batch, trace, latency }) => [
      `\`${kind}\``,
      String(leafBytes),
      String(batch),
      trace,
      ...percents.map((percent) => nsAt(latency.percentiles, percent)),
    ]),
  );
}

function instrumentTables(own: readonly Instruments[]): string[] {
  if (own.length === 0) return [];
  return [
    markdownTable(
      [
        'Kind',
        'Leaf, B',
        'Trace',
        'Reads',
        'Lines',
        'Lines, p99',
        ...own[0]!.caches.map(({ bytes }) => `Hits, ${sizeText(bytes)}`),
      ],
      own.map(({ kind, leafBytes, trace, reads, lines, caches }) => [
        `\`${kind}\``,
        String(leafBytes),
        trace,
        reads.mean.toFixed(2),
        lines.mean.toFixed(2),
        String(lines.p99),
        ...caches.map(({ hitRate }) => `${(100 * hitRate).toFixed(1)} %`),
      ]),
    ),
    markdownTable(
      ['Kind', 'Leaf, B', 'Trace', 'Part', 'Size', 'Reads', 'Lines'],
      own.flatMap(({ kind, leafBytes, trace, parts }) =>
        parts.map(({ part, bytes, reads, lines }) => [
          `\`${kind}\``,
          String(leafBytes),
          trace,
          part,
          bytes === null ? '' : sizeText(bytes),
          reads.toFixed(2),
          lines.toFixed(2),
        ]),
      ),
    ),
    'By level: reads of a lookup there, and the share of lookups that end there.',
    levelTable(own),
  ];
}

function levelTable(instruments: readonly Instruments[]): string {
  const bands = bandsOf(instruments.map(({ levels }) => levels));
  return markdownTable(
    ['Kind', 'Leaf, B', 'Trace', 'Mean', ...bands.map(({ name }) => name)],
    instruments.map(({ kind, leafBytes, trace, sample, levels }) => [
      `\`${kind}\``,
      String(leafBytes),
      trace,
      meanLevel(levels).toFixed(2),
      ...bands.map((band) => {
        const { reads, lookups } = inBand(levels, band);
        return reads + lookups === 0
          ? ''
          : `${reads.toFixed(2)} (${((100 * lookups) / sample).toFixed(1)} %)`;
      }),
    ]),
  );
}

function updateTables(report: BenchReport, own: readonly UpdateResult[]): string[] {
  if (own.length === 0) return [];
  const rows = updateRows(own).map(([kind, leaf, ...rest]) => [`\`${kind}\``, leaf!, ...rest]);
  const rebuilt = rebuiltText(own);
  return [
    `${updatesText(report)}.`,
    ...(rows.length === 0 ? [] : [markdownTable(['Kind', 'Leaf', ...UPDATE_HEAD], rows)]),
    ...(rebuilt === undefined ? [] : [`${rebuilt}.`]),
  ];
}

function memoryTables({ memory }: Section): string[] {
  if (memory.length === 0) return [];
  const rows = memoryRows(memory).map(([kind, ...rest]) => [`\`${kind}\``, ...rest]);
  return [`${MEMORY_TEXT}.`, markdownTable(['Kind', 'Leaf', ...MEMORY_HEAD], rows)];
}

/** The first column to the left, the others to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(head),
    `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
