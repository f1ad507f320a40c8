/** Tables as the plain list that everything here reads. */
import { formatPrefix } from '../../base/ip-text.ts';
import type { CollectedTable } from '../../tables/collect.ts';

/** Rows that are put together before they are handed on: a million small writes would take longer than the rest. */
const ROWS_PER_PIECE = 16_384;

/** Names of the numbers as comments, then a prefix a line with its number, where it has one. */
export function* listText({ rows, values }: Pick<CollectedTable, 'rows' | 'values'>): Iterable<string> {
  if (values.length > 0) yield values.map(({ value, name }) => `# ${value} = ${name}\n`).join('');
  for (let at = 0; at < rows.length; at += ROWS_PER_PIECE) {
    let piece = '';
    for (const { prefix, value } of rows.slice(at, at + ROWS_PER_PIECE)) {
      piece += value === 0 ? `${formatPrefix(prefix)}\n` : `${formatPrefix(prefix)} ${value}\n`;
    }
    yield piece;
  }
}
