/** Memory of structures, on a bench page: by part, and what became of all that they were given. */
import type { Instruments } from '../../bench/instruments.ts';
import { MEMORY_HEAD, MEMORY_TEXT, memoryRows } from '../../bench/memory-text.ts';
import { sizeText } from '../../bench/number-text.ts';
import type { MemoryUse } from '../../bench/results.ts';
import { escapeXml as text } from '../../sim/draw/svg.ts';
import { stackedBars } from './bench-plots.ts';
import { folded, formName, table } from './bench-table.ts';
import { tag } from './html.ts';

export function bytesPart(instruments: readonly Instruments[]): string {
  if (instruments.length === 0) return '';
  const stacked = instruments.map((each) => {
    const total = each.parts.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    const parts = each.parts.flatMap(({ part, bytes }) =>
      bytes === null ? [] : [{ name: part, share: bytes / Math.max(1, total), told: sizeText(bytes) }],
    );
    return { name: formName(each), told: sizeText(total), parts };
  });
  const rows = instruments.flatMap(({ kind, leafBytes, parts }) =>
    parts.map(({ part, bytes, reads, lines }) => [
      kind,
      `${leafBytes} B`,
      part,
      bytes === null ? '' : sizeText(bytes),
      reads.toFixed(2),
      lines.toFixed(2),
    ]),
  );
  return [
    tag('h3', {}, 'Bytes by part'),
    tag(
      'p',
      { class: 'faint' },
      text(
        `Shares of what lookups walk, and all of it. Reads and lines are of a lookup of ${instruments[0]!.trace}.`,
      ),
    ),
    tag('div', { class: 'picture' }, stackedBars('Bytes by part', stacked)),
    folded('The numbers', table(['Kind', 'Leaf', 'Part', 'Size', 'Reads', 'Lines'], rows)),
  ].join('\n');
}

export function memoryPart(memory: readonly MemoryUse[]): string {
  if (memory.length === 0) return '';
  return [
    tag('h3', {}, 'Memory'),
    tag('p', { class: 'faint' }, text(`${MEMORY_TEXT}.`)),
    table(['Kind', 'Leaf', ...MEMORY_HEAD], memoryRows(memory)),
  ].join('\n');
}
