// Captures of packets that only have addresses, and of tunnels with such packets inside.
import { ip } from '../../src/base/ip-text.ts';
import { LINK_RAW } from '../../src/wire/capture.ts';
import { encodeIp } from '../../src/wire/ip-packet.ts';
import { encodeLispData } from '../../src/wire/lisp-data.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';

export function ipv4Packet(source: string, destination: string): Uint8Array {
  return encodeIp(
    { source: ip(source), destination: ip(destination), ttl: 64, protocol: 253 },
    new Uint8Array(0),
  );
}

/** A LISP data packet to an RLOC. */
export function lispPacket(destination: string, inner: Uint8Array, flags = 0): Uint8Array {
  const header = encodeLispData({ flags, word0: 0, word1: 0 });
  return buildUdpPacket(
    {
      source: ip('192.0.2.1'),
      destination: ip(destination),
      ttl: 64,
      sourcePort: 50_000,
      destinationPort: 4341,
      checksum: 'zero',
    },
    Uint8Array.of(...header, ...inner),
  );
}

export function captureOf(packets: readonly Uint8Array[]): Uint8Array {
  return writePcap(
    packets.map((bytes) => ({ timeMicros: 0, bytes, originalLength: bytes.length })),
    { linkType: LINK_RAW },
  );
}
