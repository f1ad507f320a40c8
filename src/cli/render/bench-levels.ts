/** How deep lookups go, on a bench page: a heat map of lengths and levels for each structure, and reads by level. */
import type { Instruments } from '../../bench/instruments.ts';
import { bandsOf, inBand, meanLevel } from '../../bench/levels.ts';
import { grouped } from '../../bench/number-text.ts';
import { element, escapeXml as text, tooltip } from '../../sim/draw/svg.ts';
import { label, picture } from './bench-plots.ts';
import { folded, formName, table } from './bench-table.ts';
import { tag } from './html.ts';

const LEFT = 36;
const ROW = 9;
const LEAST_WIDTH = 200;
const WIDEST_CELL = 24;
/** Room for a mark of an axis. */
const [MARK_WIDTH, MARK_HEIGHT] = [28, 14];

export function levelsPart(trace: string, instruments: readonly Instruments[]): string {
  if (instruments.length === 0) return '';
  const maps = instruments.map((each) =>
    tag(
      'figure',
      {},
      tag('figcaption', {}, text(`${formName(each)}, mean ${meanLevel(each.levels).toFixed(2)}`)),
      heatMap(`Lengths and levels of ${formName(each)}`, each),
    ),
  );
  return [
    tag('h3', {}, text(`Levels of a lookup, ${trace}`)),
    tag(
      'p',
      { class: 'faint' },
      `Of ${grouped(instruments[0]!.sample)} lookups: the length of the prefix that is found, downwards, and the level at which the lookup ends, to the right. The darker, the more lookups; the scale is logarithmic.`,
    ),
    tag('div', { class: 'cells' }, ...maps),
    tag(
      'p',
      { class: 'faint' },
      'By level: reads of a lookup there, and the share of lookups that end there.',
    ),
    levelTable(instruments),
    folded('Lookups by length and level', lengthTable(instruments)),
  ].join('\n');
}

/** Rows are the lengths that occur, columns the levels up to the deepest. */
function heatMap(title: string, { levels, lengthsByLevel }: Instruments): string {
  const lengths = [...new Set(lengthsByLevel.map(({ bits }) => bits))];
  const first = levels[0]!.level;
  const deepest = levels.at(-1)!.level;
  const columns = deepest - first + 1;
  const width = Math.max(LEAST_WIDTH, LEFT + 4 * columns);
  const step = Math.min(WIDEST_CELL, (width - LEFT) / columns);
  const most = Math.log(1 + Math.max(...lengthsByLevel.map(({ lookups }) => lookups)));
  const cells = lengthsByLevel.map(({ bits, level, lookups }) =>
    element(
      'rect',
      {
        x: LEFT + (level - first) * step,
        y: ROW * lengths.indexOf(bits),
        width: step,
        height: ROW,
        class: 'c0',
        'fill-opacity': 0.1 + (0.9 * Math.log(1 + lookups)) / most,
      },
      tooltip(`${lengthName(bits)} at level ${level}: ${grouped(lookups)}`),
    ),
  );
  const floor = ROW * lengths.length;
  const everyRow = Math.ceil(MARK_HEIGHT / ROW);
  const everyColumn = Math.ceil(MARK_WIDTH / step);
  const marks = [
    ...lengths.map((bits, i) =>
      i % everyRow === 0 ? label(lengthName(bits), LEFT - 4, ROW * i + ROW, 'end', 'faint') : '',
    ),
    ...Array.from({ length: columns }, (_, i) =>
      i % everyColumn === 0
        ? label(String(first + i), LEFT + (i + 0.5) * step, floor + 15, 'middle', 'faint')
        : '',
    ),
  ];
  const axis = element('path', { d: `M${LEFT} 0V${floor}H${LEFT + columns * step}`, class: 'grid' });
  return picture(title, floor + 20, [...cells, ...marks, axis], width);
}

function lengthName(bits: number | null): string {
  return bits === null ? 'none' : `/${bits}`;
}

function levelTable(instruments: readonly Instruments[]): string {
  const bands = bandsOf(instruments.map(({ levels }) => levels));
  return table(
    ['Kind', 'Leaf', 'Mean', ...bands.map(({ name }) => name)],
    instruments.map(({ kind, leafBytes, sample, levels }) => [
      kind,
      `${leafBytes} B`,
      meanLevel(levels).toFixed(2),
      ...bands.map((band) => {
        const { reads, lookups } = inBand(levels, band);
        return reads + lookups === 0 ? '' : `${reads.toFixed(2)}, ${((100 * lookups) / sample).toFixed(1)} %`;
      }),
    ]),
  );
}

/** A row for each length: the levels at which its lookups end, and how many do. */
function lengthTable(instruments: readonly Instruments[]): string {
  const rows = instruments.flatMap(({ kind, leafBytes, lengthsByLevel }) =>
    [...new Set(lengthsByLevel.map(({ bits }) => bits))].map((bits) => [
      kind,
      `${leafBytes} B`,
      lengthName(bits),
      lengthsByLevel
        .filter((each) => each.bits === bits)
        .map(({ level, lookups }) => `${level}: ${grouped(lookups)}`)
        .join(', '),
    ]),
  );
  return table(['Kind', 'Leaf', 'Length', 'Lookups by level'], rows);
}
