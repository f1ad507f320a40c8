// Captures of packets that only have addresses.
import { ip } from '../../src/base/ip-text.ts';
import { LINK_RAW } from '../../src/wire/capture.ts';
import { encodeIp } from '../../src/wire/ip-packet.ts';
import { writePcap } from '../../src/wire/pcap.ts';

export function ipv4Packet(source: string, destination: string): Uint8Array {
  return encodeIp(
    { source: ip(source), destination: ip(destination), ttl: 64, protocol: 253 },
    new Uint8Array(0),
  );
}

export function captureOf(packets: readonly Uint8Array[]): Uint8Array {
  return writePcap(
    packets.map((bytes) => ({ timeMicros: 0, bytes, originalLength: bytes.length })),
    { linkType: LINK_RAW },
  );
}
