// Builds a packet again from its decoded layers, with the encoders: what decoding lost would be missing.
import { concatBytes } from '../../src/base/bytes.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { encodeIcmp } from '../../src/wire/icmp.ts';
import { decodeIpv4, encodeIpv4 } from '../../src/wire/ipv4.ts';
import { decodeIpv6, encodeIpv6 } from '../../src/wire/ipv6.ts';
import { encodeLispData } from '../../src/wire/lisp-data.ts';
import type { IpLayer, Layer } from '../../src/wire/packet.ts';
import { encodeRip } from '../../src/wire/rip.ts';
import { encodeUdp } from '../../src/wire/udp.ts';

/** `frame` is the buffer that was decoded: broken layers, Ethernet and wrong checksums are taken from it. */
export function reencode(packet: IpLayer, frame: Uint8Array): Uint8Array {
  return encodeIpLayer(packet, frame);
}

function encodeIpLayer(layer: IpLayer, frame: Uint8Array): Uint8Array {
  const original = frame.subarray(layer.start, layer.end);
  const payload = encodeLayer(layer.payload, layer, frame);
  if (layer.ip.family === 4) {
    const read = decodeIpv4(original);
    if (!read.ok) throw new Error('the layer was decoded before');
    const bytes = encodeIpv4(read.value.header, payload);
    if (!read.value.checksumOk) bytes.set(original.subarray(10, 12), 10);
    return bytes;
  }
  const read = decodeIpv6(original);
  if (!read.ok) throw new Error('the layer was decoded before');
  const extensions = read.value.payload.subarray(0, layer.ip.headerBytes - 40);
  return encodeIpv6(read.value.header, concatBytes(extensions, payload));
}

function encodeLayer(layer: Layer, outer: IpLayer, frame: Uint8Array): Uint8Array {
  switch (layer.kind) {
    case 'ip':
      return encodeIpLayer(layer, frame);
    case 'udp': {
      const fields = { ...outer.ip, ...layer.udp };
      const checksum = layer.udp.checksum === 'zero' ? 'zero' : 'compute';
      const bytes = encodeUdp(fields, encodeLayer(layer.payload, outer, frame), { checksum });
      if (layer.udp.checksum === 'bad') bytes.set(frame.subarray(layer.start + 6, layer.start + 8), 6);
      return bytes;
    }
    case 'icmp':
      return encodeIcmp(outer.ip, layer.message);
    case 'lisp':
      return concatBytes(encodeLispData(layer.header), encodeLayer(layer.payload, outer, frame));
    case 'ethernet':
      return concatBytes(
        frame.subarray(layer.start, layer.headerEnd),
        encodeLayer(layer.payload, outer, frame),
      );
    case 'control':
      return encodeControl(layer.message);
    case 'rip':
      return encodeRip(layer.message);
    case 'data':
    case 'broken':
      return frame.subarray(layer.start, layer.end);
  }
}
