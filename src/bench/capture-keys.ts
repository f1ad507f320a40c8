/** Keys of captured packets: what a router would look up to forward them. */
import { readFileSync } from 'node:fs';
import { word, type Family, type IpAddress } from '../base/ip.ts';
import { networkLayer } from '../wire/capture.ts';
import { formatWireError } from '../wire/error.ts';
import { decodePacket, type Layer, type Packet } from '../wire/packet.ts';
import { readCapture } from '../wire/read-capture.ts';

export interface CaptureFacts {
  /** All of the file. */
  readonly packets: number;
  /** Whose destination is of the family. */
  readonly used: number;
  /** Of these, with a destination inside a LISP header. */
  readonly insideLisp: number;
  /** That differ. */
  readonly destinations: number;
}

export interface CaptureKeys {
  readonly facts: CaptureFacts;
  /** In turn until there are as many as were wanted; none when no packet is of the family. */
  readonly keys: Uint32Array;
}

export function captureKeys(file: string, family: Family, count: number): CaptureKeys {
  const capture = readCapture(readFileSync(file));
  if (!capture.ok) throw new Error(`${file} is no capture: ${formatWireError(capture.error)}`);
  const { packets, interfaces } = capture.value;
  const width = family === 4 ? 1 : 4;
  const found: number[] = [];
  const distinct = new Set<string>();
  let insideLisp = 0;
  for (const { bytes, interfaceIndex, originalLength } of packets) {
    const network = networkLayer(interfaces[interfaceIndex]!.linkType, bytes);
    if (network === undefined) continue;
    const packet = decodePacket(network.bytes, network.offset, originalLength > bytes.length);
    const target = packet.ok ? innermost(packet.value) : undefined;
    if (target?.address.family !== family) continue;
    if (target.isInside) insideLisp++;
    const words = Array.from({ length: width }, (_, w) => word(target.address, w));
    found.push(...words);
    distinct.add(words.join());
  }
  const used = found.length / width;
  return {
    facts: { packets: packets.length, used, insideLisp, destinations: distinct.size },
    keys: Uint32Array.from({ length: used === 0 ? 0 : count * width }, (_, i) => found[i % found.length]!),
  };
}

/**
 * Of a tunnel, where the packet inside goes: of a LISP data packet the EID, which is what Map-Caches are asked for, not the
 * RLOC. Undefined where that cannot be read: an RLOC in its place would be a key of another table. What ICMP errors
 * quote and Encapsulated Control Messages hold goes nowhere.
 */
function innermost(packet: Packet): { address: IpAddress; isInside: boolean } | undefined {
  let address: IpAddress | undefined;
  let isInside = false;
  for (let layer: Layer | undefined = packet; layer !== undefined;) {
    if (layer.kind === 'ip') address = layer.ip.destination;
    if (layer.kind === 'lisp') {
      isInside = true;
      address = undefined;
    }
    layer = 'payload' in layer ? layer.payload : undefined;
  }
  return address === undefined ? undefined : { address, isInside };
}
