/**
 * Random forwarding tables and packets, repeatable from a seed. Addresses come from a small pool and prefixes are cut
 * from the same pool, so that prefixes nest and packets meet them.
 */
import { checksum } from '../../src/base/checksum.ts';
import {
  addressBits,
  flipBit,
  ipFromBytes,
  ipToBytes,
  prefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../../src/base/ip.ts';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import type {
  DataPlane,
  EncapTarget,
  ForwardingEntry,
  InjectOptions,
  NextHop,
} from '../../src/engine/data-plane.ts';
import { ACTION_FORWARD } from '../../src/engine/codes.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';
import { pseudoHeaderSum } from '../../src/wire/udp.ts';

/** One change of the tables, as data. */
export type TableOp =
  | {
      readonly op: 'route';
      readonly instanceId: number;
      readonly prefix: IpPrefix;
      readonly nextHop: NextHop | undefined;
    }
  | { readonly op: 'entry'; readonly entry: ForwardingEntry }
  | { readonly op: 'remove-entry'; readonly eid: EidPrefix }
  | { readonly op: 'policy'; readonly eid: EidPrefix; readonly flags: number }
  | {
      readonly op: 'petr';
      readonly instanceId: number;
      readonly family: Family;
      readonly targets: readonly EncapTarget[];
    }
  | { readonly op: 'proxy-etr'; readonly enabled: boolean };

export function applyOp(plane: DataPlane, op: TableOp): void {
  switch (op.op) {
    case 'route':
      if (op.nextHop === undefined) plane.removeRoute(op.instanceId, op.prefix);
      else plane.setRoute(op.instanceId, op.prefix, op.nextHop);
      break;
    case 'entry':
      plane.setEntry(op.entry);
      break;
    case 'remove-entry':
      plane.removeEntry(op.eid);
      break;
    case 'policy':
      plane.setPolicy(op.eid, op.flags);
      break;
    case 'petr':
      plane.setPetr(op.instanceId, op.family, op.targets);
      break;
    case 'proxy-etr':
      plane.setProxyEtr(op.enabled);
      break;
  }
}

export interface GeneratedPacket {
  readonly bytes: Uint8Array;
  readonly options: InjectOptions;
}

/** An instance that no table is ever made for. */
const UNKNOWN_INSTANCE = 0x70_0007;
const PROTOCOLS = [1, 6, 17, 17, 58, 132, 50, 44, 0] as const;
const WIDE_MTUS = [1500, 1500, 1500, 9000] as const;
const NARROW_MTUS = [1499, 1501, 1280, 576, 100, 60, 30] as const;
/** 0 is unspecified, the rest multicast, broadcast and limited in scope. */
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

export class ForwardingGen {
  readonly seed: number;
  readonly #random: SeededRandom;
  readonly instances: readonly number[];
  readonly #pool: Record<Family, readonly IpAddress[]>;
  readonly #locals: Record<Family, readonly IpAddress[]>;
  /** Every EID-Prefix an entry was ever made for. */
  readonly eids: EidPrefix[] = [];

  constructor(seed: number) {
    this.seed = seed;
    this.#random = new SeededRandom(seed, 'forwarding');
    this.instances = [0, 101, 0xff_ffff, 1 + this.int(0xff_fffe)].slice(0, 1 + this.int(4));
    this.#pool = { 4: this.#addresses(4), 6: this.#addresses(6) };
    this.#locals = { 4: this.#pool[4].slice(0, 2), 6: this.#pool[6].slice(0, 2) };
  }

  /** 0 .. bound - 1. */
  int(bound: number): number {
    return this.#random.u32() % bound;
  }

