/** A bench as one HTML page: pictures with their numbers beside them. It loads nothing and runs nothing. */
import type { Instruments } from '../../bench/instruments.ts';
import { grouped, significant, sizeText } from '../../bench/number-text.ts';
import {
  absentLines,
  COLUMNS_TEXT,
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
} from '../../bench/report-text.ts';
import type { BenchReport, TableFacts, TableResult } from '../../bench/results.ts';
import { sectionsOf, type Section } from '../../bench/sections.ts';
import { escapeXml as text } from '../../sim/draw/svg.ts';
import { levelsPart } from './bench-levels.ts';
import { bytesPart, memoryPart } from './bench-memory.ts';
import { bars, curves, histogram } from './bench-plots.ts';
import { BENCH_STYLE } from './bench-style.ts';
import { folded, formName, table } from './bench-table.ts';
import { updatesPart } from './bench-updates.ts';
import { htmlDocument, tag } from './html.ts';

export function benchPage(report: BenchReport): string {
  const { settings, means } = report;
  const sections = sectionsOf(report);
  const title = `Longest-prefix match: ${tableName(settings.table)}`;
  return htmlDocument(title, BENCH_STYLE, [
    tag('h1', {}, text(title)),
    tag('p', { class: 'faint' }, text(introduction(report))),
    tag(
      'nav',
      {},
      ...sections.map((each, i) => tag('a', { href: `#${sectionId(each, i)}` }, text(sectionTitle(each)))),
      tag('a', { href: '#environment' }, 'Environment'),
    ),
    ...sections.map((each, i) => tag('section', { id: sectionId(each, i) }, sectionPart(report, each))),
    ...(means.length === 0
      ? []
      : [
          tag(
            'section',
            {},
            tag('h2', {}, 'All tables'),
            tag('p', { class: 'faint' }, `${MEANS_TEXT}.`),
            table(['Kind', ...MEAN_HEAD], meanRows(means)),
          ),
        ]),
    ...listed('Refused, not timed', refusedLines(report)),
    ...listed('Left out', absentLines(report)),
    tag('section', { id: 'environment' }, tag('h2', {}, 'Environment'), environmentTable(report)),
  ]);
}

function introduction({ settings, environment }: BenchReport): string {
  const { rounds, milliseconds, batches } = settings;
  return `${rounds} rounds of ${milliseconds} ms of CPU time, each kind once in each, in batches of ${batches.join(', ')} keys; ${environment.cpu}.`;
}

/** A section with a list; none for nothing. */
function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => tag('li', {}, text(line)));
  return [tag('section', {}, tag('h2', {}, title), tag('ul', {}, ...items))];
}

/** Names of tables are those of files, which may hold anything: the sections of several are counted. */
function sectionId({ name, facts }: Section, i: number): string {
  return name === undefined ? `ipv${facts.family}` : `table${i + 1}`;
}

function sectionPart(report: BenchReport, section: Section): string {
  const { facts, results, instruments, traces, updates } = section;
  const [first] = traces;
  return [
    tag('h2', {}, text(sectionTitle(section))),
    tag('p', {}, text(`${tableText(facts)}.`)),
    lengthPart(facts),
    ...traces.map((traced) => {
      const { trace } = traced;
      const own = results.filter((each) => each.trace === trace);
      return [
        tag('h3', {}, text(`Speed, ${trace}`)),
        tag(
          'p',
          { class: 'faint' },
          text(
            `Million lookups a second; the line is the range of the rounds. Blue: values of two bytes; orange: of four. ${traceText(traced)}.`,
          ),
        ),
        speedBars(trace, own),
        tag('h3', {}, text(`Latency, ${trace}`)),
        tag(
          'p',
          { class: 'faint' },
          '256 keys at a time were timed, in batches of the size. Share of these times that were at most so long a lookup, up to 99 %.',
        ),
        ...batchesOf(own).map((batch) =>
          latencyCurves(
            `Latency over ${trace}, batches of ${batch}`,
            own.filter((each) => each.batch === batch),
          ),
        ),
        tag('p', { class: 'faint' }, text(COLUMNS_TEXT)),
        resultTable(own),
        readsPart(
          trace,
          instruments.filter((each) => each.trace === trace),
        ),
        levelsPart(
          trace,
          instruments.filter((each) => each.trace === trace),
        ),
      ].join('\n');
    }),
    // Sizes are those of the structure, whatever is looked up in it.
    first === undefined ? '' : bytesPart(instruments.filter((each) => each.trace === first.trace)),
    updatesPart(report, updates),
    memoryPart(section.memory),
  ].join('\n');
}

function lengthPart({ family, lengths }: TableFacts): string {
  const bits = Object.keys(lengths).map(Number);
  const [low, high] = [Math.min(...bits), Math.max(...bits)];
  const most = Math.log10(1 + Math.max(...Object.values(lengths)));
  const columns = Array.from({ length: high - low + 1 }, (_, i) => {
    const count = lengths[low + i] ?? 0;
    return { name: `/${low + i}`, value: count, told: `/${low + i}: ${grouped(count)}` };
  });
  const rows = bits.map((length) => [`/${length}`, grouped(lengths[length]!)]);
  return [
    tag('h3', {}, 'Prefixes by length'),
    tag('p', { class: 'faint' }, 'The scale is logarithmic.'),
    tag(
      'div',
      { class: 'picture' },
      histogram(`Prefixes by length, IPv${family}`, columns, (count) => Math.log10(1 + count) / most),
    ),
    folded('The numbers', table(['Length', 'Prefixes'], rows)),
  ].join('\n');
}

