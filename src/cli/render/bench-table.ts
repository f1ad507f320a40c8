/** Tables of a bench page, and what they are folded into. */
import { escapeXml as text } from '../../sim/draw/svg.ts';
import { tag } from './html.ts';

type Rows = readonly (readonly string[])[];

/** How a structure is called. */
export const formName = ({
  kind,
  leafBytes,
}: {
  readonly kind: string;
  readonly leafBytes: number;
}): string => `${kind} ${leafBytes} B`;

export function folded(summary: string, content: string): string {
  return tag('details', {}, tag('summary', {}, summary), content);
}

export function table(head: readonly string[], rows: Rows): string {
  const header = head.every((word) => word === '')
    ? ''
    : tag('thead', {}, tag('tr', {}, ...head.map((word) => tag('th', { scope: 'col' }, text(word)))));
  const body = rows.map((row) => tag('tr', {}, ...row.map((cell) => tag('td', {}, text(cell)))));
  return tag('div', { class: 'scroll' }, tag('table', {}, header, tag('tbody', {}, ...body)));
}
