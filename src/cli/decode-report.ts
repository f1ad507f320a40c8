/** What `pxtr decode` prints, as a function of the frames. */
import { toHex } from '../base/bytes.ts';
import { describeTree } from '../wire/describe-tree.ts';
import { describePacket } from '../wire/describe.ts';
import { formatWireError, type WireError } from '../wire/error.ts';
import { severityRank, type ExpertMark, type Severity } from '../wire/expert.ts';
import type { Filter } from '../wire/filter.ts';
import { hexDump } from '../wire/hex-text.ts';
import { checksumErrorsOf, errorsOf, layersOf, type Packet } from '../wire/packet.ts';
import { renderTree, type TreeNode } from '../wire/tree.ts';
import { fieldLookup, marksOf, type Frame, type Frames } from './frames.ts';
import { packetToJson } from './packet-json/packet.ts';
import type { Json } from './packet-json/shape.ts';
import type { Paint } from './render/paint.ts';
import { plural, table } from './render/table.ts';

export interface DecodeOptions {
  /** Frames to show; absent: all. */
  readonly filter?: Filter;
  readonly numbers?: (frame: number) => boolean;
  /** Below each line the tree of its layers. */
  readonly tree?: boolean;
  /** Below each line its bytes. */
  readonly hex?: boolean;
  /** Expert marks of this severity and worse below each line, and a summary. */
  readonly expert?: Severity;
}

/** One frame, as `--json` prints it. Offsets and byte ranges count from the start of the frame. */
export interface FrameReport {
  /** From 1. */
  readonly frame: number;
  /** Seconds since the first frame, as text: a number could not hold nanoseconds. */
  readonly time: string;
  /** Name, or number where the file has no name. */
  readonly interface: string;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  readonly summary: string;
  readonly comment?: string;
  /** Why parts could not be decoded; a frame with any is malformed. */
  readonly errors: readonly WireError[];
  /** Wrong checksums do not make a frame malformed. */
  readonly checksumErrors: readonly WireError[];
  /** Number of the frame that answers this one, or that this one answers. */
  readonly responseIn?: number;
  readonly responseTo?: number;
  readonly responseSeconds?: number;
  readonly expert: readonly ExpertMark[];
  /** The packet as `pxtr encode` takes it. */
  readonly packet?: Json;
  /** The bytes of the frame in hexadecimal; with `--hex`. */
  readonly bytes?: string;
  readonly layers: readonly TreeNode[];
}

export interface DecodeReport {
  readonly text: string;
  readonly json: readonly FrameReport[];
  readonly malformedCount: number;
  /** The file ended early; the frames before that are reported. */
  readonly fileError?: WireError;
}

export function decodeReport({ frames, error }: Frames, options: DecodeOptions, paint: Paint): DecodeReport {
  const { filter, numbers } = options;
  const shown = frames.filter(
    (frame) => numbers?.(frame.number) !== false && (filter === undefined || filter(fieldLookup(frame))),
  );
  const json = shown.map((frame) => reportFrame(frame, options));
  const malformedCount = json.filter((frame) => frame.errors.length > 0).length;
  const text = [
    ...layOut(shown, json, options, paint),
    ...expertSummary(json, options, paint),
    ...closing(json.length, frames.length, malformedCount, error),
  ].join('\n');
  return { text, json, malformedCount, ...(error === undefined ? {} : { fileError: error }) };
}

function reportFrame(frame: Frame, { expert = 'chat', hex }: DecodeOptions): FrameReport {
  const { captured, packet, exchange } = frame;
  const { responseIn, responseTo, responseMicros } = exchange;
  return {
    frame: frame.number,
    time: frame.time,
    interface: frame.link,
    capturedBytes: captured.bytes.length,
    originalBytes: captured.originalLength,
    summary: summaryOf(frame),
    ...(captured.comment === undefined ? {} : { comment: captured.comment }),
    errors: frame.error !== undefined ? [frame.error] : packet === undefined ? [] : errorsOf(packet),
    checksumErrors: packet === undefined ? [] : checksumErrorsOf(packet),
    ...(responseIn === undefined ? {} : { responseIn: responseIn + 1 }),
    ...(responseTo === undefined ? {} : { responseTo: responseTo + 1 }),
    ...(responseMicros === undefined ? {} : { responseSeconds: responseMicros / 1e6 }),
    expert: marksOf(frame).filter(({ severity }) => severityRank(severity) >= severityRank(expert)),
    ...(packet === undefined ? {} : { packet: packetJson(packet, captured.bytes) }),
    ...(hex === true ? { bytes: toHex(captured.bytes) } : {}),
    layers: packet === undefined ? [] : describeTree(packet),
  };
}

function packetJson(packet: Packet, frame: Uint8Array): Json {
  return packetToJson(packet, frame.subarray(packet.start, packet.end));
}

/** One line about the packet of a frame. */
export function summaryOf({ packet, error, linkType, captured }: Frame): string {
  if (packet !== undefined) return describePacket(packet);
  if (error !== undefined) return `[malformed: ${formatWireError(error)}]`;
  return `not IP (link type ${linkType}, ${captured.bytes.length} bytes)`;
}

