/** What a person at a console is told of records: lines of this console as they are, of others with their names. */
import { execCommandOf } from './lab-shell-line.ts';
import { wrapLine } from './lab-shell-events.ts';
import type { Lab } from './lab.ts';
import { narrate } from './narrate.ts';
import type { NetworkRecord, RecordOf } from './record.ts';

/** Commands that take time, by the record of their end. */
const ENDS = { 'ping-done': 'ping', 'traceroute-done': 'traceroute', 'lig-done': 'lig' } as const;

type Ending = RecordOf<keyof typeof ENDS>;

/** Who is told. */
export interface Listener {
  /** Whose console they are at. */
  readonly node: string;
  /** The line that they have just entered: it is on the screen already. */
  readonly typed?: string | undefined;
  /** Records that they were told of, of this line or stretch of time, begin here. */
  readonly since: number;
}

/** What stands on consoles. */
export function consoleLines(lab: Lab, records: readonly NetworkRecord[], listener: Listener): string[] {
  const { node, typed } = listener;
  let isEchoed = typed === undefined;
  return records.flatMap((record): string[] => {
    switch (record.kind) {
      case 'typed': {
        const isEcho = !isEchoed && record.node === node && record.text.trim() === typed;
        if (isEcho) isEchoed = true;
        return isEcho ? [] : [recordLine(record, node)];
      }
      case 'console':
        return [recordLine(record, node)];
      case 'ping-done':
      case 'traceroute-done':
      case 'lig-done':
        return lineBefore(lab, record, listener);
      default:
        return [];
    }
  });
}

/** The line of a command that ends, where it was typed before anything was told: its output would stand without. */
export function lineBefore(lab: Lab, ending: Ending, { node, since }: Listener): string[] {
  const all = lab.timeline.records;
  const at = all.findLastIndex(
    (each) => each.kind === 'typed' && each.node === ending.node && each.event <= ending.event,
  );
  const line = all[at];
  if (line?.kind !== 'typed' || at >= since) return [];
  const isItsLine = execCommandOf(lab, line.node, line.text)?.kind === ENDS[ending.kind];
  return isItsLine ? [recordLine(line, node)] : [];
}

export function recordLine(record: RecordOf<'typed' | 'console'>, node: string): string {
  const mark = record.node === node ? '' : `[${record.node}] `;
  return mark + (record.kind === 'typed' ? record.node + record.prompt + record.text : record.text);
}

/** The packets among records, with their reasons. */
export function packetLines(lab: Lab, records: readonly NetworkRecord[]): string[] {
  const frames = new Set(records.flatMap((each) => (each.kind === 'frame' ? [each.frame.number] : [])));
  return storyLines(narrate(lab.story().filter(({ frame }) => frames.has(frame.number))));
}

/** The story so far, or that there is none. */
export function storyOf(lab: Lab): string[] {
  const told = lab.narration();
  if (told.length > 0) return told;
  const all = lab.story().length;
  const so = all === 0 ? 'no packet has been sent' : `all ${all} packets were registration and other upkeep`;
  return [`nothing to tell yet: ${so}; ping something, or "run 10s"`];
}

const STORY_INDENT = ' '.repeat(8);

/** Lines of a story, none wider than a page. */
export function storyLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => wrapLine(line, STORY_INDENT));
}