function speedBars(trace: string, results: readonly TableResult[]): string {
  const isOneBatch = batchesOf(results).length === 1;
  const rows = results
    .toSorted((a, b) => b.mlps.median - a.mlps.median)
    .map((result) => ({
      name: isOneBatch ? formName(result) : `${formName(result)}, ${result.batch}`,
      value: result.mlps.median,
      least: result.mlps.min,
      most: result.mlps.max,
      told: `${significant(result.mlps.median)} (${rangeText(result.mlps)})`,
      color: result.leafBytes === 2 ? 0 : 1,
    }));
  return tag('div', { class: 'picture' }, rows.length === 0 ? '' : bars(`Speed over ${trace}`, rows));
}

function batchesOf(results: readonly TableResult[]): readonly number[] {
  return [...new Set(results.map(({ batch }) => batch))];
}

function latencyCurves(title: string, results: readonly TableResult[]): string {
  const all = results.map((result) => ({
    name: formName(result),
    // What is rarer is mostly the machine's, and would press all else into a corner: the table has it.
    points: result.latency.percentiles
      .filter(({ percent }) => percent <= 99)
      .map(({ percent, ns }) => ({ x: ns, y: percent / 100 })),
  }));
  return tag(
    'div',
    { class: 'picture' },
    tag('p', { class: 'faint' }, text(title)),
    curves(title, 'nanoseconds a lookup, logarithmic', all),
  );
}

function resultTable(results: readonly TableResult[]): string {
  const percents = results[0]?.latency.percentiles.map(({ percent }) => percent) ?? [];
  const head = [
    'Kind',
    'Leaf',
    'Batch',
    'Mlps',
    'Range',
    ...percents.map((percent) => `p${percent}`),
    'B/prefix',
    'Build, ms',
  ];
  return table(
    head,
    results
      .toSorted((a, b) => b.mlps.median - a.mlps.median)
      .map(({ kind, leafBytes, batch, mlps, latency, bytesPerPrefix, buildMs }) => [
        kind,
        `${leafBytes} B`,
        String(batch),
        significant(mlps.median),
        rangeText(mlps),
        ...percents.map((percent) => nsAt(latency.percentiles, percent)),
        bytesPerPrefix === null ? '?' : bytesPerPrefix.toFixed(1),
        buildMs.toFixed(0),
      ]),
  );
}

const CELL = { width: 200, height: 96 };

function readsPart(trace: string, instruments: readonly Instruments[]): string {
  if (instruments.length === 0) return '';
  const cells = instruments.map((each) => {
    const { histogram: counted, mean } = each.reads;
    const most = Math.max(...counted.map(({ lookups }) => lookups));
    const [low, high] = [counted[0]!.reads, counted.at(-1)!.reads];
    const found = new Map(counted.map(({ reads, lookups }) => [reads, lookups]));
    const columns = Array.from({ length: high - low + 1 }, (_, i) => {
      const lookups = found.get(low + i) ?? 0;
      return { name: String(low + i), value: lookups, told: `${low + i} reads: ${grouped(lookups)} lookups` };
    });
    const svg = histogram(`Reads of ${formName(each)}`, columns, (lookups) => lookups / most, CELL);
    return tag('figure', {}, tag('figcaption', {}, text(`${formName(each)}, mean ${mean.toFixed(2)}`)), svg);
  });
  const { caches, sample } = instruments[0]!;
  const rows = instruments.map((each) => [
    each.kind,
    `${each.leafBytes} B`,
    each.reads.mean.toFixed(2),
    each.lines.mean.toFixed(2),
    String(each.lines.median),
    String(each.lines.p99),
    ...each.caches.map(({ hitRate }) => `${(100 * hitRate).toFixed(1)} %`),
  ]);
  const head = [
    'Kind',
    'Leaf',
    'Reads',
    'Lines',
    'median',
    'p99',
    ...caches.map(({ bytes }) => `LRU ${sizeText(bytes)}`),
  ];
  return [
    tag('h3', {}, text(`Reads of a lookup, ${trace}`)),
    tag(
      'p',
      { class: 'faint' },
      `Of ${grouped(sample)} lookups, by the number of reads. Lines are distinct lines of 64 bytes; LRU is the share of them that a cache of that size has.`,
    ),
    tag('div', { class: 'cells' }, ...cells),
    table(head, rows),
  ].join('\n');
}

function environmentTable({ environment, settings }: BenchReport): string {
  const { wasmBuilds, ...rest } = environment;
  const rows = [
    ...Object.entries(rest),
    ...Object.entries(wasmBuilds).map(([build, digest]) => [`wasmBuilds, ${build}`, digest] as const),
    ...Object.entries(settings),
  ].map(([name, value]) => [name, String(value)]);
  return tag('div', { class: 'environment' }, table(['', ''], rows));
}