/** Aligned columns: number, seconds, interface, summary. */
function layOut(
  frames: readonly Frame[],
  reports: readonly FrameReport[],
  { tree = false, hex = false, expert }: DecodeOptions,
  paint: Paint,
): string[] {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((most, text) => Math.max(most, text.length), 0);
  const numberWidth = widest(reports.map(({ frame }) => String(frame)));
  const timeWidth = widest(reports.map(({ time }) => time));
  const interfaceWidth = widest(reports.map((report) => report.interface));
  const indent = ' '.repeat(numberWidth + 2);
  return reports.flatMap((report, i) => {
    const columns = [
      String(report.frame).padStart(numberWidth),
      report.time.padStart(timeWidth),
      paint.name(report.interface.padEnd(interfaceWidth)),
      report.errors.length > 0 ? paint.bad(report.summary) : report.summary,
    ];
    const lines = [columns.join('  ')];
    if (report.comment !== undefined) lines.push(`${indent}comment: ${report.comment}`);
    if (expert !== undefined) lines.push(...report.expert.map((mark) => indent + markLine(mark, paint)));
    if (tree) {
      const answer = answerLine(report);
      if (answer !== undefined) lines.push(indent + paint.dim(answer));
      if (report.layers.length > 0)
        lines.push(renderTree(report.layers, { ranges: true }).replace(/^/gm, indent));
    }
    if (hex) {
      const styles = layerStyles(frames[i]!, paint);
      lines.push(...hexDump(frames[i]!.captured.bytes, styles).map((line) => indent + line));
    }
    return lines;
  });
}

function answerLine({ responseIn, responseTo, responseSeconds }: FrameReport): string | undefined {
  if (responseTo !== undefined)
    return `answers frame ${responseTo}, ${((responseSeconds ?? 0) * 1000).toFixed(3)} ms later`;
  return responseIn === undefined ? undefined : `answered by frame ${responseIn}`;
}

/** `Warn: locators are not sorted [16..40) RFC 9301 §5.4` */
function markLine({ severity, text, reference, start, end }: ExpertMark, paint: Paint): string {
  const word = severity.charAt(0).toUpperCase() + severity.slice(1);
  const style = { chat: paint.dim, note: paint.name, warn: paint.warn, error: paint.bad }[severity];
  return `${style(`${word}: ${text}`)} [${start}..${end})${reference === '' ? '' : ` ${paint.dim(reference)}`}`;
}

/** Headers of neighbouring layers in different colours; the payload stays plain. */
function layerStyles({ packet }: Frame, paint: Paint): (text: string, offset: number) => string {
  const spans =
    packet === undefined ? [] : [...layersOf(packet)].filter((layer) => layer.headerEnd > layer.start);
  const cycle = [paint.name, paint.good, paint.warn];
  return (text, offset) => {
    const index = spans.findLastIndex(({ start, headerEnd }) => offset >= start && offset < headerEnd);
    return index < 0 ? text : cycle[index % cycle.length]!(text);
  };
}

/** More findings than this are a matter for `--json`. */
const MOST_FINDINGS = 50;

/** Each mark in the frames that are shown, worst first: which frame, how bad, what, and where in the packet. */
function expertSummary(reports: readonly FrameReport[], { expert }: DecodeOptions, paint: Paint): string[] {
  if (expert === undefined) return [];
  const worse = expert === 'error' ? '' : ' or worse';
  const found = reports
    .flatMap((report) => report.expert.map((mark) => ({ report, mark })))
    .sort((a, b) => severityRank(b.mark.severity) - severityRank(a.mark.severity));
  if (found.length === 0) return ['', `No expert marks of severity ${expert}${worse}.`];
  const frames = new Set(found.map(({ report }) => report.frame)).size;
  const rows = found.slice(0, MOST_FINDINGS).map(({ report, mark }) => {
    const { severity, text, reference, start, end } = mark;
    const rule = reference === '' ? '' : ` (${reference})`;
    return [
      `frame ${report.frame}`,
      severity,
      `${placeOf(report.layers, mark)} [${start}..${end})`,
      `${text}${rule}`,
    ];
  });
  const left = found.length - rows.length;
  return [
    '',
    paint.title(
      `${plural(found.length, 'expert mark')} of severity ${expert}${worse}, in ${frames} of ${plural(reports.length, 'frame')}`,
    ),
    ...table(rows, { indent: '  ', styles: [paint.name] }),
    ...(left === 0 ? [] : [`  ... and ${left} more: --json has them all, --frames and --filter choose`]),
  ];
}

/** `UDP > Checksum`: the layer, and the smallest part of it that has all these bytes. */
function placeOf(layers: readonly TreeNode[], { start, end }: ExpertMark): string {
  const path: string[] = [];
  const has = (node: TreeNode): boolean => node.start <= start && end <= node.end;
  for (let at = layers.find(has); at !== undefined; at = at.children.find(has)) path.push(at.label);
  return [...new Set([path[0] ?? 'frame', ...path.slice(-1)])].join(' > ');
}

function closing(shown: number, all: number, malformedCount: number, error: WireError | undefined): string[] {
  const lines: string[] = [];
  if (error !== undefined) lines.push(`file ends early: ${formatWireError(error)}`);
  if (malformedCount > 0) lines.push(`${malformedCount} of ${shown} frames malformed`);
  if (all === 0) lines.push('no frames');
  else if (shown === 0) lines.push(`none of ${all} frames passes`);
  return lines;
}
