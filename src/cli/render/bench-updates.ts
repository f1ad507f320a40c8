/** Updates, on a bench page: how long single changes take, as bars from the middle to p99, and in numbers. */
import { significant } from '../../bench/number-text.ts';
import type { PublishPercentiles } from '../../bench/publish-times.ts';
import type { BenchReport, UpdateResult } from '../../bench/results.ts';
import { rebuiltText, UPDATE_HEAD, updateRows, updatesText } from '../../bench/update-text.ts';
import { escapeXml as text } from '../../sim/draw/svg.ts';
import { bars, type Bar } from './bench-plots.ts';
import { formName, table } from './bench-table.ts';
import { tag } from './html.ts';

export function updatesPart(report: BenchReport, updates: readonly UpdateResult[]): string {
  if (updates.length === 0) return '';
  const rows = updateRows(updates);
  const rebuilt = rebuiltText(updates);
  return [
    tag('h3', {}, 'Updates'),
    tag('p', { class: 'faint' }, text(`${updatesText(report)}.`)),
    ...(rows.length === 0
      ? []
      : [
          tag(
            'p',
            { class: 'faint' },
            'Announcing a prefix: the bar is p50, the line goes on to p99. Blue: nobody reads; orange: one thread does.',
          ),
          tag(
            'div',
            { class: 'picture' },
            bars('Announcing a prefix, microseconds', updates.flatMap(barsOf)),
          ),
          table(['Kind', 'Leaf', ...UPDATE_HEAD], rows),
        ]),
    ...(rebuilt === undefined ? [] : [tag('p', {}, text(`${rebuilt}.`))]),
  ].join('\n');
}

function barsOf(update: UpdateResult): Bar[] {
  if (update.way === 'rebuild') return [];
  const bar = (readers: string, { p50Us, p99Us }: PublishPercentiles, color: number): Bar => ({
    name: `${formName(update)}${readers}`,
    value: p50Us,
    least: p50Us,
    most: p99Us,
    told: `${significant(p50Us)} (p99 ${significant(p99Us)})`,
    color,
  });
  return [bar('', update.alone.announce, 0), bar(', read', update.beside.announce, 1)];
}
