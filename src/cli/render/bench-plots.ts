/** Pictures of a bench: bars, curves and histograms as SVG. Colours are classes, which the page gives a value. */
import { element, escapeXml, tooltip } from '../../sim/draw/svg.ts';

/** Colours that the page has: `c0` and so on. */
export const COLORS = 7;

const WIDTH = 860;
const ROW = 24;
const LEAST_NAME_WIDTH = 150;
const VALUE_WIDTH = 170;
/** Of a letter of 12 pixels, and a little more: nobody here can measure text. */
const LETTER_WIDTH = 7;

export function label(words: string, x: number, y: number, anchor = 'start', className = 'ink'): string {
  return element('text', { x, y, class: className, 'text-anchor': anchor }, escapeXml(words));
}

/** `body` is SVG. */
export function picture(title: string, height: number, body: readonly string[], width = WIDTH): string {
  const attributes = {
    viewBox: `0 0 ${width} ${Math.ceil(height)}`,
    width,
    role: 'img',
    'aria-label': title,
  };
  return element('svg', attributes, ...body);
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly told: string;
  readonly color: number;
}

/** A row a bar, with the range of the rounds as a line. */
export function bars(title: string, rows: readonly Bar[]): string {
  const left = nameWidth(rows);
  const scale = (WIDTH - left - VALUE_WIDTH) / Math.max(...rows.map(({ most }) => most));
  const body = rows.map(({ name, value, least, most, told, color }, i) => {
    const y = i * ROW;
    const [from, to] = [left + least * scale, left + most * scale];
    return element(
      'g',
      {},
      tooltip(`${name}: ${told}`),
      label(name, left - 8, y + 16, 'end'),
      element('rect', {
        x: left,
        y: y + 4,
        width: Math.max(1, value * scale),
        height: 16,
        class: `c${color}`,
      }),
      element('path', {
        d: `M${n(from)} ${y + 8}v8M${n(from)} ${y + 12}H${n(to)}M${n(to)} ${y + 8}v8`,
        class: 'whisker',
      }),
      label(told, to + 8, y + 16, 'start', 'faint'),
    );
  });
  return picture(title, rows.length * ROW + 4, body);
}

/** Room for the longest name, at the left. */
function nameWidth(rows: readonly { readonly name: string }[]): number {
  return Math.max(LEAST_NAME_WIDTH, ...rows.map(({ name }) => LETTER_WIDTH * name.length + 16));
}

export interface StackedBar {
  readonly name: string;
  readonly told: string;
  readonly parts: readonly { readonly name: string; readonly share: number; readonly told: string }[];
}

/** A row a bar, all of the same length: shares. Parts that are wide enough have their name in them. */
export function stackedBars(title: string, rows: readonly StackedBar[]): string {
  const left = nameWidth(rows);
  const body = rows.flatMap(({ name, told, parts }, i) => {
    const y = i * ROW;
    let x = left;
    const pieces = parts.map((part, j) => {
      const width = part.share * (WIDTH - left - VALUE_WIDTH);
      const at = x;
      x += width;
      const isWide = width > 8 + 8 * part.name.length;
      return element(
        'g',
        {},
        tooltip(`${name}, ${part.name}: ${part.told}`),
        element('rect', { x: at, y: y + 3, width, height: 18, class: `c${j % COLORS} piece` }),
        isWide ? label(part.name, at + 6, y + 16, 'start', `on${j % COLORS}`) : '',
      );
    });
    return [
      label(name, left - 8, y + 16, 'end'),
      ...pieces,
      label(told, WIDTH - VALUE_WIDTH + 8, y + 16, 'start', 'faint'),
    ];
  });
  return picture(title, rows.length * ROW + 4, body);
}

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const CURVE_HEIGHT = 300;
const LEGEND_COLUMNS = 4;

