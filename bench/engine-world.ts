/**
 * The engine as a forwarding contender, with the tables of bench/native/world.h: the same entries, locators, policies
 * and routes, its Map-Cache the loaded table, and a receive stage like theirs in its own memory. Or, to decapsulate as a
 * PETR, the loaded table among its routes.
 */
import { hostPrefix, ipv4, prefix, type IpPrefix } from '../src/base/ip.ts';
import { cidr, ip } from '../src/base/ip-text.ts';
import { ACTION_FORWARD, POLICY_ITR_SOURCE, POLICY_PETR_SOURCE } from '../src/engine/codes.ts';
import type { EncapTarget, NextHop } from '../src/engine/data-plane.ts';
import type { Engine } from '../src/engine/engine.ts';
import { Fib, type FibChange } from '../src/engine/fib.ts';
import { ForwardingTable } from '../src/engine/forwarding-table.ts';
import type { LpmKind } from '../src/engine/lpm.ts';
import { createEngineSync } from '../src/engine/open-inline.ts';
import { SnapshotWriter } from '../src/engine/snapshot.ts';
import {
  BUFFER_BYTES,
  DESC_BYTES,
  DESC_FLOW_HASH_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_MTU_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_REASON_OFFSET,
  DESC_VERDICT_OFFSET,
  SECTION_BUFFERS,
  SECTION_DESCRIPTORS,
  SNAPSHOT_PROXY_ETR,
} from '../assembly/layout.ts';
import { compileStage } from './compile-as.ts';
import { Digest } from './digest.ts';
import { readRoutes } from './native-data.ts';
import type { NativePacket } from './native-protocol.ts';

const SLOTS = 4096;
const FRAMES = 1024;
const SHOWN_BYTES = 64;
/** Bytes from one frame to the next; where the header is whose destination comes from the trace. */
const FRAME = { forward: { bytes: 64, inner: 0 }, decapsulate: { bytes: 128, inner: 36 } } as const;
const SIDE_WORDS = 4;
const LONG = 200;
const BATCH = 256;
const REWRITES = 1024;
const FIRST_LOCATOR = 0xac10_0001;
const FIRST_GATEWAY = 0x0a64_0000;
const OWN_RLOC = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const ATTACHED: NextHop = { kind: 'connected', interfaceIndex: 2, mtu: 1500 };
/** Buffers that hold frames and keys instead of packets. */
const SPARE = Math.ceil((FRAMES * (128 + 4 * SIDE_WORDS) + 4 * BATCH) / BUFFER_BYTES);
const FIB_BYTES = 256 * 2 ** 20;

/** What the engine does with the packets that arrive. */
export type PacketWork = keyof typeof FRAME;

type Receive = (
  frames: number,
  sides: number,
  keys: number,
  slots: number,
  stride: number,
  descriptors: number,
  first: number,
  count: number,
) => void;

export class EngineWorld {
  readonly #engine: Engine;
  readonly #work: PacketWork;
  readonly #receive: Receive;
  readonly #slots: number;
  readonly #frames: number;
  readonly #sides: number;
  readonly #keys: number;

  private constructor(engine: Engine, work: PacketWork) {
    const { receive, setFrames } = compileStage('receive', engine);
    const { bytes, inner } = FRAME[work];
    (setFrames as (bytes: number, inner: number) => void)(bytes, inner);
    this.#engine = engine;
    this.#work = work;
    this.#receive = receive as Receive;
    this.#slots = engine.memory.offset(SECTION_BUFFERS);
    this.#frames = this.#slots + SLOTS * BUFFER_BYTES;
    this.#sides = this.#frames + FRAMES * bytes;
    this.#keys = this.#sides + FRAMES * 4 * SIDE_WORDS;
  }

  /** `entries`: the largest next hop of the loaded table, which is kept in this kind. */
  static open(folder: string, entries: number, kind: LpmKind, work: PacketWork): EngineWorld {
    const engine = createEngineSync({
      entries,
      buckets: 16 * entries,
      rewrites: REWRITES,
      nextHops: 16 + entries,
      vrfs: 1,
      buffers: SLOTS + SPARE,
      fibBytes: FIB_BYTES,
    });
    fill(engine, folder, entries, kind, work);
    return new EngineWorld(engine, work);
  }

