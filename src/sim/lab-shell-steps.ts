/** A lab moved event by event, and each event told. */
import { eventLines, type ConsoleRecord } from './lab-shell-events.ts';
import { lineBefore, recordLine } from './lab-shell-told.ts';
import { aheadOf, positionOf } from './lab-shell-travel.ts';
import type { Lab } from './lab.ts';

/** So many events on, told to whom is at the console of `node`. */
export function stepForward(lab: Lab, count: number, node: string): string[] {
  const { timeline } = lab;
  const from = timeline.records.length;
  const handled = timeline.run({ maxEvents: count });
  const told = timeline.records.slice(from);
  const quiet = handled > 0 && told.length === 0 ? ['  a timer; nothing to tell'] : [];
  const end = handled < count ? ['  nothing is left to happen'] : [];
  const onConsole = (record: ConsoleRecord): string[] =>
    record.kind === 'typed' || record.kind === 'console'
      ? [recordLine(record, node)]
      : lineBefore(lab, record, { node, since: from });
  return [...eventLines(told, lab.story(), onConsole), ...quiet, ...end, positionOf(lab)];
}

/** So many events back, to the start at most. */
export function stepBack(lab: Lab, count: number): string[] {
  const { timeline } = lab;
  const isPossible = timeline.event >= count;
  timeline.goTo(Math.max(0, timeline.event - count));
  return [...(isPossible ? [] : ['  this is the start']), positionOf(lab), ...aheadOf(lab)];
}
