/** Random packets: valid, odd, damaged, and LISP-encapsulated up to three times. */
import { concatBytes } from '../../src/base/bytes.ts';
import { checksum } from '../../src/base/checksum.ts';
import { ipFromBytes, ipToBytes, type Family, type IpAddress } from '../../src/base/ip.ts';
import { ip } from '../../src/base/ip-text.ts';
import type { InjectOptions } from '../../src/engine/data-plane.ts';
import { pseudoHeaderSum } from '../../src/wire/udp.ts';
import type { Dice } from './gen-dice.ts';

export interface GeneratedPacket {
  readonly bytes: Uint8Array;
  readonly options: InjectOptions;
}

/** What makes packets meet the tables. */
export interface Meeting {
  /** Own addresses of the router. */
  readonly locals: Readonly<Record<Family, readonly IpAddress[]>>;
  address(family: Family): IpAddress;
  instance(): number;
}

const PROTOCOLS = [1, 6, 17, 17, 58, 132, 50, 44, 0] as const;
/** Unspecified, multicast, broadcast, loopback. */
const ODD_ADDRESSES = [
  '0.0.0.0',
  '224.0.0.9',
  '239.1.2.3',
  '255.255.255.255',
  '127.0.0.1',
  '::',
  'ff02::9',
  '::1',
];

export class PacketGen {
  readonly #dice: Dice;
  readonly #meeting: Meeting;

  constructor(dice: Dice, meeting: Meeting) {
    this.#dice = dice;
    this.#meeting = meeting;
  }

