/** The tables and packets of the `mapcache` suite. */
import { performance } from 'node:perf_hooks';
import { checksum } from '../src/base/checksum.ts';
import { hostPrefix, ipv4, prefix } from '../src/base/ip.ts';
import { cidr, ip } from '../src/base/ip-text.ts';
import {
  ACTION_FORWARD,
  POLICY_ITR_SOURCE,
  REASON_MAP_CACHE_MISS,
  VERDICT_ENCAP,
} from '../src/engine/codes.ts';
import type { DataPlane, EncapTarget, ForwardingEntry, NextHop } from '../src/engine/data-plane.ts';
import type { Engine } from '../src/engine/engine.ts';
import { eidPrefix, type EidPrefix } from '../src/mapping/eid.ts';
import { buildUdpPacket } from '../src/wire/udp.ts';
import { openEngine } from './engine.ts';
import { consume, type Round } from './runner.ts';

export const BATCH = 128;
/** What changes between two publishes, at most. */
export const CHANGES = 1000;
const LOCATOR_SETS = 1000;
/** A row for two locators whose weights are quarters. */
const BUCKETS = 16;
const PACKET_BYTES = 64;
const OWN_RLOC = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const FIRST_EID = 0x1000_0000;
const FIRST_RLOC = 0xc612_0000;

/** An entry has a /29 of its own, one beside the other. */
export function eidOf(number: number): EidPrefix {
  return eidPrefix(prefix(ipv4(FIRST_EID + 8 * number), 29));
}

/** Whether entries share 1,000 locator sets, or each has one that no other has. */
export type Sets = 'shared' | 'own';

/** Two locators, the second of them the first of the next set; in all as many locators as sets. */
function targets(set: number, sets: number): EncapTarget[] {
  return [set, (set + 1) % sets].map((n, at) => ({
    source: OWN_RLOC,
    destination: ipv4(FIRST_RLOC + n),
    priority: 1,
    weight: at === 0 ? 75 : 25,
    nextHop: OUT,
  }));
}

const SHARED = Array.from({ length: LOCATOR_SETS }, (_, set) => targets(set, LOCATOR_SETS));

export function entryOf(number: number, sets: Sets = 'shared'): ForwardingEntry {
  const own = sets === 'own' ? targets(number, 2 ** 24) : SHARED[number % LOCATOR_SETS]!;
  return { eid: eidOf(number), action: ACTION_FORWARD, targets: own };
}

/** Room for entries as of `entryOf`, and for their change. */
export function openFor(entries: number, sets: Sets = 'shared'): Engine {
  const distinct = sets === 'own' ? entries : LOCATOR_SETS;
  return openEngine({
    entries: entries + 2 * CHANGES,
    buckets: Math.max(32_768, BUCKETS * (distinct + CHANGES)),
    rewrites: distinct + LOCATOR_SETS,
    fibBytes: (24 << 20) + 128 * entries,
  });
}

/** A site's router: what it needs for packets to come to the Map-Cache. */
export function makeSite(plane: DataPlane): void {
  plane.setRoute(0, hostPrefix(OWN_RLOC), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
  plane.setRoute(0, cidr('0.0.0.0/0'), OUT);
  plane.setPolicy(eidPrefix(cidr('100.64.0.0/16')), POLICY_ITR_SOURCE);
  plane.publish();
}

const TEMPLATE = buildUdpPacket(
  {
    source: ip('100.64.0.1'),
    destination: ip('0.0.0.0'),
    ttl: 64,
    sourcePort: 5353,
    destinationPort: 53,
    checksum: 'zero',
  },
  new Uint8Array(PACKET_BYTES - 28),
);
const HEADER = new DataView(TEMPLATE.buffer, TEMPLATE.byteOffset, TEMPLATE.byteLength);

/** The packet to the first EID of an entry; the same bytes each time, overwritten. */
export function packetTo(number: number): Uint8Array {
  HEADER.setUint32(16, FIRST_EID + 8 * number);
  HEADER.setUint16(10, 0);
  HEADER.setUint16(10, checksum(TEMPLATE.subarray(0, 20)));
  return TEMPLATE;
}

/** Sends packets to these entries; returns those that no entry was there for, and throws when others did not leave. */
export function sendTo(plane: DataPlane, numbers: readonly number[]): number[] {
  const missed: number[] = [];
  for (const number of numbers) plane.inject(packetTo(number), { interfaceIndex: 0, cookie: number });
  plane.process();
  plane.collect(({ verdict, reason, cookie }) => {
    if (reason === REASON_MAP_CACHE_MISS) missed.push(cookie);
    else if (verdict !== VERDICT_ENCAP)
      throw new Error(`a packet to entry ${cookie} ended with verdict ${verdict}`);
  });
  return missed;
}

/** The nth of a walk over all entries that is far from the order in which they lie. */
export function walk(entries: number, n: number): number {
  // An odd step is prime to a power of two; numbers beyond the entries are left out by whoever has fewer.
  const size = 2 ** Math.ceil(Math.log2(entries));
  return ((n * 0x9e37_79b1) % size) % entries;
}

/** Whether the packet that leaves is on its way to a locator of its entry. */
export function isWayOf(number: number, sets: Sets, bytes: Uint8Array): boolean {
  const outer = new DataView(bytes.buffer, bytes.byteOffset).getUint32(16);
  return entryOf(number, sets).targets.some(({ destination }) => destination.w0 === outer);
}

/** Does `work` of `operations`, and says how long each took. */
export function timed(operations: number, work: () => number): Round {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  consume(work());
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - wall;
  return { medianNs: (wallMs * 1e6) / operations, calls: 1, cpuShare: (user + system) / 1000 / wallMs };
}
