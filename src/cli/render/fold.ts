import type { PacketReport } from '../run-report.ts';
import { shortTime } from './table.ts';

/** A stretch of packets that say what the packets before them said. */
export interface Repeat {
  /** The packets left out. */
  readonly packets: readonly PacketReport[];
  /** The packets they repeat. */
  readonly of: readonly PacketReport[];
  readonly times: number;
}

export type Told = { readonly packet: PacketReport } | { readonly repeat: Repeat };

/** Longest round of packets that is looked for: an echo and its reply over a few hops. */
const LONGEST = 16;
/** Saving less than this is not worth a reader's turning back. */
const LEAST_SAVED = 4;

/**
 * The packets with repetitions folded: a round of packets that comes again (same way, same words) is told once. Pings
 * repeat themselves; the reader wants what differs.
 */
export function foldRepeats(packets: readonly PacketReport[]): Told[] {
  const keys = packets.map(({ from, to, title, why, outcome = '', fate }) =>
    [from, to, title, why, outcome, fate].join('\n'),
  );
  const told: Told[] = [];
  let at = 0;
  while (at < packets.length) {
    const { length, times } = bestRound(keys, at);
    // A round that may as well start later ends later: its last packets are then part of it.
    if (times === 0 || timesOf(keys, at + 1, length) >= times) {
      told.push({ packet: packets[at]! });
      at++;
      continue;
    }
    const of = packets.slice(at, at + length);
    const end = at + length * (times + 1);
    told.push(...of.map((packet) => ({ packet })));
    told.push({ repeat: { packets: packets.slice(at + length, end), of, times } });
    at = end;
  }
  return told;
}

/** The round that starts here and saves most; `times` 0 when none saves enough. */
function bestRound(keys: readonly string[], at: number): { readonly length: number; readonly times: number } {
  let best = { length: 0, times: 0 };
  for (let length = 1; length <= LONGEST; length++) {
    const times = timesOf(keys, at, length);
    if (length * times >= LEAST_SAVED && length * times > best.length * best.times) best = { length, times };
  }
  return best;
}

/** How often the round of `length` packets from `at` on comes again right after itself. */
function timesOf(keys: readonly string[], at: number, length: number): number {
  let times = 0;
  while (comesAgain(keys, at, length, times + 1)) times++;
  return times;
}

function comesAgain(keys: readonly string[], at: number, length: number, times: number): boolean {
  const start = at + length * times;
  if (start + length > keys.length) return false;
  for (let i = 0; i < length; i++) if (keys[at + i] !== keys[start + i]) return false;
  return true;
}

/** `12 to 23 repeat 8 to 11 three times, until 12.015000 s`. */
export function repeatText({ packets, of, times }: Repeat): string {
  const [first, last] = [packets[0]!, packets.at(-1)!];
  const count = ['', 'once', 'twice', 'three times', 'four times'][times] ?? `${times} times`;
  const left = `${rangeText(first, last)} ${first === last ? 'repeats' : 'repeat'} ${rangeText(of[0]!, of.at(-1)!)}`;
  return `${left} ${count}, until ${shortTime(last.time)} s`;
}

function rangeText(first: PacketReport, last: PacketReport): string {
  const name = ({ number, time }: PacketReport): string =>
    number === undefined ? `that of ${time} s` : String(number);
  return first === last ? name(first) : `${name(first)} to ${name(last)}`;
}
