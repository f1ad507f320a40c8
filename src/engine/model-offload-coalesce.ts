/**
 * The model of `coalesce`: a packet joins a run when splitting the frame with it gives back exactly the packets that
 * went in, and the kernel's GRO does not forbid it.
 */
import { concatBytes } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  BATCH_MAX,
  FRAME_MAX_PACKET,
  UDP_MAX_SEGMENTS,
  VIRTIO_BYTES,
  VIRTIO_ECN,
  VIRTIO_NEEDS_CHECKSUM,
  VIRTIO_TCP4,
  VIRTIO_TCP6,
  VIRTIO_UDP,
} from '../../assembly/layout.ts';
import { gather, isMadeOf } from './model-offload-gather.ts';
import {
  checksumAt,
  DF,
  get16,
  isEqual,
  pseudoSum,
  put16,
  putLength,
  readHeaders,
  TCP,
  type Headers,
} from './model-offload-headers.ts';
import { modelSplit, writeVirtio } from './model-offload-split.ts';
import { MAX_BATCH_BYTES, type CoalesceOptions, type OffloadFault, type SuperFrame } from './offloads.ts';

const FIN_AND_PSH = 0x09;
const SYN_RST_URG = 0x26;
const CWR = 0x80;

export function modelCoalesce(
  packets: readonly Uint8Array[],
  options: CoalesceOptions = {},
): Result<SuperFrame[], OffloadFault> {
  const fault = batchFault(packets);
  if (fault !== undefined) return err(fault);
  const groups = gather(packets, (run) => canBeOne(run, options));
  return ok(groups.map(({ first, run }) => ({ frame: frameOf(run), packets: run.length, first })));
}

/** What both calls that take a batch refuse. */
export function batchFault(packets: readonly Uint8Array[]): OffloadFault | undefined {
  if (packets.length > BATCH_MAX) return 'no-slots';
  const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
  return bytes > MAX_BATCH_BYTES || packets.some(({ length }) => length > 0xffff) ? 'no-room' : undefined;
}

/** Two or more packets of one flow. */
function canBeOne(run: readonly Uint8Array[], options: CoalesceOptions): boolean {
  if (!run.every((packet) => isAllowed(packet, options))) return false;
  const bytes = run.reduce((sum, packet) => sum + packet.length - readHeaders(packet).end, 0);
  const { end, protocol } = readHeaders(run[0]!);
  if (end + bytes > FRAME_MAX_PACKET) return false;
  if (protocol !== TCP && run.length > UDP_MAX_SEGMENTS) return false;
  const pieces = modelSplit(superFrame(run));
  const wanted = options.fixedIds === true && haveOneId(run) ? countedUp(run) : run;
  return pieces.ok && isMadeOf(pieces.value, wanted, isEqual);
}

/** The kernel's GRO looks at it at all. */
function isAllowed(packet: Uint8Array, options: CoalesceOptions): boolean {
  const { end, family, fault, protocol, transport } = readHeaders(packet);
  if (fault !== undefined || end === packet.length) return false;
  if (family === 4 && (transport !== 20 || (get16(packet, 6) & ~DF) !== 0)) return false;
  return protocol === TCP ? (packet[transport + 13]! & SYN_RST_URG) === 0 : (options.udp ?? true);
}

function haveOneId(run: readonly Uint8Array[]): boolean {
  return run.every(
    (packet) =>
      readHeaders(packet).family === 4 &&
      (get16(packet, 6) & DF) !== 0 &&
      get16(packet, 4) === get16(run[0]!, 4),
  );
}

/** The same packets with identifications that count up; a header checksum that was wrong stays wrong. */
function countedUp(run: readonly Uint8Array[]): Uint8Array[] {
  return run.map((packet, i) => {
    const headers = readHeaders(packet);
    const [same, other] = [packet.slice(), packet.slice()];
    putLength(same, headers);
    if (!isEqual(same, packet)) return packet;
    put16(other, 4, get16(packet, 4) + i);
    putLength(other, headers);
    return other;
  });
}

function frameOf(run: readonly Uint8Array[]): Uint8Array {
  return run.length > 1 ? superFrame(run) : concatBytes(new Uint8Array(VIRTIO_BYTES), run[0]!);
}

/** The first one's headers, all payloads, and flags of any. */
function superFrame(run: readonly Uint8Array[]): Uint8Array {
  const first = run[0]!;
  const headers = readHeaders(first);
  const payloads = run.map((packet) => packet.subarray(headers.end));
  const whole = concatBytes(first.subarray(0, headers.end), ...payloads);
  const { protocol, transport } = headers;
  putLength(whole, headers);
  if (protocol === TCP) {
    for (const packet of run) whole[transport + 13]! |= packet[transport + 13]! & FIN_AND_PSH;
  } else {
    put16(whole, transport + 4, whole.length - transport);
  }
  put16(whole, transport + checksumAt(protocol), pseudoSum(whole, headers));
  const virtio = writeVirtio({
    flags: VIRTIO_NEEDS_CHECKSUM,
    gsoType: typeOf(headers, first),
    hdrLen: headers.end,
    gsoSize: first.length - headers.end,
    csumStart: transport,
    csumOffset: checksumAt(protocol),
  });
  return concatBytes(virtio, whole);
}

function typeOf({ family, protocol, transport }: Headers, first: Uint8Array): number {
  if (protocol !== TCP) return VIRTIO_UDP;
  const ecn = (first[transport + 13]! & CWR) === 0 ? 0 : VIRTIO_ECN;
  return (family === 4 ? VIRTIO_TCP4 : VIRTIO_TCP6) | ecn;
}
