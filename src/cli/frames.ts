/** The frames of a capture with everything that commands ask about them: packet, fields, marks, answers. */
import { err, ok, type Result } from '../base/result.ts';
import {
  LINK_RAW,
  networkLayer,
  type Capture,
  type CaptureInterface,
  type CapturePacket,
} from '../wire/capture.ts';
import { formatWireError, type WireError } from '../wire/error.ts';
import { matchExchanges, type Exchange } from '../wire/exchanges.ts';
import { expertMarks, severityRank, type ExpertMark } from '../wire/expert.ts';
import type { FieldLookup } from '../wire/filter.ts';
import type { FieldValue, PacketField } from '../wire/field.ts';
import { bytesValue, number, text } from '../wire/field-writer.ts';
import { parseHexText } from '../wire/hex-text.ts';
import { decodePacket, type Packet } from '../wire/packet.ts';
import { fieldsOf } from '../wire/packet-fields.ts';
import { readCapture } from '../wire/read-capture.ts';

/** One frame. Byte ranges count from its first byte. */
export interface Frame {
  /** From 1. */
  readonly number: number;
  readonly captured: CapturePacket;
  readonly linkType: number;
  /** Name of its interface, or the number where the file has no name. */
  readonly link: string;
  /** Seconds since the first frame, as text: a number could not hold nanoseconds. */
  readonly time: string;
  /** Absent for what is not IP, and for what no IP header could be read of. */
  readonly packet?: Packet;
  /** Why not even an IP header could be read. */
  readonly error?: WireError;
  readonly exchange: Exchange;
}

export interface Frames {
  readonly frames: readonly Frame[];
  /** The file ended early; the frames before that are there. */
  readonly error?: WireError;
}

/** Bytes of a pcap or pcapng file, or of text with packets in hexadecimal. The error is a sentence. */
export function readFrames(file: Uint8Array): Result<Frames, string> {
  const capture = readCapture(file);
  if (capture.ok) return ok(framesOf(capture.value));
  const problem = formatWireError(capture.error);
  const content = printable(file);
  if (content === undefined) return err(`neither a pcap or pcapng file (${problem}) nor text`);
  const packets = parseHexText(content);
  if (!packets.ok) {
    const { message, line, column } = packets.error;
    return err(
      `neither a pcap or pcapng file (${problem}) nor hexadecimal: line ${line}, column ${column}: ${message}`,
    );
  }
  return ok(captureFrames(packets.value));
}

/** Frames of IP packets without a time or a link header. */
export function captureFrames(packets: readonly Uint8Array[]): Frames {
  return framesOf({
    format: 'pcap',
    interfaces: [{ linkType: LINK_RAW, resolution: 1_000_000 }],
    packets: packets.map((bytes) => ({
      timeMicros: 0,
      interfaceIndex: 0,
      bytes,
      originalLength: bytes.length,
    })),
  });
}

function framesOf({ packets, interfaces, error }: Capture): Frames {
  const decoded = packets.map((captured) => decodeFrame(captured, interfaces[captured.interfaceIndex]!));
  const links = packets.map(
    ({ interfaceIndex }) => interfaces[interfaceIndex]!.name ?? String(interfaceIndex),
  );
  const exchanges = matchExchanges(
    decoded.map(({ packet }, i) => ({ packet, timeMicros: packets[i]!.timeMicros, link: links[i]! })),
  );
  const frames = packets.map((captured, i): Frame => ({
    number: i + 1,
    captured,
    linkType: interfaces[captured.interfaceIndex]!.linkType,
    link: links[i]!,
    time: relativeTime(captured, packets[0]!),
    ...decoded[i],
    exchange: exchanges[i]!,
  }));
  return { frames, ...(error === undefined ? {} : { error }) };
}

function decodeFrame(
  { bytes, originalLength }: CapturePacket,
  { linkType }: CaptureInterface,
): Pick<Frame, 'packet' | 'error'> {
  const network = networkLayer(linkType, bytes);
  if (network === undefined) return {};
  const packet = decodePacket(network.bytes, network.offset, originalLength > bytes.length);
  return packet.ok ? { packet: packet.value } : { error: packet.error };
}

/** What filters are asked about. Fields are found out when a filter first wants one. */
export function fieldLookup(frame: Frame): FieldLookup {
  let fields: Map<string, FieldValue[]> | undefined;
  return (name) => {
    fields ??= groupByName(frame);
    return fields.get(name) ?? [];
  };
}

/** Fields of the packet, in the order of its layers; none for what is not IP. */
export function packetFields({ packet, captured }: Frame): PacketField[] {
  return packet === undefined ? [] : fieldsOf(packet, captured.bytes);
}

/** Expert marks of the packet, and of its place among the others. */
export function marksOf({ packet, captured, error, exchange }: Frame): ExpertMark[] {
  const end = captured.bytes.length;
  const of = (id: string, severity: ExpertMark['severity'], words: string): ExpertMark => ({
    id,
    severity,
    text: words,
    reference: '',
    start: 0,
    end,
  });
  if (error !== undefined) return [of('malformed', 'error', formatWireError(error))];
  if (packet === undefined) return [];
  return [
    ...expertMarks(packet, captured.bytes),
    ...(exchange.isUnanswered ? [of('unanswered', 'note', 'no answer in this capture')] : []),
    ...(exchange.isUnasked ? [of('unasked', 'note', 'answers nothing in this capture')] : []),
  ];
}

function groupByName(frame: Frame): Map<string, FieldValue[]> {
  const found = new Map<string, FieldValue[]>();
  const put = (name: string, value: FieldValue): void => {
    const known = found.get(name);
    if (known === undefined) found.set(name, [value]);
    else known.push(value);
  };
  const { captured, exchange } = frame;
  put('frame.number', number(frame.number));
  put('frame.time', number(Number(frame.time)));
  put('frame.len', number(captured.originalLength));
  put('frame.cap_len', number(captured.bytes.length));
  put('frame.interface', text(frame.link));
  if (captured.comment !== undefined) put('frame.comment', text(captured.comment));
  const offset = networkLayer(frame.linkType, captured.bytes)?.offset ?? captured.bytes.length;
  if (offset > 0) put('frame.link', bytesValue(captured.bytes.subarray(0, offset)));
  if (exchange.responseIn !== undefined) put('response.in', number(exchange.responseIn + 1));
  if (exchange.responseTo !== undefined) put('response.to', number(exchange.responseTo + 1));
  if (exchange.responseMicros !== undefined) put('response.time', number(exchange.responseMicros / 1e6));
  put('response.missing', { kind: 'flag', isSet: exchange.isUnanswered });
  for (const mark of marksOf(frame)) {
    put('expert', number(severityRank(mark.severity), mark.severity));
    put('expert.id', text(mark.id));
    put('expert.message', text(mark.text));
    if (mark.requirement !== undefined) put('expert.requirement', text(mark.requirement));
  }
  for (const { name, value } of packetFields(frame)) put(name, value);
  return found;
}

/** Text without control characters; undefined for other bytes. */
function printable(file: Uint8Array): string | undefined {
  if (file.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return undefined;
  return new TextDecoder().decode(file);
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
