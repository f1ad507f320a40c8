/** What writer and readers of the stress test agree on. */
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import { ACTION_FORWARD, ARENA_HEADER_BYTES, POLICY_ITR_SOURCE } from '../../assembly/layout.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { LpmKind } from '../../src/engine/lpm.ts';
import { makeEngine } from '../engine/engine-builds.ts';
import { connected, SITE } from '../engine/forwarding-support.ts';

/** dir24-8 is changed as dir18-run is, and needs ten times the memory. */
export const STRESS_KINDS = ['patricia', 'linear', 'dir18-run'] as const;
export type StressKind = (typeof STRESS_KINDS)[number];

export const ADDRESSES = Array.from({ length: 48 }, (_, i) => ipv4((0x0b00_0000 + i * 0x0013_5701) >>> 0));
/** The engine knows this instance by routes, the default one by entries and policy. */
export const ROUTES_INSTANCE = 5;
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
}

export function isChangedInPlace(kind: StressKind): boolean {
  return (['dir18-run'] as readonly LpmKind[]).includes(kind);
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
    rewrites: 3,
    nextHops: 8,
    fibBytes: ARENA_HEADER_BYTES + (isInPlace ? 10 << 20 : 32 * 1024),
    flags,
    // In place, a table of each kind of use that is looked at.
    lpm: isInPlace ? { cache: kind, routes: kind, policy: 'patricia' } : kind,
  });
  engine.setPolicy({ instanceId: 0, prefix: hostPrefix(SITE[4].eid) }, POLICY_ITR_SOURCE);
  setGeneration(engine, 0);
  engine.publish();
  return engine;
}

/** All that is known of every address says which generation it is of: locators, next hops, interfaces. */
export function setGeneration(engine: Engine, generation: number): void {
  const mark = generation & 0xffff;
  const target = {
    source: ipv4(0xc000_0000 + mark),
    destination: ipv4(0xc633_0000 + mark),
    priority: 1,
    weight: 1,
    nextHop: connected(mark),
  };
  for (const address of ADDRESSES) {
    const prefix = hostPrefix(address);
    engine.setEntry({ eid: { instanceId: 0, prefix }, action: ACTION_FORWARD, targets: [target] });
    engine.setRoute(ROUTES_INSTANCE, prefix, connected(mark, 1500));
  }
}
