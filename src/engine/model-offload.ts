/** The plain twin of Offload: slow, and meant to be read. */
import { concatBytes } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { RUN_MAX_PAYLOAD, UDP_MAX_SEGMENTS } from '../../assembly/layout.ts';
import { batchFault, modelCoalesce } from './model-offload-coalesce.ts';
import { gather, isMadeOf } from './model-offload-gather.ts';
import {
  DF,
  get16,
  isEqual,
  pseudoSum,
  put16,
  putChecksum,
  putLength,
  readHeaders,
  UDP,
} from './model-offload-headers.ts';
import { modelSplit } from './model-offload-split.ts';
import type { CoalesceOptions, DatagramRun, OffloadFault, Offloads, SuperFrame } from './offloads.ts';

/** The offloads in plain TypeScript. Bytes that come back are the caller's. */
export class OffloadModel implements Offloads {
  split(frame: Uint8Array): Result<readonly Uint8Array[], OffloadFault> {
    return modelSplit(frame);
  }

  coalesce(
    packets: readonly Uint8Array[],
    options?: CoalesceOptions,
  ): Result<readonly SuperFrame[], OffloadFault> {
    return modelCoalesce(packets, options);
  }

  runs(packets: readonly Uint8Array[]): Result<readonly DatagramRun[], OffloadFault> {
    const fault = batchFault(packets);
    return fault === undefined ? ok(gather(packets, canBeOneSend).map(({ run }) => runOf(run))) : err(fault);
  }
}

/** A socket that is told the first one's outer headers and all payloads sends these packets. */
function canBeOneSend(run: readonly Uint8Array[]): boolean {
  if (run.length > UDP_MAX_SEGMENTS || !run.every(isDatagram)) return false;
  const { end } = readHeaders(run[0]!);
  const payload = concatBytes(...run.map((packet) => packet.subarray(end)));
  if (payload.length > RUN_MAX_PAYLOAD) return false;
  const size = run[0]!.length - end;
  const sent = Array.from({ length: Math.ceil(payload.length / size) }, (_, i) =>
    datagram(run[0]!, payload.subarray(i * size, (i + 1) * size), run[i]),
  );
  return isMadeOf(sent, run, isEqual);
}

/** What the kernel makes: outer headers like those of `first`, and an identification that is its own choice. */
function datagram(first: Uint8Array, payload: Uint8Array, chosen: Uint8Array | undefined): Uint8Array {
  const headers = readHeaders(first);
  const packet = concatBytes(first.subarray(0, headers.end), payload);
  if (headers.family === 4 && chosen !== undefined) put16(packet, 4, get16(chosen, 4));
  putLength(packet, headers);
  put16(packet, headers.transport + 4, packet.length - headers.transport);
  if (get16(first, headers.transport + 6) !== 0) putChecksum(packet, headers, pseudoSum(packet, headers));
  return packet;
}

/** A UDP socket can send it: no options, no extension headers, and made as the kernel makes it. */
function isDatagram(packet: Uint8Array): boolean {
  const { end, family, fault, protocol, transport } = readHeaders(packet);
  if (fault !== undefined || protocol !== UDP || end === packet.length) return false;
  if (packet.length - end > RUN_MAX_PAYLOAD || transport !== (family === 4 ? 20 : 40)) return false;
  if (family === 4 && (get16(packet, 6) & ~DF) !== 0) return false;
  return isEqual(packet, datagram(packet, packet.subarray(end), packet));
}

function runOf(run: readonly Uint8Array[]): DatagramRun {
  const first = run[0]!;
  if (!isDatagram(first)) {
    return { payloads: run, segmentBytes: 0, outerBytes: 0, outer: new Uint8Array(0) };
  }
  const { end } = readHeaders(first);
  return {
    payloads: run.map((packet) => packet.subarray(end)),
    segmentBytes: first.length - end,
    outerBytes: end,
    outer: first.subarray(0, end),
  };
}
