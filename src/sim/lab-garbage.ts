/** Packets that mean nothing or harm, for floods. */
import type { IpAddress } from '../base/ip.ts';
import { ipFromBytes } from '../base/ip.ts';
import type { Random } from '../base/random.ts';
import { buildUdpPacket } from '../wire/udp.ts';

/** Bytes of payload at most: as much as a control message of a dozen records. */
const MAX_PAYLOAD = 400;

/**
 * A UDP datagram of random bytes from a random source. Half of them start with the type of a real control message,
 * so that they get past the first check.
 */
export function garbageDatagram(random: Random, destination: IpAddress, port: number): Uint8Array {
  const payload = randomBytes(random, random.u32() % MAX_PAYLOAD);
  if (payload.length > 0 && (random.u32() & 1) === 0) {
    payload[0] = ([1, 2, 3, 4, 5, 8][random.u32() % 6]! << 4) | (payload[0]! & 15);
  }
  const source = ipFromBytes(randomBytes(random, destination.family === 4 ? 4 : 16));
  const sourcePort = 1024 + (random.u32() % 60_000);
  return buildUdpPacket(
    { source, destination, sourcePort, destinationPort: port, ttl: 64, checksum: 'compute' },
    payload,
  );
}

export function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.u32() & 255);
}
