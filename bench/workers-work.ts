/** What the threads of the `workers` suite do, and what they should find: the same tables and packets in each. */
import { hostPrefix, ipv4, prefix, word, type IpPrefix } from '../src/base/ip.ts';
import { cidr, ip } from '../src/base/ip-text.ts';
import { SeededRandom } from '../src/base/random.ts';
import { ACTION_FORWARD, POLICY_ITR_SOURCE } from '../src/engine/codes.ts';
import type { DataPlane, NextHop } from '../src/engine/data-plane.ts';
import type { EngineWorker } from '../src/engine/engine-worker.ts';
import type { Engine } from '../src/engine/engine.ts';
import { eidPrefix } from '../src/mapping/eid.ts';
import { buildUdpPacket } from '../src/wire/udp.ts';

export const WORKS = ['encapsulate', 'lookup'] as const;
export type Work = (typeof WORKS)[number];

/** Operations of one pass: packets, keys. */
export const OPERATIONS: Readonly<Record<Work, number>> = { encapsulate: 128, lookup: 4096 };
export const SITES = 1024;
/** Entries that an update replaces, and that no packet or key meets. */
export const CHANGED = 64;
const OWN_RLOC = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const PACKET_BYTES = 100;

function site(number: number): IpPrefix {
  return prefix(ipv4(0x0a00_0000 + number * 0x1000), 20);
}

function target(number: number) {
  const destination = ipv4(0xc612_0000 + number);
  return { source: OWN_RLOC, destination, priority: 1, weight: 100, nextHop: OUT };
}

/** A site's router that knows 1,024 others. */
export function fill(plane: DataPlane): void {
  plane.setRoute(0, hostPrefix(OWN_RLOC), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
  plane.setRoute(0, cidr('0.0.0.0/0'), OUT);
  plane.setPolicy(eidPrefix(cidr('100.64.0.0/16')), POLICY_ITR_SOURCE);
  for (let number = 0; number < SITES; number++)
    plane.setEntry({ eid: eidPrefix(site(number)), action: ACTION_FORWARD, targets: [target(number % 64)] });
  change(plane, 0);
  plane.publish();
}

/** Other locators for CHANGED entries. */
export function change(plane: DataPlane, turn: number): void {
  for (let i = 0; i < CHANGED; i++) {
    const eid = eidPrefix(prefix(ipv4(0x0b00_0000 + i * 0x1_0000), 16));
    plane.setEntry({ eid, action: ACTION_FORWARD, targets: [target((turn + i) % 64)] });
  }
}

export type Pass = () => number;

/** One pass over the trace of this seed. Its result is the same each time, in each plane. */
export function passOf(work: Work, seed: number, plane: Engine | EngineWorker): Pass {
  return work === 'lookup' ? lookupPass(seed, plane) : encapsulationPass(tracePackets(seed), plane);
}

function lookupPass(seed: number, plane: Engine | EngineWorker): Pass {
  const random = new SeededRandom(seed, 'workers lookup');
  const keys = Uint32Array.from({ length: OPERATIONS.lookup }, () => inSite(random));
  const out = new Uint32Array(keys.length);
  return () => {
    plane.lookupBatch('cache', 0, 4, keys, out);
    // A sum would hide that values changed places.
    let hash = 0;
    for (const value of out) hash = (Math.imul(hash, 31) + value) | 0;
    return hash;
  };
}

export function tracePackets(seed: number): Uint8Array[] {
  const random = new SeededRandom(seed, 'workers encapsulate');
  return Array.from({ length: OPERATIONS.encapsulate }, () =>
    buildUdpPacket(
      {
        source: ipv4(0x6440_0000 + (random.u32() % 65_536)),
        destination: ipv4(inSite(random)),
        ttl: 64,
        sourcePort: random.u32() % 65_536,
        destinationPort: 53,
        checksum: 'compute',
      },
      new Uint8Array(PACKET_BYTES - 28),
    ),
  );
}

/** Whole packets through the TypeScript face. Of what leaves: flow hash, length, outer destination and source port. */
function encapsulationPass(
  packets: readonly Uint8Array[],
  plane: Pick<DataPlane, 'inject' | 'process' | 'collect'>,
): Pass {
  return () => {
    for (const bytes of packets) plane.inject(bytes, { interfaceIndex: 0 });
    plane.process();
    let hash = 0;
    plane.collect(({ flowHash }, bytes) => {
      const outer = (bytes[18]! << 24) | (bytes[19]! << 16) | (bytes[20]! << 8) | bytes[21]!;
      hash = (Math.imul(hash, 31) + flowHash + bytes.length + outer) | 0;
    });
    return hash;
  };
}

/** For the gate: the same pass through a Model. */
export function modelPass(seed: number, model: DataPlane): Pass {
  return encapsulationPass(tracePackets(seed), model);
}

function inSite(random: SeededRandom): number {
  return word(site(random.u32() % SITES).address, 0) + (random.u32() % 4096);
}