  chance(percent: number): boolean {
    return this.int(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }

  /** A first set of tables, local addresses and a default route included. */
  tables(): TableOp[] {
    const ops: TableOp[] = [];
    for (const instanceId of this.instances) {
      for (const family of [4, 6] as const) {
        if (instanceId === 0 || this.chance(40)) ops.push(...this.#localRoutes(instanceId, family));
        if (this.chance(70)) ops.push(this.#route(instanceId, prefix(this.#pool[family][0]!, 0)));
      }
    }
    return [...ops, ...this.changes(20 + this.int(100))];
  }

  /** Changes of any kind, some of them undoing earlier ones. */
  changes(count: number): TableOp[] {
    return Array.from({ length: count }, () => this.#change());
  }

  address(family: Family): IpAddress {
    const base = this.pick(this.#pool[family]);
    return this.chance(70) ? base : flipBit(base, this.int(addressBits(family)));
  }

  packet(): GeneratedPacket {
    const options: InjectOptions = {
      interfaceIndex: this.int(4),
      ...(this.chance(60) ? {} : { instanceId: this.#instance() }),
      ...(this.chance(85) ? {} : { originated: true }),
      ...(this.chance(85) ? {} : { decapsulated: true }),
      ...(this.chance(50) ? {} : { cookie: this.#random.u32() }),
    };
    const bytes = this.chance(45)
      ? this.#lispPacket(1 + this.int(this.chance(20) ? 3 : 1))
      : this.#plainPacket();
    return { bytes: this.#damaged(bytes), options };
  }

  #addresses(family: Family): IpAddress[] {
    const random = (): IpAddress => {
      const bytes = this.bytes(family === 4 ? 4 : 16);
      // Mostly unicast space.
      if (bytes[0] === 0 || bytes[0]! >= 224) bytes[0] = 10;
      return ipFromBytes(bytes);
    };
    const roots = Array.from({ length: 4 }, random);
    const near = Array.from({ length: 14 }, () => flipBit(this.pick(roots), this.int(addressBits(family))));
    return [...roots, ...near];
  }

  #localRoutes(instanceId: number, family: Family): TableOp[] {
    const own: TableOp[] = this.#locals[family].map((address) => ({
      op: 'route',
      instanceId,
      prefix: prefix(address, addressBits(family)),
      nextHop: { kind: 'local', interfaceIndex: 0, mtu: 1500 },
    }));
    return this.chance(70) ? own : [...own, { ...own[0]!, prefix: this.#groupPrefix(family) } as TableOp];
  }

  /** RIPv2's group: a multicast address that is listened to. */
  #groupPrefix(family: Family): IpPrefix {
    return family === 4 ? prefix(ip('224.0.0.9'), 32) : prefix(ip('ff02::9'), 128);
  }

  #instance(): number {
    return this.chance(4) ? UNKNOWN_INSTANCE : this.pick(this.instances);
  }

  #family(): Family {
    return this.chance(50) ? 4 : 6;
  }

  #prefix(family: Family): IpPrefix {
    const width = addressBits(family);
    const bits = this.chance(10) ? 0 : this.chance(25) ? width : this.int(width + 1);
    return prefix(this.pick(this.#pool[family]), bits);
  }

  #change(): TableOp {
    const instanceId = this.pick(this.instances);
    const family = this.#family();
    const isRemoval = this.chance(20);
    const kind = this.int(100);
    if (kind < 14) {
      const at = this.#prefix(family);
      // Short routes would hide everything behind them.
      const route = this.#route(instanceId, at.bits > 8 || this.chance(15) ? at : prefix(at.address, 0));
      return isRemoval ? { ...route, nextHop: undefined } : route;
    }
    if (kind < 54) {
      const known = this.chance(isRemoval ? 90 : 25) && this.eids.length > 0;
      const eid = known ? this.pick(this.eids) : { instanceId, prefix: this.#prefix(family) };
      if (isRemoval) return { op: 'remove-entry', eid };
      this.eids.push(eid);
      const action = this.chance(50) ? ACTION_FORWARD : this.pick([0, 1, 1, 1, 2, 3, 4, 5, 6, 7]);
      return {
        op: 'entry',
        entry: { eid, action, targets: action === ACTION_FORWARD ? this.#targets() : [] },
      };
    }
    if (kind < 92) {
      return {
        op: 'policy',
        eid: { instanceId, prefix: this.#prefix(family) },
        flags: isRemoval ? 0 : (1 << this.int(4)) | (this.chance(30) ? 1 << this.int(4) : 0),
      };
    }
    if (kind < 98) return { op: 'petr', instanceId, family, targets: isRemoval ? [] : this.#targets() };
    return { op: 'proxy-etr', enabled: this.chance(50) };
  }

  #route(instanceId: number, at: IpPrefix): Extract<TableOp, { op: 'route' }> {
    return { op: 'route', instanceId, prefix: at, nextHop: this.#nextHop(at.address.family) };
  }

  #nextHop(family: Family): NextHop {
    const kind = this.pick([
      'connected',
      'via',
      'via',
      'discard',
      this.chance(20) ? 'local' : 'via',
    ] as const);
    return this.#wayOut(kind, family);
  }

  #wayOut(kind: NextHop['kind'], family: Family): NextHop {
    const interfaceIndex = this.chance(10) ? this.int(65536) : this.int(4);
    const gateway = kind === 'via' ? { gateway: this.pick(this.#pool[family]) } : {};
    return { kind, interfaceIndex, mtu: this.pick(this.chance(85) ? WIDE_MTUS : NARROW_MTUS), ...gateway };
  }

  /** 0 to 5 ways to encapsulate, of both families. */
  #targets(): EncapTarget[] {
    const count = this.chance(8) ? 0 : 1 + this.int(this.chance(40) ? 5 : 1);
    return Array.from({ length: count }, () => {
      const family = this.#family();
      return {
        source: this.pick(this.#locals[family]),
        destination: this.address(family),
        priority: this.int(3),
        weight: this.pick([0, 1, 10, 25, 50, 100, 255]),
        nextHop: this.#wayOut(this.chance(50) ? 'via' : 'connected', this.#family()),
      };
    });
  }

  #ttl(): number {
    return this.chance(70) ? this.pick([64, 255, 63, 254]) : this.pick([0, 1, 2, 3, this.int(256)]);
  }

  #payloadLength(): number {
    if (this.chance(75)) return this.int(80);
    return this.chance(60) ? 1380 + this.int(130) : this.int(1500);
  }

  #plainPacket(): Uint8Array {
    const family = this.#family();
    const protocol = this.chance(2) ? this.int(256) : this.pick(PROTOCOLS);
    return this.#ip(family, protocol, this.bytes(this.#payloadLength()), this.#destination(family));
  }

  #destination(family: Family): IpAddress {
    if (this.chance(5)) return this.#oddAddress(family);
    return this.chance(8) ? this.pick(this.#locals[family]) : this.address(family);
  }

  #oddAddress(family: Family): IpAddress {
    return this.pick(ODD_ADDRESSES.map(ip).filter((address) => address.family === family));
  }

  /** An IP packet with options, fragmentation and anything else its header may say; mostly well-formed. */
  #ip(family: Family, protocol: number, payload: Uint8Array, destination: IpAddress): Uint8Array {
    const source = this.chance(2) ? this.#oddAddress(family) : this.address(family);
    const tos = this.int(256);
    if (family === 6) {
      const header = new Uint8Array(40);
      const view = new DataView(header.buffer);
      view.setUint32(0, ((6 << 28) | (tos << 20) | this.int(0x10_0000)) >>> 0);
      view.setUint16(4, payload.length);
      header[6] = protocol;
      header[7] = this.#ttl();
      header.set(ipToBytes(source), 8);
      header.set(ipToBytes(destination), 24);
      return joined(header, payload);
    }
    const options = this.chance(85) ? 0 : this.int(11);
    const header = new Uint8Array(20 + 4 * options);
    const view = new DataView(header.buffer);
    header[0] = 0x45 + options;
    header[1] = tos;
    view.setUint16(2, header.length + payload.length);
    view.setUint16(4, this.int(65536));
    view.setUint16(6, this.chance(80) ? this.pick([0, 0x4000]) : this.pick([0x2000, 1, 0x2010, 0x8000]));
    header[8] = this.#ttl();
    header[9] = protocol;
    header.set(ipToBytes(source), 12);
    header.set(ipToBytes(destination), 16);
    header.set(this.bytes(4 * options), 20);
    view.setUint16(10, checksum(header));
    return joined(header, payload);
  }

  /** UDP 4341 to a local address around another packet; `depth` LISP headers in all. */
  #lispPacket(depth: number): Uint8Array {
    const family = this.#family();
    const inner = depth > 1 ? this.#lispPacket(depth - 1) : this.#damaged(this.#plainPacket());
    const lisp = new Uint8Array(8);
    const view = new DataView(lisp.buffer);
    const hasInstance = this.chance(50);
    lisp[0] =
      (hasInstance ? 0x08 : 0) |
      (this.chance(70) ? 0 : this.int(256) & 0xf4) |
      (this.chance(3) ? this.int(4) : 0);
    lisp.set(this.bytes(3), 1);
    view.setUint32(4, hasInstance ? ((this.#instance() << 8) | this.int(256)) >>> 0 : this.#random.u32());
    const trailer = this.bytes(this.chance(10) ? this.int(10) : 0);
    const destination = this.chance(95) ? this.pick(this.#locals[family]) : this.address(family);
    const datagram = this.#udp(joined(lisp, inner, trailer));
    const packet = this.#ip(family, 17, joined(datagram, this.bytes(this.chance(5) ? 3 : 0)), destination);
    return this.chance(60) ? packet : this.#withUdpChecksum(packet, datagram.length);
  }

  #udp(payload: Uint8Array): Uint8Array {
    const header = new Uint8Array(8);
    const view = new DataView(header.buffer);
    view.setUint16(0, this.int(65536));
    view.setUint16(2, this.chance(98) ? 4341 : 4342);
    const length = 8 + payload.length;
    view.setUint16(
      4,
      this.chance(95)
        ? length
        : Math.max(0, length + this.pick([-40, -1, 1, 100, -length, 15 - length, 16 - length])),
    );
    return joined(header, payload);
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
    view.setUint16(at + 6, this.chance(90) ? (sum === 0 ? 0xffff : sum) : this.int(65536));
    return packet;
  }

  /** Mostly untouched; else cut short, extended, or with some bytes changed (and the IPv4 checksum mended or not). */
  #damaged(packet: Uint8Array): Uint8Array {
    if (this.chance(80)) return packet;
    const kind = this.int(100);
    if (kind < 30) return packet.slice(0, this.int(this.chance(50) ? 48 : packet.length + 1));
    if (kind < 55) return joined(packet, this.bytes(1 + this.int(20)));
    const changed = packet.slice();
    const reach = Math.min(changed.length, this.chance(60) ? 44 : changed.length);
    if (reach === 0) return changed;
    for (let i = 0; i <= this.int(3); i++) changed[this.int(reach)] = this.int(256);
    if (this.chance(10)) changed[0] = 0x40 | this.int(16);
    const headerBytes = (changed[0]! & 15) * 4;
    if (this.chance(70) && changed[0]! >>> 4 === 4 && headerBytes >= 12 && changed.length >= headerBytes) {
      const view = new DataView(changed.buffer);
      view.setUint16(10, 0);
      view.setUint16(10, checksum(changed.subarray(0, headerBytes)));
    }
    return changed;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