  /** Frames as the harness shows them: the packets that it receives for the first keys of a trace. */
  setFrames(packets: readonly NativePacket[], keys: Uint32Array): void {
    const { bytes, words } = this.#engine.memory;
    for (const [i, { before }] of packets.entries()) {
      const { bytes: room, inner } = FRAME[this.#work];
      const at = this.#frames + i * room;
      bytes.fill(0, at, at + room);
      bytes.set(before.subarray(0, room), at);
      const view = new DataView(bytes.buffer, at + inner, 20);
      const destination = view.getUint32(16);
      const side = this.#sides / 4 + i * SIDE_WORDS;
      words[side] = fold(
        (~view.getUint16(10) & 0xffff) + (~view.getUint16(16) & 0xffff) + (~view.getUint16(18) & 0xffff),
      );
      words[side + 1] = before.length < inner + 20 || destination === keys[i] ? 0 : destination;
      words[side + 2] = before.length;
    }
  }

  /** Receives all, and forwards unless told not to. */
  pass(keys: Uint32Array, isForwarding = true): number {
    for (let at = 0; at < keys.length; at += BATCH) this.#batch(keys, at, isForwarding);
    return keys.length;
  }

  /** As that of the native loops over the same packets. */
  digest(keys: Uint32Array): string {
    const digest = new Digest();
    const { view, bytes } = this.#engine.memory;
    const descriptors = this.#engine.memory.offset(SECTION_DESCRIPTORS);
    for (let at = 0; at < keys.length; at += BATCH) {
      const count = this.#batch(keys, at, true);
      for (let i = 0; i < count; i++) {
        const slot = (at + i) % SLOTS;
        const d = descriptors + slot * DESC_BYTES;
        const length = view.getUint16(d + DESC_LENGTH_OFFSET, true);
        const packet = this.#slots + slot * BUFFER_BYTES + view.getUint16(d + DESC_OFFSET_OFFSET, true);
        const shown = length < LONG ? length : SHOWN_BYTES;
        digest.add([
          (view.getUint8(d + DESC_VERDICT_OFFSET) << 16) | view.getUint8(d + DESC_REASON_OFFSET),
          view.getUint32(d + DESC_NEXT_HOP_OFFSET, true),
          view.getUint32(d + DESC_FLOW_HASH_OFFSET, true),
          view.getUint16(d + DESC_MTU_OFFSET, true) * 65_536 + length,
        ]);
        digest.add(bytes.subarray(packet, packet + shown));
      }
    }
    return digest.toString();
  }

  #batch(keys: Uint32Array, at: number, isForwarding: boolean): number {
    const some = keys.subarray(at, at + BATCH);
    const first = at % SLOTS;
    this.#engine.memory.words.set(some, this.#keys / 4);
    const descriptors = this.#engine.memory.offset(SECTION_DESCRIPTORS);
    const { length } = some;
    this.#receive(
      this.#frames,
      this.#sides,
      this.#keys,
      this.#slots,
      BUFFER_BYTES,
      descriptors,
      first,
      length,
    );
    if (isForwarding) this.#engine.exports.process(0, first, length);
    return length;
  }
}

/** Tables below the Engine's own interface, since values of the Map-Cache are to be the entries of the loaded table. */
function fill(engine: Engine, folder: string, entries: number, kind: LpmKind, work: PacketWork): void {
  const { memory, exports } = engine;
  exports.fibBegin();
  const table = new ForwardingTable(memory, () => true);
  const route = (at: IpPrefix, nextHop: NextHop): FibChange => ({
    prefix: at,
    value: table.addRoute(nextHop, at.bits === 0).slot + 1,
  });
  const pair = (wanted: LpmKind | 'auto'): Record<4 | 6, Fib> => ({
    4: new Fib(memory, exports, wanted, 4),
    6: new Fib(memory, exports, wanted, 6),
  });
  const [loaded, few, policy] = [pair(kind), pair('auto'), pair('auto')];
  const [routes, cache] = work === 'forward' ? [few, loaded] : [loaded, few];
  // Numbers as in bench/native/world.h: what is added first.
  const own = [
    route(hostPrefix(OWN_RLOC), { kind: 'local', interfaceIndex: 0, mtu: 1500 }),
    route(prefix(OWN_RLOC, 0), OUT),
    route(cidr('198.18.0.0/16'), ATTACHED),
  ];
  policy[4].apply([
    { prefix: cidr('10.0.0.0/8'), value: POLICY_ITR_SOURCE },
    { prefix: cidr('100.64.0.0/10'), value: POLICY_PETR_SOURCE },
  ]);
  for (let i = 0; i < entries; i++) {
    const { slot } = table.addEntry(ACTION_FORWARD, 0, targetsOf(i));
    if (slot !== i) throw new Error(`entry ${i} is in slot ${slot}`);
  }
  // A next hop for each value, distinct by its gateway; or the entry of that number.
  const values = Array.from({ length: entries + 1 }, (_, value) =>
    work === 'forward' || value === 0 ? value : table.addRoute(gatewayOf(value), false).slot + 1,
  );
  loaded[4].apply(
    [...readRoutes(folder, 4)].map(([each, value]) => ({ prefix: each, value: values[value]! })),
  );
  routes[4].apply(own);
  new SnapshotWriter(memory, exports).publish(
    [{ instanceId: 0, fibs: [routes, cache, policy], petr: { 4: 0, 6: 0 } }],
    SNAPSHOT_PROXY_ETR,
  );
}

function gatewayOf(value: number): NextHop {
  return { ...OUT, gateway: ipv4(FIRST_GATEWAY + value) };
}

/** One entry in four has two locators. */
function targetsOf(entry: number): EncapTarget[] {
  const target = (index: number): EncapTarget => ({
    source: OWN_RLOC,
    destination: ipv4(FIRST_LOCATOR + (index % REWRITES)),
    priority: 1,
    weight: 1,
    nextHop: OUT,
  });
  return entry % 4 === 3 ? [target(entry), target(entry + 1)] : [target(entry)];
}

function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}
