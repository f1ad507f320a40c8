import type { IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';

/** A locator's line; the columns between the address and the preference differ from command to command. */
export interface LocatorRow {
  readonly address: IpAddress;
  readonly columns: readonly string[];
  readonly priority: number;
  readonly weight: number;
}

const WIDTHS = { Uptime: 10, Local: 7, State: 11 } as const;

/** `Locator   Uptime    State      Pri/Wgt` and a line for each locator. */
export function locatorTable(
  indent: string,
  columns: readonly (keyof typeof WIDTHS)[],
  rows: readonly LocatorRow[],
): string[] {
  const width =
    rows.reduce((widest, { address }) => Math.max(widest, formatIp(address).length), 'Locator'.length) + 2;
  const pad = (texts: readonly string[]): string =>
    columns.map((column, i) => (texts[i] ?? '').padEnd(WIDTHS[column])).join('');
  const heading = `${indent}${'Locator'.padEnd(width)}${pad(columns)}Pri/Wgt`;
  return [
    heading,
    ...rows.map(
      (row) =>
        `${indent}${formatIp(row.address).padEnd(width)}${pad(row.columns)}${formatPreference(row.priority, row.weight)}`,
    ),
  ];
}

/** `  1/100`: the slashes stand in one column. */
export function formatPreference(priority: number, weight: number): string {
  return `${String(priority).padStart(3)}/${weight}`;
}
