/** What writer and readers of the stress test agree on. */
import {
  hostPrefix,
  ipv4,
  ipv6,
  prefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../../src/base/ip.ts';
import { ACTION_FORWARD, ARENA_HEADER_BYTES, POLICY_ITR_SOURCE } from '../../assembly/layout.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { LpmKind } from '../../src/engine/lpm.ts';
import { makeEngine } from '../engine/engine-builds.ts';
import { connected, SITE } from '../engine/forwarding-support.ts';

/** dir24-8 is changed as dir18-run is, and needs ten times the memory. */
export const STRESS_KINDS = ['patricia', 'linear', 'dir18-run', 'dir24-stride6'] as const;
export type StressKind = (typeof STRESS_KINDS)[number];

export const ADDRESSES = Array.from({ length: 48 }, (_, i) => ipv4((0x0b00_0000 + i * 0x0013_5701) >>> 0));
/** What the routes of IPv6 lead to: beside each other and far apart, to every level of a lookup. */
const ADDRESSES6 = Array.from({ length: 48 }, (_, i) =>
  ipv6((0x2001_0000 + (i % 3) * 0x10_0004) >>> 0, Math.imul(i, 0x0150_1001) >>> 0, i, 0),
);
const LENGTHS6 = [48, 64, 128, 45, 40] as const;

/** The engine knows this instance by routes, the default one by entries and policy. */
export const ROUTES_INSTANCE = 5;
/** Old and new ones: values of routes are 1 to this. */
export const NEXT_HOPS = 8;
/** Packets or keys of one batch of a reader: 1 to this. */
export const MOST = 8;

/** Of the shared counts: whether to stop; then a row for each reader. */
export const STOP = 0;
export const ROW = 4;
export const BATCHES = 0;
/** By what a batch was: looked up, forwarded; and those that it trapped in. */
export const TORN_LOOKUP = 1;
export const TORN_FORWARD = 2;
export const TRAPPED = 3;

export function rowOf(reader: number): number {
  return 1 + (reader - 1) * ROW;
}

export interface ReaderData {
  readonly counts: SharedArrayBuffer;
  readonly seed: number;
  /** Tables are changed in place: a batch may see addresses before and after a change. */
  readonly isInPlace: boolean;
  /** Of the routes. */
  readonly family: Family;
}

export function isChangedInPlace(kind: StressKind): boolean {
  return (['dir18-run', 'dir24-stride6'] as readonly LpmKind[]).includes(kind);
}

/** Of the addresses that are looked up in routes. */
export function familyOf(kind: StressKind): Family {
  return kind === 'dir24-stride6' ? 6 : 4;
}

export function routedAddresses(family: Family): readonly IpAddress[] {
  return family === 4 ? ADDRESSES : ADDRESSES6;
}

function routedPrefixes(family: Family): IpPrefix[] {
  if (family === 4) return ADDRESSES.map(hostPrefix);
  return ADDRESSES6.map((address, i) => prefix(address, LENGTHS6[i % LENGTHS6.length]!));
}

/** Just room for three generations, so that each publish uses again what an earlier one retired. */
export function makeStressEngine(flags: number, kind: StressKind, readers: number): Engine {
  const count = ADDRESSES.length;
  const isInPlace = isChangedInPlace(kind);
  const engine = makeEngine('shared', {
    workers: readers + 1,
    buffers: MOST,
    entries: 3 * count,
    buckets: 3 * count,
    rewrites: 3 * LOCATORS.length,
    nextHops: NEXT_HOPS,
    fibBytes: ARENA_HEADER_BYTES + (isInPlace ? 10 << 20 : 32 * 1024),
    flags,
    // In place, a table of each kind of use that is looked at.
    lpm: isInPlace
      ? { cache: familyOf(kind) === 4 ? kind : 'patricia', routes: kind, policy: 'patricia' }
      : kind,
  });
  engine.setPolicy({ instanceId: 0, prefix: hostPrefix(SITE[4].eid) }, POLICY_ITR_SOURCE);
  setGeneration(engine, 0, familyOf(kind));
  engine.publish();
  return engine;
}

/** First halves of the locators of an entry; the second half is the generation. */
export const LOCATORS = [0xc633, 0xc634] as const;

/** The locator of a generation that goes down and up: rows of buckets that readers use are then written anew. */
export function unsteadyLocator(generation: number): IpAddress {
  return ipv4(((LOCATORS[1] << 16) >>> 0) + (generation & 0xffff));
}

/** What headers toward that locator say, and for a while do not: three equal bytes, by which a torn one is known. */
export function unsteadyNonce(generation: number): number {
  return 0x01_0101 * (1 + (generation % 255));
}

/** All that is known of every address says which generation it is of: locators, next hops, interfaces. */
export function setGeneration(engine: Engine, generation: number, family: Family): void {
  const mark = generation & 0xffff;
  const targets = LOCATORS.map((locator) => ({
    source: ipv4(0xc000_0000 + mark),
    destination: ipv4(((locator << 16) >>> 0) + mark),
    priority: 1,
    weight: 1,
    nextHop: connected(mark),
  }));
  for (const address of ADDRESSES) {
    const eid = { instanceId: 0, prefix: hostPrefix(address) };
    engine.setEntry({ eid, action: ACTION_FORWARD, targets });
  }
  for (const each of routedPrefixes(family)) {
    engine.setRoute(ROUTES_INSTANCE, each, connected(mark, 1500));
  }
}
