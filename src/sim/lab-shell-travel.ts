/** Moves of a lab through time, and what is forgotten when the past is changed. */
import type { Micros } from '../base/time.ts';
import type { LabInput } from './journal.ts';
import type { Lab } from './lab.ts';
import { formatTime } from './log.ts';
import type { NetworkRecord } from './record.ts';

/** `time 10.005000, event 57` */
export function positionOf(lab: Lab): string {
  return `time ${formatTime(lab.now)}, event ${lab.timeline.event}`;
}

/** What was typed later than here, as long as nothing new is: time that goes on brings it again. */
export function aheadOf(lab: Lab): string[] {
  const { timeline, inputs } = lab;
  if (timeline.horizon === timeline.event) return [];
  const later = inputs
    .filter(({ madeAt }) => madeAt >= timeline.event)
    .map(({ input }) => describeInput(input));
  if (later.length === 0) return [];
  const [shown, rest] = [later.slice(0, AHEAD), later.length - AHEAD];
  return [`typed again as time goes on: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}

/** Lines of the future that are named. */
const AHEAD = 3;

/** When `time` is past: goes back to the last event by then. */
export function goBack(lab: Lab, time: Micros): void {
  const { timeline } = lab;
  if (time >= lab.now) return;
  const last = timeline.records.findLast((record) => record.time <= time)?.event ?? 0;
  // Nothing has happened since, but the clock went on: only the way back to an event turns it back.
  if (last === timeline.event && last > 0) timeline.goTo(last - 1);
  timeline.goTo(last);
}

/** Goes to just after an event, and on to `time` if nothing happens until then. */
export function moveToEvent(
  lab: Lab,
  event: number,
  time: Micros | undefined,
): { readonly told: readonly NetworkRecord[]; readonly isThere: boolean } {
  const { timeline } = lab;
  const from = event < timeline.event ? Infinity : timeline.records.length;
  const isThere = timeline.goTo(event);
  if (time !== undefined && timeline.network.nextTime() > time) timeline.runUntil(time);
  return { told: timeline.records.slice(from), isThere };
}

/** Takes back the last input; undefined when there is none. */
export function undo(lab: Lab): LabInput | undefined {
  const last = lab.inputs.at(-1);
  if (last !== undefined) lab.timeline.takeBack(lab.timeline.journal.length - 1);
  return last?.input;
}

/** After going back: takes back the inputs that were made here and later. Returns them. */
export function forgetLater(lab: Lab): LabInput[] {
  const { timeline, inputs } = lab;
  if (timeline.horizon === timeline.event) return [];
  const later = inputs.filter(({ madeAt }) => madeAt >= timeline.event);
  timeline.takeBack(timeline.journal.length - later.length);
  return later.map(({ input }) => input);
}

/** `lisp1#ping 4.4.4.4` */
export function describeInput(input: LabInput): string {
  switch (input.kind) {
    case 'command':
      return `${input.node}#${input.line.trim()}`;
    case 'link':
      return `link ${input.link} ${input.change.up === false ? 'down' : 'up'}`;
    default:
      return `${input.kind} ${'node' in input ? input.node : ''}`;
  }
}
