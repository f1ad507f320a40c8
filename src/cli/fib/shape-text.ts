/** A table of prefixes in words, bars and a map. */
import type { Family } from '../../base/ip.ts';
import { counted, grouped } from '../../bench/number-text.ts';
import { REGION_BITS, type TableShape } from '../../tables/table-shape.ts';
import { plural, table } from '../render/table.ts';
import type { Unfit } from './built-table.ts';

/** With the digest that `pxtr bench` tells of the same table. */
export interface NamedShape extends TableShape {
  readonly digest: string;
}

/** A kind that was built of the table. */
export interface BuiltKind {
  readonly family: Family;
  readonly kind: string;
  readonly leafBytes: number;
  /** Of what lookups walk, and of all there is. */
  readonly bytesPerPrefix: number;
  readonly totalBytesPerPrefix: number;
  readonly buildMs: number;
  readonly parts: readonly { readonly part: string; readonly bytes: number }[];
}

const BAR_WIDTH = 40;
const SHADES = ' .:-=+*#%@';
const MOST_REGIONS = 16;

export function shapeText(
  shape: NamedShape,
  kinds: readonly BuiltKind[],
  refused: readonly Unfit[],
): string[] {
  const { family, prefixes, values, digest } = shape;
  const numbers = values === 0 ? 'no numbers' : counted(values, 'distinct value');
  return [
    `IPv${family}: ${counted(prefixes, 'prefix', 'prefixes')}, ${numbers}, digest ${digest}`,
    '',
    ...lengthLines(shape),
    '',
    ...depthLines(shape),
    '',
    ...(family === 4 ? heatLines(shape) : regionLines(shape)),
    ...(kinds.length === 0 ? [] : ['', ...kindLines(kinds)]),
    ...(refused.length === 0 ? [] : ['', ...unfitLines(refused)]),
  ];
}

function lengthLines({ lengths, prefixes }: TableShape): string[] {
  const most = Math.max(...lengths.map((each) => each.prefixes));
  return table(
    lengths.map(({ bits, prefixes: count }) => [
      `/${bits}`,
      grouped(count).padStart(9),
      percent(count, prefixes).padStart(7),
      '#'.repeat(Math.round((BAR_WIDTH * count) / most)),
    ]),
    { indent: '  ' },
  );
}

function depthLines({ depths, prefixes }: TableShape): string[] {
  const rows = depths.map(({ inside, prefixes: count }) => [
    inside === 0 ? 'in no other prefix' : `inside ${plural(inside, 'other')}`,
    grouped(count).padStart(9),
    percent(count, prefixes).padStart(7),
  ]);
  return table(rows, { indent: '  ' });
}

/** A character for each /8, by the logarithm of its prefixes: sixteen lines of sixteen. */
function heatLines({ regions, above }: TableShape): string[] {
  const counts = new Map(regions.map(({ region, prefixes }) => [region, prefixes]));
  const most = Math.log(1 + Math.max(0, ...counts.values()));
  const shade = (region: number): string => {
    const count = counts.get(region) ?? 0;
    if (count === 0) return SHADES[0]!;
    return SHADES[Math.max(1, Math.round((Math.log(1 + count) / most) * (SHADES.length - 1)))]!;
  };
  const lines = Array.from({ length: 16 }, (_, row) => {
    const cells = Array.from({ length: 16 }, (_each, column) => shade(16 * row + column));
    return `  ${String(16 * row).padStart(3)}  ${cells.join('')}`.trimEnd();
  });
  return [
    `  prefixes by /8: 0.0.0.0/8 first, sixteen in a line, from " " (none) by "${SHADES.slice(1)}" to the most`,
    ...lines,
    ...(above === 0 ? [] : [`  shorter than /8: ${above}`]),
  ];
}

function regionLines({ regions, above, prefixes }: TableShape): string[] {
  const shown = regions
    .slice(0, MOST_REGIONS)
    .map(({ region, prefixes: count }) => [
      `${region.toString(16)}::/${REGION_BITS[6]}`,
      grouped(count).padStart(9),
      percent(count, prefixes).padStart(7),
    ]);
  const rest = regions.length - shown.length;
  return [
    ...table(shown, { indent: '  ' }),
    ...(rest > 0 ? [`  and ${rest} more /${REGION_BITS[6]}`] : []),
    ...(above === 0 ? [] : [`  shorter than /${REGION_BITS[6]}: ${above}`]),
  ];
}

function kindLines(kinds: readonly BuiltKind[]): string[] {
  const header = ['kind', 'leaf', 'B/prefix', 'all', 'build', 'parts'];
  const rows = kinds.map(({ kind, leafBytes, bytesPerPrefix, totalBytesPerPrefix, buildMs, parts }) => [
    kind,
    `${leafBytes} B`,
    bytesPerPrefix.toFixed(1).padStart(8),
    totalBytesPerPrefix.toFixed(1).padStart(6),
    `${buildMs.toFixed(0)} ms`.padStart(7),
    parts.length === 1 ? '' : parts.map(({ part, bytes }) => `${part} ${grouped(bytes)}`).join(', '),
  ]);
  return table([header, ...rows], { indent: '  ' });
}

/** One line for each. */
export function unfitLines(refused: readonly Unfit[]): string[] {
  return refused.map(({ kind, leafBytes, why }) => `  ${kind}, ${leafBytes} B: does not fit: ${why}`);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)} %`;
}
