/** The model of `split`: one packet after the other, each from its definition. */
import { concatBytes } from '../base/bytes.ts';
import { fold, sumWords } from '../base/checksum.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  VIRTIO_BYTES,
  VIRTIO_ECN,
  VIRTIO_NEEDS_CHECKSUM,
  VIRTIO_NONE,
  VIRTIO_TCP4,
  VIRTIO_TCP6,
  VIRTIO_UDP,
} from '../../assembly/layout.ts';
import {
  checksumAt,
  get16,
  get32,
  put16,
  put32,
  putChecksum,
  putLength,
  readHeaders,
  TCP,
  UDP,
  type Headers,
} from './model-offload-headers.ts';
import { MAX_BATCH_BYTES, MAX_FRAME_BYTES, MAX_SEGMENTS, type OffloadFault } from './offloads.ts';

const FIN_AND_PSH = 0x09;
const CWR = 0x80;

/** struct virtio_net_hdr, in the words of the kernel. */
export interface VirtioHeader {
  readonly flags: number;
  readonly gsoType: number;
  readonly hdrLen: number;
  readonly gsoSize: number;
  readonly csumStart: number;
  readonly csumOffset: number;
}

export function readVirtio(frame: Uint8Array): VirtioHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, VIRTIO_BYTES);
  return {
    flags: view.getUint8(0),
    gsoType: view.getUint8(1),
    hdrLen: view.getUint16(2, true),
    gsoSize: view.getUint16(4, true),
    csumStart: view.getUint16(6, true),
    csumOffset: view.getUint16(8, true),
  };
}

export function writeVirtio(header: VirtioHeader): Uint8Array {
  const bytes = new Uint8Array(VIRTIO_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, header.flags);
  view.setUint8(1, header.gsoType);
  view.setUint16(2, header.hdrLen, true);
  view.setUint16(4, header.gsoSize, true);
  view.setUint16(6, header.csumStart, true);
  view.setUint16(8, header.csumOffset, true);
  return bytes;
}

export function modelSplit(frame: Uint8Array): Result<Uint8Array[], OffloadFault> {
  if (frame.length > MAX_FRAME_BYTES) return err('no-room');
  if (frame.length <= VIRTIO_BYTES) return err('truncated');
  const virtio = readVirtio(frame);
  const packet = frame.slice(VIRTIO_BYTES);
  if (virtio.hdrLen > packet.length) return err('truncated');
  if (virtio.gsoType === VIRTIO_NONE) return splitNothing(virtio, packet);
  const headers = readHeaders(packet);
  const fault = typeFault(virtio) ?? headers.fault ?? headerFault(virtio, headers);
  if (fault !== undefined) return err(fault);
  const payload = packet.subarray(headers.end);
  const count = Math.max(1, Math.ceil(payload.length / virtio.gsoSize));
  const largest = headers.end + Math.min(payload.length, virtio.gsoSize);
  if (count > MAX_SEGMENTS) return err('no-slots');
  if (count * largest > MAX_BATCH_BYTES || largest > 0xffff) return err('no-room');
  return ok(Array.from({ length: count }, (_, i) => segment(packet, headers, virtio.gsoSize, i, count)));
}

/** A packet with at most a checksum to be made, over everything from csumStart on. */
function splitNothing(virtio: VirtioHeader, packet: Uint8Array): Result<Uint8Array[], OffloadFault> {
  if ((virtio.flags & VIRTIO_NEEDS_CHECKSUM) !== 0) {
    const field = virtio.csumStart + virtio.csumOffset;
    if (field + 2 > packet.length) return err('bad-checksum');
    const sum = ~sumWords(packet.subarray(virtio.csumStart)) & 0xffff;
    put16(packet, field, sum === 0 ? 0xffff : sum);
  }
  return packet.length > 0xffff ? err('no-room') : ok([packet]);
}

function typeFault({ gsoType, gsoSize }: VirtioHeader): OffloadFault | undefined {
  const types = [VIRTIO_TCP4, VIRTIO_TCP6, VIRTIO_TCP4 | VIRTIO_ECN, VIRTIO_TCP6 | VIRTIO_ECN, VIRTIO_UDP];
  return !types.includes(gsoType) || gsoSize === 0 ? 'bad-type' : undefined;
}

function headerFault(virtio: VirtioHeader, headers: Headers): OffloadFault | undefined {
  const kind = virtio.gsoType & ~VIRTIO_ECN;
  if (headers.protocol !== (kind === VIRTIO_UDP ? UDP : TCP)) return 'bad-protocol';
  if (kind === VIRTIO_TCP4 && headers.family !== 4) return 'bad-header';
  if (kind === VIRTIO_TCP6 && headers.family !== 6) return 'bad-header';
  const isPlaced =
    (virtio.flags & VIRTIO_NEEDS_CHECKSUM) !== 0 &&
    virtio.csumStart === headers.transport &&
    virtio.csumOffset === checksumAt(headers.protocol);
  return isPlaced ? undefined : 'bad-checksum';
}

/** Packet `i` of `count`: the headers of the whole, its part of the payload, and what differs. */
function segment(whole: Uint8Array, headers: Headers, size: number, i: number, count: number): Uint8Array {
  const { end, family, protocol, transport } = headers;
  const from = end + i * size;
  const packet = concatBytes(whole.subarray(0, end), whole.subarray(from, from + size));
  if (family === 4) put16(packet, 4, get16(whole, 4) + i);
  putLength(packet, headers);
  if (protocol === TCP) {
    put32(packet, transport + 4, get32(whole, transport + 4) + i * size);
    if (i > 0) packet[transport + 13]! &= ~CWR;
    if (i < count - 1) packet[transport + 13]! &= ~FIN_AND_PSH;
  } else {
    put16(packet, transport + 4, packet.length - transport);
  }
  // The field holds the sum of the pseudo-header of the whole; only the length in it is another one.
  const ofWhole = get16(whole, transport + checksumAt(protocol));
  const lengths = (~(whole.length - transport) & 0xffff) + (packet.length - transport);
  putChecksum(packet, headers, fold(ofWhole + lengths));
  return packet;
}
