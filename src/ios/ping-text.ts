import { formatIp } from '../base/ip-text.ts';
import type { PingRequest, PingResult } from '../router/node.ts';

/** IOS breaks the line of marks after so many. */
const MARKS_PER_LINE = 70;

/** What IOS prints for a ping that is over. */
export function formatPing(request: PingRequest, result: PingResult): string[] {
  return [...formatPingStart(request), ...markLines(result.marks), formatPingEnd(result)];
}

/** The lines before the first mark. */
export function formatPingStart(request: PingRequest): string[] {
  const { destination, source, count, size, timeout, dontFragment } = request;
  const timeoutText = `timeout is ${timeout / 1_000_000} seconds`;
  return [
    'Type escape sequence to abort.',
    `Sending ${count}, ${size}-byte ICMP Echos to ${formatIp(destination)}, ${timeoutText}:`,
    ...(source === undefined ? [] : [`Packet sent with a source address of ${formatIp(source)}`]),
    ...(dontFragment === true ? ['Packet sent with the DF bit set'] : []),
  ];
}

/** `Success rate is 80 percent (4/5), round-trip min/avg/max = 4/4/4 ms`. */
export function formatPingEnd({ sent, received, times }: PingResult): string {
  const percent = sent === 0 ? 0 : Math.floor((100 * received) / sent);
  const rate = `Success rate is ${percent} percent (${received}/${sent})`;
  if (times.length === 0) return rate;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const values = [Math.min(...times), mean, Math.max(...times)].map(toMillis);
  return `${rate}, round-trip min/avg/max = ${values.join('/')} ms`;
}

function markLines(marks: string): string[] {
  return marks.match(new RegExp(`.{1,${MARKS_PER_LINE}}`, 'g')) ?? [];
}

/** IOS never prints less than one millisecond. */
function toMillis(time: number): number {
  return Math.max(1, Math.round(time / 1000));
}
