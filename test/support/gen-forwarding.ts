/**
 * Random forwarding tables and packets, repeatable from a seed. Addresses come from a small pool and prefixes are cut
 * from the same pool, so that prefixes nest and packets meet them.
 */
import {
  addressBits,
  flipBit,
  ipFromBytes,
  prefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../../src/base/ip.ts';
import { ip } from '../../src/base/ip-text.ts';
import type { DataPlane, EncapTarget, ForwardingEntry, NextHop } from '../../src/engine/data-plane.ts';
import { ACTION_FORWARD } from '../../src/engine/codes.ts';
import type { LocatorNonce, Marking, ReceptionRules } from '../../src/engine/marking.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';
import { Dice } from './gen-dice.ts';
import { PacketGen, type GeneratedPacket, type Meeting } from './gen-packets.ts';

export type { GeneratedPacket };

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
  | { readonly op: 'locator'; readonly locator: IpAddress; readonly state: 'up' | 'down' }
  | { readonly op: 'nonce'; readonly locator: IpAddress; readonly nonce: LocatorNonce | undefined }
  | { readonly op: 'proxy-etr'; readonly enabled: boolean }
  | { readonly op: 'reception'; readonly rules: ReceptionRules };

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
    case 'locator':
      plane.setLocatorState(op.locator, op.state);
      break;
    case 'nonce':
      plane.setNonce(op.locator, op.nonce);
      break;
    case 'proxy-etr':
      plane.setProxyEtr(op.enabled);
      break;
    case 'reception':
      plane.setReception(op.rules);
      break;
  }
}

/** An instance that no table is ever made for. */
const UNKNOWN_INSTANCE = 0x70_0007;
/** Instances that may come into being by some change, and at first are only taken away from. */
const LATENT_INSTANCES = [0x70_0100, 0x70_0101, 0x70_0102] as const;
const WIDE_MTUS = [1500, 1500, 1500, 9000] as const;
const NARROW_MTUS = [1499, 1501, 1280, 576, 100, 60, 30] as const;

export class ForwardingGen extends Dice implements Meeting {
  readonly instances: readonly number[];
  readonly #pool: Record<Family, readonly IpAddress[]>;
  readonly locals: Record<Family, readonly IpAddress[]>;
  readonly #packets: PacketGen;
  /** Every EID-Prefix an entry was ever made for. */
  readonly eids: EidPrefix[] = [];

  constructor(seed: number) {
    super(seed, 'forwarding');
    this.instances = [0, 101, 0xff_ffff, 1 + this.int(0xff_fffe)].slice(0, 1 + this.int(4));
    this.#pool = { 4: this.#addresses(4), 6: this.#addresses(6) };
    this.locals = { 4: this.#pool[4].slice(0, 2), 6: this.#pool[6].slice(0, 2) };
    this.#packets = new PacketGen(this, this);
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
    return Array.from({ length: count }, () => (this.chance(3) ? this.#futile() : [this.#change()])).flat();
  }

  address(family: Family): IpAddress {
    const base = this.pick(this.#pool[family]);
    return this.chance(70) ? base : flipBit(base, this.int(addressBits(family)));
  }

  /** Of a packet: mostly one that has tables. */
  instance(): number {
    if (this.chance(6)) return this.pick(LATENT_INSTANCES);
    return this.chance(4) ? UNKNOWN_INSTANCE : this.pick(this.instances);
  }

  packet(): GeneratedPacket {
    return this.#packets.packet();
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
    const own: TableOp[] = this.locals[family].map((address) => ({
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

  #prefix(family: Family): IpPrefix {
    const width = addressBits(family);
    const bits = this.chance(10) ? 0 : this.chance(25) ? width : this.int(width + 1);
    return prefix(this.pick(this.#pool[family]), bits);
  }

  /** Removals of what may not be there, now and then after setting it in the same breath. */
  #futile(): TableOp[] {
    const instanceId = this.pick(LATENT_INSTANCES);
    const family = this.family();
    const at = this.#prefix(family);
    const eid = { instanceId, prefix: at };
    const [set, remove] = this.pick<readonly [TableOp, TableOp]>([
      [this.#route(instanceId, at), { op: 'route', instanceId, prefix: at, nextHop: undefined }],
      [
        { op: 'entry', entry: { eid, action: 1, targets: [] } },
        { op: 'remove-entry', eid },
      ],
      [
        { op: 'policy', eid, flags: 2 },
        { op: 'policy', eid, flags: 0 },
      ],
      [
        { op: 'petr', instanceId, family, targets: this.#targets() },
        { op: 'petr', instanceId, family, targets: [] },
      ],
    ]);
    return this.chance(50) ? [remove] : [set, remove];
  }

  #change(): TableOp {
    const instanceId = this.chance(1) ? this.pick(LATENT_INSTANCES) : this.pick(this.instances);
    const family = this.family();
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
    if (kind < 60) {
      return { op: 'locator', locator: this.address(family), state: isRemoval ? 'up' : 'down' };
    }
    if (kind < 66) {
      const nonce = isRemoval ? undefined : { nonce: this.int(0x100_0000), echo: this.chance(50) };
      return { op: 'nonce', locator: this.address(family), nonce };
    }
    if (kind < 92) {
      return {
        op: 'policy',
        eid: { instanceId, prefix: this.#prefix(family) },
        flags: isRemoval ? 0 : (1 << this.int(5)) | (this.chance(30) ? 1 << this.int(5) : 0),
      };
    }
    if (kind < 98) return { op: 'petr', instanceId, family, targets: isRemoval ? [] : this.#targets() };
    if (this.chance(50)) return { op: 'proxy-etr', enabled: this.chance(50) };
    return { op: 'reception', rules: this.#rules() };
  }

  #rules(): ReceptionRules {
    const isOn = (percent: number): boolean => this.chance(percent);
    return { report: isOn(60), gpe: isOn(60), gpeZeroChecksum: isOn(30), unverified: isOn(20) };
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

  #marking(): Marking {
    return {
      ...(this.chance(50) ? {} : { nonce: this.int(0x100_0000), echo: this.chance(50) }),
      ...(this.chance(50) ? {} : { versions: { source: this.int(0x1000), destination: this.int(0x1000) } }),
      ...(this.chance(50) ? {} : { locatorStatusBits: this.u32() }),
      ...(this.chance(60) ? {} : { gpe: true }),
      ...(this.chance(60) ? {} : { checksum: this.chance(50) }),
    };
  }

  /** 0 to 5 ways to encapsulate, of both families. */
  #targets(): EncapTarget[] {
    const count = this.chance(8) ? 0 : 1 + this.int(this.chance(40) ? 5 : 1);
    return Array.from({ length: count }, () => {
      const family = this.family();
      return {
        source: this.pick(this.locals[family]),
        destination: this.address(family),
        priority: this.int(3),
        weight: this.pick([0, 1, 10, 25, 50, 100, 255]),
        nextHop: this.#wayOut(this.chance(50) ? 'via' : 'connected', this.family()),
        ...(this.chance(90) ? {} : { pathMtu: this.pick(NARROW_MTUS) }),
        ...(this.chance(80) ? {} : { marking: this.#marking() }),
        ...(this.chance(90) ? {} : { down: true as const }),
      };
    });
  }
}
