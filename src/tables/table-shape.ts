/** What a table of prefixes is like, whatever it is looked up with. */
import { contains, type Family, type IpPrefix } from '../base/ip.ts';
import type { TableRow } from './collect.ts';

export interface TableShape {
  readonly family: Family;
  readonly prefixes: number;
  /** Distinct numbers behind the prefixes; 0 when they have none. */
  readonly values: number;
  /** How many prefixes have each length, those that occur. */
  readonly lengths: readonly { readonly bits: number; readonly prefixes: number }[];
  /** How many prefixes lie inside so many others. */
  readonly depths: readonly { readonly inside: number; readonly prefixes: number }[];
  /** How many prefixes of at least that length lie in each /8 (IPv4) or /16 (IPv6), those that have any; most first. */
  readonly regions: readonly { readonly region: number; readonly prefixes: number }[];
  /** Prefixes shorter than a region. */
  readonly above: number;
}

/** Bits of a region. */
export const REGION_BITS: Readonly<Record<Family, number>> = { 4: 8, 6: 16 };

/** Of the rows of a family, which are in order and each there once. */
export function shapeOf(family: Family, rows: readonly TableRow[]): TableShape {
  const lengths = new Map<number, number>();
  const depths = new Map<number, number>();
  const regions = new Map<number, number>();
  const values = new Set<number>();
  const around: IpPrefix[] = [];
  const region = REGION_BITS[family];
  let above = 0;
  for (const { prefix, value } of rows) {
    while (around.length > 0 && !holds(around.at(-1)!, prefix)) around.pop();
    add(depths, around.length);
    around.push(prefix);
    add(lengths, prefix.bits);
    if (prefix.bits < region) above++;
    else add(regions, prefix.address.w0 >>> (32 - region));
    if (value !== 0) values.add(value);
  }
  const counted = (map: ReadonlyMap<number, number>): [number, number][] =>
    [...map].sort(([a], [b]) => a - b);
  return {
    family,
    prefixes: rows.length,
    values: values.size,
    lengths: counted(lengths).map(([bits, prefixes]) => ({ bits, prefixes })),
    depths: counted(depths).map(([inside, prefixes]) => ({ inside, prefixes })),
    regions: [...regions]
      .sort(([a, more], [b, fewer]) => fewer - more || a - b)
      .map(([at, prefixes]) => ({ region: at, prefixes })),
    above,
  };
}

function holds(outer: IpPrefix, inner: IpPrefix): boolean {
  return outer.bits < inner.bits && contains(outer, inner.address);
}

function add(to: Map<number, number>, key: number): void {
  to.set(key, (to.get(key) ?? 0) + 1);
}
