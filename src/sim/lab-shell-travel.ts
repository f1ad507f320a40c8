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

/** Goes to a time, forward or back; returns what happened on the way forward. */
export function moveTo(lab: Lab, time: Micros): readonly NetworkRecord[] {
  const { timeline } = lab;
  if (time < lab.now) {
    const last = timeline.records.findLast((record) => record.time <= time);
    timeline.goTo(last?.event ?? 0);
  }
  const from = timeline.records.length;
  timeline.runUntil(time);
  return timeline.records.slice(from);
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
