import type { PacketReport } from '../run-report.ts';
import { repeatText, type Told } from './fold.ts';
import type { Paint } from './paint.ts';
import { PAGE_COLUMNS, plural, shortTime, wrap } from './table.ts';

/**
 * The packets, each as time, way and what it is, then its line with addresses, then why it was sent and what became
 * of it. Packets without a number are upkeep; the caller decides whether to hand them in.
 */
export function storyLines(told: readonly Told[], paint: Paint): string[] {
  const packets = told.flatMap((each) => ('packet' in each ? [each.packet] : []));
  const { tell, indent } = packetTeller(packets, paint);
  return told.flatMap((each) =>
    'repeat' in each ? [`${indent}${paint.dim(`... ${repeatText(each.repeat)}`)}`] : tell(each.packet),
  );
}

/** The lines of a packet, in columns that fit all of them. */
export interface PacketTeller {
  readonly tell: (packet: PacketReport) => string[];
  /** Of the lines below the first. */
  readonly indent: string;
}

export function packetTeller(packets: readonly PacketReport[], paint: Paint): PacketTeller {
  const numberWidth = Math.max(2, ...packets.map(({ number }) => String(number ?? '').length));
  const times = timeTexts(packets);
  const timeWidth = Math.max(0, ...[...times.values()].map((text) => text.length));
  const wayWidth = Math.max(0, ...packets.map((packet) => way(packet).length));
  const indent = ' '.repeat(numberWidth + 2);
  const tell = (packet: PacketReport): string[] => {
    const head = [
      paint.name(String(packet.number ?? '').padStart(numberWidth)),
      paint.dim(times.get(packet)!.padStart(timeWidth)),
      way(packet).padEnd(wayWidth),
      paint.title(packet.title),
    ].join('  ');
    return [
      head + fateText(packet, paint),
      ...hang(packet.line, indent).map(paint.dim),
      ...hang(`why: ${sentence(packet)}`, indent),
    ];
  };
  return { tell, indent };
}

/** Milliseconds where that is all there is. */
function timeTexts(packets: readonly PacketReport[]): Map<PacketReport, string> {
  const isWhole = packets.every(({ time }) => time.endsWith('000'));
  return new Map(packets.map((packet) => [packet, isWhole ? packet.time.slice(0, -3) : packet.time]));
}

/** `23 packets, 10 s to 12.015 s`; empty when there are none. */
export function storyTitle(packets: readonly PacketReport[]): string {
  const first = packets[0];
  const last = packets.at(-1);
  if (first === undefined || last === undefined) return '';
  return `${plural(packets.length, 'packet')}, ${shortTime(first.time)} s to ${shortTime(last.time)} s`;
}

function way({ from, to }: PacketReport): string {
  return `${from} > ${to}`;
}

function sentence({ why, outcome }: PacketReport): string {
  return outcome === undefined ? why : `${why}; ${outcome}`;
}

function fateText({ fate }: PacketReport, paint: Paint): string {
  switch (fate) {
    case 'sent':
      return '';
    case 'lost':
      return `  ${paint.bad('lost on the link')}`;
    case 'too-big':
      return `  ${paint.bad('too big for the link')}`;
    case 'link-down':
      return `  ${paint.bad('the link is down')}`;
  }
}

const HANGING = '  ';

/** Wrapped to the page; lines after the first are indented a little more. */
function hang(text: string, indent: string): string[] {
  return wrap(text, PAGE_COLUMNS - indent.length - HANGING.length).map(
    (line, i) => `${indent}${i === 0 ? '' : HANGING}${line}`,
  );
}
