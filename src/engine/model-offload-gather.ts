/** The model's way to gather a batch: every packet is shown to the open runs, of which each flow has at most one. */
import { toHex } from '../base/bytes.ts';
import { readHeaders } from './model-offload-headers.ts';

export interface Gathered {
  /** Which packet of the batch is the first of the run. */
  readonly first: number;
  readonly run: readonly Uint8Array[];
}

interface OpenRun {
  readonly first: number;
  readonly run: Uint8Array[];
  readonly pair: string;
  readonly flow: string;
  isOpen: boolean;
}

/**
 * Runs in the order of their first packets. A packet joins the open run of its flow if the run with it `canBeOne`; else
 * it closes that run and begins another. One without ports closes the runs between its two addresses, and one without
 * addresses closes all: nothing overtakes it.
 */
export function gather(
  packets: readonly Uint8Array[],
  canBeOne: (run: readonly Uint8Array[]) => boolean,
): Gathered[] {
  const runs: OpenRun[] = [];
  for (const [first, packet] of packets.entries()) {
    const { pair, flow } = namesOf(packet);
    const open = runs.find((each) => each.isOpen && flow !== '' && each.flow === flow);
    if (open !== undefined && canBeOne([...open.run, packet])) {
      open.run.push(packet);
      continue;
    }
    for (const each of runs) {
      if (pair === '' || (flow === '' ? each.pair === pair : each.flow === flow)) each.isOpen = false;
    }
    runs.push({ first, run: [packet], pair, flow, isOpen: true });
  }
  return runs;
}

/** Texts that are equal for equal addresses, and for equal addresses, protocol and ports; '' for what is not there. */
function namesOf(packet: Uint8Array): { readonly pair: string; readonly flow: string } {
  const { family, protocol, transport } = readHeaders(packet);
  if (family === 0) return { pair: '', flow: '' };
  const pair = toHex(family === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40));
  if (protocol === 0) return { pair, flow: '' };
  return { pair, flow: `${pair} ${protocol} ${toHex(packet.subarray(transport, transport + 4))}` };
}

/** Both lists have the same packets in the same order. */
export function isMadeOf(
  pieces: readonly Uint8Array[],
  wanted: readonly Uint8Array[],
  isEqual: (one: Uint8Array, other: Uint8Array) => boolean,
): boolean {
  return pieces.length === wanted.length && pieces.every((piece, i) => isEqual(piece, wanted[i]!));
}