  packet(): GeneratedPacket {
    const options: InjectOptions = {
      interfaceIndex: this.#dice.int(4),
      ...(this.#dice.chance(60) ? {} : { instanceId: this.#meeting.instance() }),
      ...(this.#dice.chance(85) ? {} : { originated: true }),
      ...(this.#dice.chance(92) ? {} : { underlay: true }),
      ...(this.#dice.chance(85) ? {} : { decapsulated: true }),
      ...(this.#dice.chance(50) ? {} : { cookie: this.#dice.u32() }),
    };
    const bytes = this.#dice.chance(45)
      ? this.#lispPacket(1 + this.#dice.int(this.#dice.chance(20) ? 3 : 1))
      : this.#plainPacket();
    return { bytes: this.#damaged(bytes), options };
  }

  #ttl(): number {
    return this.#dice.chance(70)
      ? this.#dice.pick([64, 255, 63, 254])
      : this.#dice.pick([0, 1, 2, 3, this.#dice.int(256)]);
  }

  #payloadLength(): number {
    if (this.#dice.chance(75)) return this.#dice.int(80);
    return this.#dice.chance(60) ? 1380 + this.#dice.int(130) : this.#dice.int(1500);
  }

  #plainPacket(): Uint8Array {
    const family = this.#dice.family();
    const protocol = this.#dice.chance(2) ? this.#dice.int(256) : this.#dice.pick(PROTOCOLS);
    return this.#ip(family, protocol, this.#dice.bytes(this.#payloadLength()), this.#destination(family));
  }

  #destination(family: Family): IpAddress {
    if (this.#dice.chance(5)) return this.#oddAddress(family);
    return this.#dice.chance(8)
      ? this.#dice.pick(this.#meeting.locals[family])
      : this.#meeting.address(family);
  }

  #oddAddress(family: Family): IpAddress {
    return this.#dice.pick(ODD_ADDRESSES.map(ip).filter((address) => address.family === family));
  }

  /** An IP packet with options, fragmentation and anything else its header may say; mostly well-formed. */
  #ip(family: Family, protocol: number, payload: Uint8Array, destination: IpAddress): Uint8Array {
    const source = this.#dice.chance(2) ? this.#oddAddress(family) : this.#meeting.address(family);
    const tos = this.#dice.int(256);
    if (family === 6) {
      const header = new Uint8Array(40);
      const view = new DataView(header.buffer);
      view.setUint32(0, ((6 << 28) | (tos << 20) | this.#dice.int(0x10_0000)) >>> 0);
      view.setUint16(4, payload.length);
      header[6] = protocol;
      header[7] = this.#ttl();
      header.set(ipToBytes(source), 8);
      header.set(ipToBytes(destination), 24);
      return concatBytes(header, payload);
    }
    const options = this.#dice.chance(85) ? 0 : this.#dice.int(11);
    const header = new Uint8Array(20 + 4 * options);
    const view = new DataView(header.buffer);
    header[0] = 0x45 + options;
    header[1] = tos;
    view.setUint16(2, header.length + payload.length);
    view.setUint16(4, this.#dice.int(65536));
    view.setUint16(
      6,
      this.#dice.chance(80) ? this.#dice.pick([0, 0x4000]) : this.#dice.pick([0x2000, 1, 0x2010, 0x8000]),
    );
    header[8] = this.#ttl();
    header[9] = protocol;
    header.set(ipToBytes(source), 12);
    header.set(ipToBytes(destination), 16);
    header.set(this.#dice.bytes(4 * options), 20);
    view.setUint16(10, checksum(header));
    return concatBytes(header, payload);
  }

  /** UDP 4341 to a local address around another packet; `depth` LISP headers in all. */
  #lispPacket(depth: number): Uint8Array {
    const family = this.#dice.family();
    const inner = depth > 1 ? this.#lispPacket(depth - 1) : this.#damaged(this.#plainPacket());
    const lisp = new Uint8Array(8);
    const view = new DataView(lisp.buffer);
    const hasInstance = this.#dice.chance(50);
    lisp[0] =
      (hasInstance ? 0x08 : 0) |
      (this.#dice.chance(70) ? 0 : this.#dice.int(256) & 0xf4) |
      (this.#dice.chance(3) ? this.#dice.int(4) : 0);
    lisp.set(this.#dice.bytes(3), 1);
    // LISP-GPE, mostly with a Next Protocol that somebody has heard of.
    if ((lisp[0] & 0x04) !== 0)
      lisp[3] = this.#dice.pick([1, 2, inner[0]! >>> 4 === 6 ? 2 : 1, 3, 0x80, lisp[3]!]);
    view.setUint32(
      4,
      hasInstance ? ((this.#meeting.instance() << 8) | this.#dice.int(256)) >>> 0 : this.#dice.u32(),
    );
    const trailer = this.#dice.bytes(this.#dice.chance(10) ? this.#dice.int(10) : 0);
    const destination = this.#dice.chance(95)
      ? this.#dice.pick(this.#meeting.locals[family])
      : this.#meeting.address(family);
    const datagram = this.#udp(concatBytes(lisp, inner, trailer));
    const packet = this.#ip(
      family,
      17,
      concatBytes(datagram, this.#dice.bytes(this.#dice.chance(5) ? 3 : 0)),
      destination,
    );
    return this.#dice.chance(60) ? packet : this.#withUdpChecksum(packet, datagram.length);
  }

  #udp(payload: Uint8Array): Uint8Array {
    const header = new Uint8Array(8);
    const view = new DataView(header.buffer);
    view.setUint16(0, this.#dice.int(65536));
    view.setUint16(2, this.#dice.chance(98) ? 4341 : 4342);
    const length = 8 + payload.length;
    view.setUint16(
      4,
      this.#dice.chance(95)
        ? length
        : Math.max(0, length + this.#dice.pick([-40, -1, 1, 100, -length, 15 - length, 16 - length])),
    );
    return concatBytes(header, payload);
  }

  /** Sets the UDP checksum right, or now and then wrong. */
  #withUdpChecksum(packet: Uint8Array, datagramLength: number): Uint8Array {
    const at = packet[0]! >>> 4 === 6 ? 40 : (packet[0]! & 15) * 4;
    const view = new DataView(packet.buffer);
    const length = Math.min(view.getUint16(at + 4), datagramLength);
    const isV6 = at === 40 && packet[0]! >>> 4 === 6;
    const source = ipFromBytes(isV6 ? packet.slice(8, 24) : packet.slice(12, 16));
    const destination = ipFromBytes(isV6 ? packet.slice(24, 40) : packet.slice(16, 20));
    const sum = checksum(
      packet.subarray(at, at + length),
      pseudoHeaderSum({ source, destination }, 17, length),
    );
    view.setUint16(at + 6, this.#dice.chance(90) ? (sum === 0 ? 0xffff : sum) : this.#dice.int(65536));
    return packet;
  }

  /** Mostly untouched; else cut short, extended, or with some bytes changed (and the IPv4 checksum mended or not). */
  #damaged(packet: Uint8Array): Uint8Array {
    if (this.#dice.chance(80)) return packet;
    const kind = this.#dice.int(100);
    if (kind < 30) return packet.slice(0, this.#dice.int(this.#dice.chance(50) ? 48 : packet.length + 1));
    if (kind < 55) return concatBytes(packet, this.#dice.bytes(1 + this.#dice.int(20)));
    const changed = packet.slice();
    const reach = Math.min(changed.length, this.#dice.chance(60) ? 44 : changed.length);
    if (reach === 0) return changed;
    for (let i = 0; i <= this.#dice.int(3); i++) changed[this.#dice.int(reach)] = this.#dice.int(256);
    if (this.#dice.chance(10)) changed[0] = 0x40 | this.#dice.int(16);
    const headerBytes = (changed[0]! & 15) * 4;
    if (
      this.#dice.chance(70) &&
      changed[0]! >>> 4 === 4 &&
      headerBytes >= 12 &&
      changed.length >= headerBytes
    ) {
      const view = new DataView(changed.buffer);
      view.setUint16(10, 0);
      view.setUint16(10, checksum(changed.subarray(0, headerBytes)));
    }
    return changed;
  }
}
