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
import { fibPair, type FibChange, type FibPair } from '../src/engine/fib.ts';
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
  SNAPSHOT_PROXY_ETR,
} from '../assembly/layout.ts';
import { Digest } from '../src/tables/digest.ts';
import { BATCH, FrameStream, SLOTS, STREAM_BUFFERS } from './frame-stream.ts';
import { readRoutes } from './native-data.ts';
import type { NativePacket } from './native-protocol.ts';

const SHOWN_BYTES = 64;
/** Bytes from one frame to the next; where the header is whose destination comes from the trace. */
const FRAME = { forward: { bytes: 64, inner: 0 }, decapsulate: { bytes: 128, inner: 36 } } as const;
const LONG = 200;
const REWRITES = 1024;
const FIRST_LOCATOR = 0xac10_0001;
const FIRST_GATEWAY = 0x0a64_0000;
const OWN_RLOC = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const ATTACHED: NextHop = { kind: 'connected', interfaceIndex: 2, mtu: 1500 };
const FIB_BYTES = 256 * 2 ** 20;

/** What the engine does with the packets that arrive. */
export type PacketWork = keyof typeof FRAME;

export class EngineWorld {
  readonly #engine: Engine;
  readonly #stream: FrameStream;

  private constructor(engine: Engine, work: PacketWork) {
    this.#engine = engine;
    this.#stream = new FrameStream(engine, FRAME[work]);
  }

  /** `entries`: the largest next hop of the loaded table, which is kept in this kind. */
  static open(folder: string, entries: number, kind: LpmKind, work: PacketWork): EngineWorld {
    const engine = createEngineSync({
      entries,
      buckets: 16 * entries,
      rewrites: REWRITES,
      nextHops: 16 + entries,
      vrfs: 1,
      buffers: STREAM_BUFFERS,
      fibBytes: FIB_BYTES,
    });
    fill(engine, folder, entries, kind, work);
    return new EngineWorld(engine, work);
  }

  /** Frames as the harness shows them: the packets that it receives for the first keys of a trace. */
  setFrames(packets: readonly NativePacket[], keys: Uint32Array): void {
    this.#stream.setFrames(
      packets.map(({ before }) => before),
      keys,
    );
  }

  /** Receives all, and forwards unless told not to. */
  pass(keys: Uint32Array, isForwarding = true): number {
    return this.#stream.pass(keys, isForwarding);
  }

  /** As that of the native loops over the same packets. */
  digest(keys: Uint32Array): string {
    const digest = new Digest();
    const { view, bytes } = this.#engine.memory;
    const { slots, descriptors } = this.#stream;
    for (let at = 0; at < keys.length; at += BATCH) {
      const count = this.#stream.batch(keys, at, true);
      for (let i = 0; i < count; i++) {
        const slot = (at + i) % SLOTS;
        const d = descriptors + slot * DESC_BYTES;
        const length = view.getUint16(d + DESC_LENGTH_OFFSET, true);
        const packet = slots + slot * BUFFER_BYTES + view.getUint16(d + DESC_OFFSET_OFFSET, true);
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
}

/** Tables below the Engine's own interface, since values of the Map-Cache are to be the entries of the loaded table. */
function fill(engine: Engine, folder: string, entries: number, kind: LpmKind, work: PacketWork): void {
  const { memory, exports } = engine;
  exports.fibBegin();
  const table = new ForwardingTable(memory, () => true);
  const route = (at: IpPrefix, nextHop: NextHop): FibChange => ({
    prefix: at,
    value: table.addRoute(nextHop, at.bits === 0) + 1,
  });
  const pair = (wanted: LpmKind | 'auto'): FibPair => fibPair(memory, exports, wanted);
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
    const slot = table.addEntry(ACTION_FORWARD, 0, targetsOf(i));
    if (slot !== i) throw new Error(`entry ${i} is in slot ${slot}`);
  }
  // A next hop for each value, distinct by its gateway; or the entry of that number.
  const values = Array.from({ length: entries + 1 }, (_, value) =>
    work === 'forward' || value === 0 ? value : table.addRoute(gatewayOf(value), false) + 1,
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