/** Shares (0 to 1, upwards) over a logarithmic axis, with a legend below. */
export function curves(title: string, unit: string, all: readonly Curve[]): string {
  const xs = all.flatMap(({ points }) => points.map(({ x }) => Math.max(x, 0.01)));
  const [low, high] = [Math.log10(Math.min(...xs)), Math.log10(Math.max(...xs))];
  const [left, right, top] = [52, WIDTH - 20, 12];
  const x = (value: number): number =>
    left + ((Math.log10(Math.max(value, 0.01)) - low) / Math.max(high - low, 1e-9)) * (right - left);
  const y = (share: number): number => top + (1 - share) * (CURVE_HEIGHT - top);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    element('path', { d: `M${left} ${n(y(share))}H${right}`, class: 'grid' }),
    label(`${100 * share} %`, left - 6, y(share) + 4, 'end', 'faint'),
  ]);
  const marks = ticksBetween(low, high);
  const told = apart(marks, (value) => x(value));
  const ticks = marks.flatMap((value) => [
    element('path', { d: `M${n(x(value))} ${top}V${CURVE_HEIGHT}`, class: 'grid' }),
    told.has(value) ? label(String(value), x(value), CURVE_HEIGHT + 18, 'middle', 'faint') : '',
  ]);
  const lines = all.map(({ name, points }, i) => {
    const d = points.map((point, j) => `${j === 0 ? 'M' : 'L'}${n(x(point.x))} ${n(y(point.y))}`).join('');
    return element('path', { d, class: lineClass(i) }, tooltip(name));
  });
  const legendTop = CURVE_HEIGHT + 60;
  const legend = all.flatMap(({ name }, i) => {
    const at = left + (i % LEGEND_COLUMNS) * ((right - left) / LEGEND_COLUMNS);
    const row = legendTop + Math.floor(i / LEGEND_COLUMNS) * 20;
    return [
      element('path', { d: `M${n(at)} ${row - 4}h32`, class: lineClass(i) }),
      label(name, at + 40, row),
    ];
  });
  const height = legendTop + Math.ceil(all.length / LEGEND_COLUMNS) * 20;
  return picture(title, height, [
    ...grid,
    ...ticks,
    label(unit, (left + right) / 2, CURVE_HEIGHT + 36, 'middle', 'faint'),
    ...lines,
    ...legend,
  ]);
}

/** Colour, and beyond the colours also dashes: nobody has to tell lines apart by colour alone. */
function lineClass(i: number): string {
  return `line s${i % COLORS} d${Math.floor(i / COLORS) % 3}`;
}

/** 1, 2 and 5 of each power of ten. */
function ticksBetween(low: number, high: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const digit of [1, 2, 5]) {
      const value = Number((digit * 10 ** power).toPrecision(1));
      if (Math.log10(value) >= low && Math.log10(value) <= high) found.push(value);
    }
  }
  return found;
}

/** Which of the marks can be written below the axis: powers of ten first, then what leaves room between. */
function apart(marks: readonly number[], x: (value: number) => number): Set<number> {
  const reach = (value: number): number => (LETTER_WIDTH * String(value).length) / 2 + 4;
  const taken: number[] = [];
  for (const power of [true, false]) {
    for (const value of marks.filter((each) => Number.isInteger(Math.log10(each)) === power)) {
      const isFree = taken.every((other) => Math.abs(x(value) - x(other)) >= reach(value) + reach(other));
      if (isFree) taken.push(value);
    }
  }
  return new Set(taken);
}

export interface Column {
  readonly name: string;
  readonly value: number;
  readonly told: string;
}

/** Upright bars; `height(value)` 0 to 1. Names that would touch are left out. */
export function histogram(
  title: string,
  columns: readonly Column[],
  height: (value: number) => number,
  size: { readonly width: number; readonly height: number } = { width: WIDTH, height: 180 },
): string {
  const step = Math.min(48, (size.width - 8) / Math.max(1, columns.length));
  const every = Math.ceil(28 / step);
  const floor = size.height - 20;
  const body = columns.map(({ name, value, told }, i) => {
    const tall = Math.max(value > 0 ? 1 : 0, height(value) * (floor - 6));
    return element(
      'g',
      {},
      tooltip(told),
      element('rect', {
        x: 4 + i * step,
        y: floor - tall,
        width: Math.max(1, step - 2),
        height: tall,
        class: 'c0',
      }),
      i % every === 0 ? label(name, 4 + (i + 0.5) * step - 1, floor + 15, 'middle', 'faint') : '',
    );
  });
  const axis = element('path', { d: `M4 ${floor}H${n(4 + columns.length * step)}`, class: 'grid' });
  return picture(title, size.height, [...body, axis], size.width);
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}
