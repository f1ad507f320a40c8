import { err, ok } from '../base/result.ts';
import type { Capture, CapturePacket } from './capture.ts';
import type { Decoded, WireError } from './error.ts';

/*
 * File header (24 bytes)                           draft-ietf-opsawg-pcap, both byte orders
 *   0 u32 magic: a1b2c3d4 = microseconds, a1b23c4d = nanoseconds, in the byte order of the file
 *   4 u16 major = 2, u16 minor = 4    8 u32 reserved   12 u32 reserved   16 u32 snap length
 *  20 u32 link type in the low 16 bits
 * Packet header (16 bytes)
 *   0 u32 seconds   4 u32 micro- or nanoseconds   8 u32 captured length   12 u32 original length
 */
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
const LINK_TYPE_MASK = 0xffff;
const SNAP_BYTES = 262_144;

/** True when the bytes begin as a pcap file of either byte order and time resolution. */
export function isPcap(bytes: Uint8Array): boolean {
  return orderOf(bytes) !== undefined;
}

/** Fails only when the file header is not readable; otherwise an early end is reported in `Capture.error`. */
export function readPcap(bytes: Uint8Array): Decoded<Capture> {
  const order = orderOf(bytes);
  if (order === undefined) return err({ code: 'bad-value', offset: 0, field: 'pcap.magic' });
  if (bytes.length < FILE_HEADER_BYTES) {
    return err({ code: 'truncated', offset: bytes.length, field: 'pcap.header' });
  }
  const { little, nanos } = order;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const linkType = view.getUint32(20, little) & LINK_TYPE_MASK;
  const packets: CapturePacket[] = [];
  let error: WireError | undefined;
  let at = FILE_HEADER_BYTES;
  while (at < bytes.length) {
    const start = at + PACKET_HEADER_BYTES;
    if (start > bytes.length) {
      error = { code: 'truncated', offset: bytes.length, field: 'pcap.packet-header' };
      break;
    }
    const captured = view.getUint32(at + 8, little);
    if (captured > bytes.length - start) {
      error = { code: 'truncated', offset: bytes.length, field: 'pcap.packet' };
      break;
    }
    const part = view.getUint32(at + 4, little);
    const rest = nanos ? part % 1000 : 0;
    packets.push({
      timeMicros: view.getUint32(at, little) * 1_000_000 + (nanos ? Math.floor(part / 1000) : part),
      ...(rest === 0 ? {} : { nanos: rest }),
      interfaceIndex: 0,
      bytes: bytes.subarray(start, start + captured),
      originalLength: view.getUint32(at + 12, little),
    });
    at = start + captured;
  }
  const interfaces = [{ linkType, resolution: nanos ? 1_000_000_000 : 1_000_000 }];
  return ok({ format: 'pcap', interfaces, packets, ...(error === undefined ? {} : { error }) });
}

/** How to write a file. */
export interface PcapOptions {
  readonly linkType: number;
  /** Byte order of the file; default little, as nearly every capturing machine is. */
  readonly order?: 'little' | 'big';
  /** Default microseconds. */
  readonly resolution?: 'micros' | 'nanos';
}

/** A whole file owned by the caller. Interface numbers and comments have no place in this format. */
export function writePcap(
  packets: Iterable<Omit<CapturePacket, 'interfaceIndex'>>,
  { linkType, order = 'little', resolution = 'micros' }: PcapOptions,
): Uint8Array {
  const list = [...packets];
  const size = list.reduce((sum, { bytes }) => sum + PACKET_HEADER_BYTES + bytes.length, FILE_HEADER_BYTES);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const little = order === 'little';
  const nanos = resolution === 'nanos';
  view.setUint32(0, nanos ? MAGIC_NANOS : MAGIC_MICROS, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, SNAP_BYTES, little);
  view.setUint32(20, linkType, little);
  let at = FILE_HEADER_BYTES;
  for (const packet of list) {
    const micros = packet.timeMicros % 1_000_000;
    view.setUint32(at, Math.floor(packet.timeMicros / 1_000_000), little);
    view.setUint32(at + 4, nanos ? micros * 1000 + (packet.nanos ?? 0) : micros, little);
    view.setUint32(at + 8, packet.bytes.length, little);
    view.setUint32(at + 12, packet.originalLength, little);
    file.set(packet.bytes, at + PACKET_HEADER_BYTES);
    at += PACKET_HEADER_BYTES + packet.bytes.length;
  }
  return file;
}

function orderOf(bytes: Uint8Array): { readonly little: boolean; readonly nanos: boolean } | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const little of [false, true]) {
    const magic = view.getUint32(0, little);
    if (magic === MAGIC_MICROS || magic === MAGIC_NANOS) return { little, nanos: magic === MAGIC_NANOS };
  }
  return undefined;
}
