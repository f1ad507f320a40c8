/** What `pxtr decode` prints, as a function of the file's bytes. */
import { ok } from '../base/result.ts';
import { networkLayer, type Capture, type CaptureInterface, type CapturePacket } from '../wire/capture.ts';
import { describeTree } from '../wire/describe-tree.ts';
import { describePacket } from '../wire/describe.ts';
import { formatWireError, type Decoded, type WireError } from '../wire/error.ts';
import { checksumErrorsOf, decodePacket, errorsOf } from '../wire/packet.ts';
import { readCapture } from '../wire/read-capture.ts';
import { renderTree, type TreeNode } from '../wire/tree.ts';

export interface DecodeOptions {
  /** Below each line the tree of its layers. */
  readonly tree?: boolean;
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
  readonly layers: readonly TreeNode[];
}

export interface DecodeReport {
  readonly text: string;
  readonly json: readonly FrameReport[];
  readonly malformedCount: number;
  /** The file ended early; the frames before that are reported. */
  readonly fileError?: WireError;
}

/** Fails when the bytes are not a capture file at all. */
export function decodeReport(file: Uint8Array, options: DecodeOptions = {}): Decoded<DecodeReport> {
  const capture = readCapture(file);
  if (!capture.ok) return capture;
  const { packets, error } = capture.value;
  const json = packets.map((packet, i) => reportFrame(i + 1, packet, capture.value));
  const malformedCount = json.filter((frame) => frame.errors.length > 0).length;
  const text = [...layOut(json, options), ...closing(json.length, malformedCount, error)].join('\n');
  return ok({ text, json, malformedCount, ...(error === undefined ? {} : { fileError: error }) });
}

function reportFrame(frame: number, packet: CapturePacket, { interfaces, packets }: Capture): FrameReport {
  const link = interfaces[packet.interfaceIndex]!;
  return {
    frame,
    time: relativeTime(packet, packets[0]!),
    interface: link.name ?? String(packet.interfaceIndex),
    capturedBytes: packet.bytes.length,
    originalBytes: packet.originalLength,
    ...(packet.comment === undefined ? {} : { comment: packet.comment }),
    ...decodeFrame(packet, link),
  };
}

type DecodedFrame = Pick<FrameReport, 'summary' | 'errors' | 'checksumErrors' | 'layers'>;

function decodeFrame({ bytes, originalLength }: CapturePacket, { linkType }: CaptureInterface): DecodedFrame {
  const network = networkLayer(linkType, bytes);
  if (network === undefined) {
    const summary = `not IP (link type ${linkType}, ${bytes.length} bytes)`;
    return { summary, errors: [], checksumErrors: [], layers: [] };
  }
  const isSnapped = originalLength > bytes.length;
  const packet = decodePacket(network.bytes, network.offset, isSnapped);
  if (!packet.ok) {
    const summary = `[malformed: ${formatWireError(packet.error)}]`;
    return { summary, errors: [packet.error], checksumErrors: [], layers: [] };
  }
  return {
    summary: describePacket(packet.value),
    errors: errorsOf(packet.value),
    checksumErrors: checksumErrorsOf(packet.value),
    layers: describeTree(packet.value),
  };
}

/** Aligned columns: number, seconds, interface, summary. */
function layOut(frames: readonly FrameReport[], { tree = false }: DecodeOptions): string[] {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((most, text) => Math.max(most, text.length), 0);
  const numberWidth = widest(frames.map(({ frame }) => String(frame)));
  const timeWidth = widest(frames.map(({ time }) => time));
  const interfaceWidth = widest(frames.map((frame) => frame.interface));
  return frames.flatMap((frame) => {
    const columns = [
      String(frame.frame).padStart(numberWidth),
      frame.time.padStart(timeWidth),
      frame.interface.padEnd(interfaceWidth),
      frame.summary,
    ];
    const lines = [columns.join('  ')];
    const indent = ' '.repeat(numberWidth + 2);
    if (frame.comment !== undefined) lines.push(`${indent}comment: ${frame.comment}`);
    if (tree && frame.layers.length > 0) {
      lines.push(renderTree(frame.layers, { ranges: true }).replace(/^/gm, indent));
    }
    return lines;
  });
}

function closing(frameCount: number, malformedCount: number, error: WireError | undefined): string[] {
  const lines: string[] = [];
  if (error !== undefined) lines.push(`file ends early: ${formatWireError(error)}`);
  if (malformedCount > 0) lines.push(`${malformedCount} of ${frameCount} frames malformed`);
  if (frameCount === 0) lines.push('no frames');
  return lines;
}

/** `1.000250`; nine digits where the frame or the first one has nanoseconds. */
function relativeTime(packet: CapturePacket, first: CapturePacket): string {
  let micros = packet.timeMicros - first.timeMicros;
  let nanos = (packet.nanos ?? 0) - (first.nanos ?? 0);
  if (nanos < 0) {
    nanos += 1000;
    micros -= 1;
  }
  // Frames may be out of order: the sign belongs to the whole number.
  const isNegative = micros < 0;
  if (isNegative) {
    micros = nanos > 0 ? -micros - 1 : -micros;
    nanos = nanos > 0 ? 1000 - nanos : 0;
  }
  const fraction =
    String(micros % 1_000_000).padStart(6, '0') + (nanos > 0 ? String(nanos).padStart(3, '0') : '');
  return `${isNegative ? '-' : ''}${Math.floor(micros / 1_000_000)}.${fraction}`;
}
