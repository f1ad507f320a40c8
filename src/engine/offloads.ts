import { assert } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import {
  OFFLOAD_BAD_CHECKSUM,
  OFFLOAD_BAD_HEADER,
  OFFLOAD_BAD_LENGTH,
  OFFLOAD_BAD_PROTOCOL,
  OFFLOAD_BAD_TYPE,
  OFFLOAD_FRAGMENT,
  OFFLOAD_NO_ROOM,
  OFFLOAD_NO_SLOTS,
  OFFLOAD_TRUNCATED,
} from '../../assembly/layout.ts';

/** Packets that one split makes at most. */
export const MAX_SEGMENTS = 2048;
/** Bytes of a frame: an IP packet of the largest size and the virtio_net_hdr. */
export const MAX_FRAME_BYTES = 65_585;
/** Bytes of the packets that one call takes, and of those that one split makes. */
export const MAX_BATCH_BYTES = 512 * 1024;

/**
 * Why a call did nothing. 'bad-length': a length in a header is not that of the packet. 'bad-protocol': neither TCP nor
 * UDP, or not what the type says. 'bad-checksum': its place is not that of the type, or outside the packet. 'no-slots':
 * more packets than a call takes or makes. 'no-room': more bytes.
 */
export type OffloadFault =
  | 'truncated'
  | 'bad-type'
  | 'bad-header'
  | 'bad-length'
  | 'fragment'
  | 'bad-protocol'
  | 'bad-checksum'
  | 'no-slots'
  | 'no-room';

const FAULTS: ReadonlyMap<number, OffloadFault> = new Map([
  [OFFLOAD_TRUNCATED, 'truncated'],
  [OFFLOAD_BAD_TYPE, 'bad-type'],
  [OFFLOAD_BAD_HEADER, 'bad-header'],
  [OFFLOAD_BAD_LENGTH, 'bad-length'],
  [OFFLOAD_FRAGMENT, 'fragment'],
  [OFFLOAD_BAD_PROTOCOL, 'bad-protocol'],
  [OFFLOAD_BAD_CHECKSUM, 'bad-checksum'],
  [OFFLOAD_NO_SLOTS, 'no-slots'],
  [OFFLOAD_NO_ROOM, 'no-room'],
]);

/** The fault of a call's negative result. */
export function offloadFault(result: number): OffloadFault {
  const fault = FAULTS.get(-result);
  assert(fault !== undefined, 'the engine tells a fault that it knows');
  return fault;
}

/** A packet or a run of packets, as a TUN interface with IFF_VNET_HDR takes it. */
export interface SuperFrame {
  /** virtio_net_hdr and IP packet. */
  readonly frame: Uint8Array;
  /** Packets in it. */
  readonly packets: number;
  /** Which packet of the batch is its first. */
  readonly first: number;
}

/** Datagrams that one send with UDP_SEGMENT carries. */
export interface DatagramRun {
  /** Without the outer headers, which the kernel makes; a packet that goes as it is, whole. */
  readonly payloads: readonly Uint8Array[];
  /** Bytes of each payload but the last, which may be shorter; 0 for a packet that goes as it is. */
  readonly segmentBytes: number;
  /** Bytes of the outer IP and UDP headers; 0 for a packet that goes as it is. */
  readonly outerBytes: number;
  /** Outer headers of the first packet: what the socket is to be told. Empty for a packet that goes as it is. */
  readonly outer: Uint8Array;
}

/** Which packets are put together. */
export interface CoalesceOptions {
  /** UDP as well as TCP; kernels before Linux 6.2 do not take such frames. Default true. */
  readonly udp?: boolean;
  /**
   * Packets with DF that all carry one IP identification too, as the kernel does. Their identifications are lost, which
   * RFC 6864 allows: split makes them count up. Default false.
   */
  readonly fixedIds?: boolean;
}

/**
 * What a network card would do: packets larger than the wire cut to its size, and the other way round. Bytes that come
 * back may be views of a memory that the next call uses again.
 *
 * Laws: the packets of `split` of a frame of `coalesce` are those that went in, byte by byte; `coalesce` of what `split`
 * made of a well-formed frame is that frame. The order within each flow is kept.
 */
export interface Offloads {
  /** A frame with its virtio_net_hdr into packets with whole checksums: at most MAX_SEGMENTS of MAX_BATCH_BYTES. */
  split(frame: Uint8Array): Result<readonly Uint8Array[], OffloadFault>;
  /** At most 256 packets of MAX_BATCH_BYTES together. A packet that is not put together with others comes alone. */
  coalesce(
    packets: readonly Uint8Array[],
    options?: CoalesceOptions,
  ): Result<readonly SuperFrame[], OffloadFault>;
  /** As many encapsulated packets as `coalesce` takes, outer headers included. */
  runs(packets: readonly Uint8Array[]): Result<readonly DatagramRun[], OffloadFault>;
}
