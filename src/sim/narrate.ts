/** The story as text: a numbered list with reasons, and a ladder. For terminals of about 110 columns. */
import { formatTime } from './log.ts';
import type { StoryPacket } from './story.ts';

/** What to tell. */
export interface NarrateOptions {
  /** Registration and other upkeep as well, unnumbered; default false. */
  readonly showUpkeep?: boolean;
  /** Columns of the ladder; default 110. */
  readonly width?: number;
}

/**
 * One packet in three or four lines:
 *
 *      #6  10.005  mapserver > lisp1
 *       10.0.1.1 > 10.0.1.2 ECM Map-Request 192.168.1.1/32 ...
 *       Map-Server forwards the request to the registered ETR 10.0.1.2
 */
export function narrate(story: readonly StoryPacket[], options: NarrateOptions = {}): string[] {
  const indent = ' '.repeat(INDENT);
  return selected(story, options).flatMap((packet) => {
    const { from, to, line, why, outcome } = packet;
    const lines = [`${label(packet)}  ${from} > ${to}`, `${indent}${line}`, `${indent}${why}`];
    return outcome === undefined ? lines : [...lines, `${indent}=> ${outcome}`];
  });
}

/** The comment of a packet in a capture file: `#6 Map-Server forwards ...`, upkeep without a number. */
export function commentOf({ number, why, outcome }: StoryPacket): string {
  const text = outcome === undefined ? why : `${why}; ${outcome}`;
  return number === undefined ? text : `#${number} ${text}`;
}

/**
 * A sequence diagram: one column per node that takes part, one arrow per packet. A title that does not fit its
 * arrow stands above it; `-x` ends the arrow of a packet that did not arrive.
 */
export function ladder(
  story: readonly StoryPacket[],
  nodes: readonly string[],
  options: NarrateOptions = {},
): string[] {
  const told = selected(story, options);
  const columns = nodes.filter((name) => told.some(({ from, to }) => from === name || to === name));
  const { width = 110 } = options;
  const space = Math.max(LEAST_SPACE, Math.floor((width - MARGIN - 8) / Math.max(1, columns.length - 1)));
  const places = new Map(columns.map((name, i) => [name, MARGIN + i * space]));
  const length = MARGIN + (columns.length - 1) * space + 1;
  const lines = [header(places), lifelines(places, length)];
  for (const packet of told) lines.push(...rung(packet, places, length, width));
  lines.push(lifelines(places, length));
  return lines.map((line) => line.trimEnd());
}

/** Of the lines below the first. */
const INDENT = 6;
/** Between two lines of the ladder, at least: room for a short title. */
const LEAST_SPACE = 18;
/** Columns of number and time. */
const LABEL = 12;
/** Where the first column of the ladder stands: behind the label, with room for half of a name. */
const MARGIN = LABEL + 4;

function selected(story: readonly StoryPacket[], { showUpkeep = false }: NarrateOptions): StoryPacket[] {
  return story.filter(({ number }) => number !== undefined || showUpkeep);
}

/** `  #6  10.005`; upkeep has a dash for its number. */
function label({ number, frame }: StoryPacket): string {
  const time = formatTime(frame.time).replace(/000$/, '');
  return `${(number === undefined ? '-' : `#${number}`).padStart(4)} ${time.padStart(LABEL - 5)}`;
}

function header(places: ReadonlyMap<string, number>): string {
  let line = '';
  for (const [name, place] of places) {
    line = line.padEnd(Math.max(line.length + 1, place - Math.floor(name.length / 2))) + name;
  }
  return line;
}

function lifelines(places: ReadonlyMap<string, number>, length: number): string {
  const cells = new Array<string>(length).fill(' ');
  for (const place of places.values()) cells[place] = '|';
  return cells.join('');
}

function rung(
  packet: StoryPacket,
  places: ReadonlyMap<string, number>,
  length: number,
  width: number,
): string[] {
  const [from, to] = [places.get(packet.from)!, places.get(packet.to)!];
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const arrived = packet.frame.fate === 'sent';
  const room = right - left - 1;
  const fits = packet.title.length + 6 <= room;
  const shaft = arrow(room, to > from, arrived, fits ? packet.title : '');
  const line = splice(lifelines(places, length), left + 1, shaft);
  const numbered = splice(line, 0, label(packet));
  if (fits) return [numbered];
  const wish = Math.max(left + 2, Math.floor((left + right - packet.title.length) / 2) + 1);
  // At the right edge it ends where the page does.
  const start = Math.max(MARGIN, Math.min(wish, width - packet.title.length));
  return [splice(lifelines(places, length), start, packet.title), numbered];
}

/** `--- title -->` of exactly `room` characters. */
function arrow(room: number, rightward: boolean, arrived: boolean, title: string): string {
  const text = title === '' ? '' : ` ${title} `;
  const dashes = room - text.length - 1;
  const before = Math.floor(dashes / 2);
  const tip = arrived ? (rightward ? '>' : '<') : 'x';
  const shaft = '-'.repeat(before) + text + '-'.repeat(dashes - before);
  return rightward ? shaft + tip : tip + shaft;
}

function splice(line: string, at: number, text: string): string {
  return line.padEnd(at).slice(0, at) + text + line.slice(at + text.length);
}
