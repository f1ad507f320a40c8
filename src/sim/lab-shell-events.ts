/** Events of a run as lines: what `step` prints. */
import { debugText } from '../ios/debug.ts';
import { formatTime } from './log.ts';
import type { LinkChange } from './link.ts';
import type { NetworkRecord, RecordOf } from './record.ts';
import type { StoryPacket } from './story.ts';

/** Columns of the output. */
const WIDTH = 100;
const INDENT = ' '.repeat(10);

/** What has to do with what stands on a console. */
export type ConsoleRecord = RecordOf<'typed' | 'console' | 'ping-done' | 'traceroute-done' | 'lig-done'>;

/**
 * Packets with their reasons, what nodes noticed, and `consoleLines` for what stands on a console. `story` has every
 * packet that the records name.
 */
export function eventLines(
  records: readonly NetworkRecord[],
  story: readonly StoryPacket[],
  consoleLines: (record: ConsoleRecord) => string[],
): string[] {
  const packets = new Map(story.map((packet) => [packet.frame.number, packet]));
  return records.flatMap((record): string[] => {
    const head = formatTime(record.time);
    switch (record.kind) {
      case 'frame': {
        const packet = packets.get(record.frame.number)!;
        const fate = record.frame.fate === 'sent' ? '' : ` [${record.frame.fate}]`;
        const line = `${head} ${packet.from} > ${packet.to}  ${label(packet)}${packet.title}${fate}`;
        return [...wrap(line), ...wrap(INDENT + packet.why)];
      }
      case 'arrival': {
        const what = record.cut ? 'never gets' : 'gets';
        const packet = packets.get(record.frame)!;
        return wrap(`${head} ${record.node} ${what} ${label(packet)}${packet.title}`);
      }
      case 'typed':
      case 'console':
      case 'ping-done':
      case 'traceroute-done':
      case 'lig-done':
        return consoleLines(record);
      case 'trace':
        return wrap(`${head} ${record.node} ${debugText(record.trace)}`);
      case 'unconnected':
        return wrap(`${head} ${record.node} sends out of ${record.interfaceName}, which is on no link`);
      case 'link-change':
        return wrap(`${head} link ${record.link}: ${changeText(record.change)}`);
    }
  });
}

/** `down, loss 20%, delay 0.005000 s` */
function changeText({ up, loss, delay, mtu }: LinkChange): string {
  const parts = [
    up === undefined ? '' : up ? 'up' : 'down',
    loss === undefined ? '' : `loss ${Number((loss * 100).toFixed(4))}%`,
    delay === undefined ? '' : `delay ${formatTime(delay)} s`,
    mtu === undefined ? '' : `MTU ${mtu}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Long lines go on below, indented. */
export function wrapLine(line: string, indent: string): string[] {
  if (line.length <= WIDTH) return [line];
  const at = line.lastIndexOf(' ', WIDTH);
  if (at <= indent.length) return [line];
  return [line.slice(0, at), ...wrapLine(indent + line.slice(at + 1), indent)];
}

function wrap(line: string): string[] {
  return wrapLine(line, INDENT);
}

function label({ number }: StoryPacket): string {
  return number === undefined ? '' : `#${number} `;
}
