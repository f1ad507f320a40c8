// Who leaves a full cache: the columns against lists of texts, and what a scan does to the flows that are there.
import { describe, expect, it } from 'vitest';
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { EvictionOrder } from '../../src/mapping/eviction-order.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { CacheSimulation, type Policy } from './cache-simulation.ts';
import { EvictionTwin } from './eviction-twin.ts';

const SEEDS = process.env['PXTR_LONG'] === '1' ? 300 : 12;
const host = (n: number): EidPrefix => ({ instanceId: 0, prefix: hostPrefix(ipv4(n)) });

describe('the order of eviction', () => {
  it('is that of its twin, whatever is added, used, removed and evicted, also when saved and restored', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new SeededRandom(seed, 'eviction');
      const room = 1 + (random.u32() % 150);
      const hits = new Map<string, number>();
      const eids = new Map<number, EidPrefix>();
      let free = Array.from({ length: room }, (_, id) => id);
      const hitsOf = (key: string): number => hits.get(key) ?? 0;
      const make = (): EvictionOrder =>
        new EvictionOrder(
          room,
          (id) => hitsOf(eidKey(eids.get(id)!)),
          (id) => eids.get(id)!,
        );
      let order = make();
      /** Every member gets another number. */
      const restart = (): void => {
        const state = structuredClone(order.save());
        eids.clear();
        free = Array.from({ length: room }, (_, id) => id);
        order = make();
        order.restore(state, (eid) => {
          const [id] = free.splice(random.u32() % free.length, 1);
          eids.set(id!, eid);
          return id!;
        });
        expect(order.save(), `seed ${seed}`).toEqual(state);
      };
      const twin = new EvictionTwin(room, hitsOf);
      const evict = (): void => {
        const id = order.evict();
        const wanted = twin.evict();
        const got = id < 0 ? undefined : eidKey(eids.get(id)!);
        expect(got, `seed ${seed}`).toBe(wanted);
        if (id < 0) return;
        eids.delete(id);
        free.push(id);
      };
      for (let step = 0; step < 3000; step++) {
        const eid = host(random.u32() % (2 * room));
        const known = [...eids].find(([, each]) => eidKey(each) === eidKey(eid));
        const dice = random.u32() % 100;
        if (known !== undefined && dice < 3) {
          order.remove(known[0]);
          twin.remove(eidKey(eid));
          eids.delete(known[0]);
          free.push(known[0]);
        } else if (dice === 3) {
          restart();
        } else if (dice === 4) {
          hits.delete(eidKey(eid));
        } else if (known !== undefined) {
          hits.set(eidKey(eid), hitsOf(eidKey(eid)) + 1);
        } else {
          if (free.length === 0 || dice < 2) evict();
          const id = free.pop()!;
          eids.set(id, eid);
          order.add(id, eid);
          twin.add(eidKey(eid));
        }
      }
      while (eids.size > 0) evict();
      evict();
    }
  });

  it('goes on with less room: members as they were, and of those that left the last ones are remembered', () => {
    const large = new EvictionOrder(
      100,
      () => 0,
      (id) => host(id),
    );
    for (let n = 0; n < 100; n++) {
      if (n >= 10) expect(large.evict()).toBe(n - 10);
      large.add(n, host(n));
    }
    const small = new EvictionOrder(
      20,
      () => 0,
      (id) => host(90 + id),
      30,
    );
    small.restore(large.save(), ({ prefix }) => prefix.address.w0 - 90);
    const { probation, remembered } = small.save();
    expect(probation).toEqual(large.save().probation);
    expect(remembered).toEqual(Array.from({ length: 10 }, (_, i) => host(80 + i)));
    expect(small.evict()).toBe(0);
  });

  it('has a victim also when every member is in use, after at most 64 looks', () => {
    let looks = 0;
    let hits = 0;
    const order = new EvictionOrder(
      1000,
      () => (looks++, hits),
      (id) => host(id),
    );
    for (let id = 0; id < 1000; id++) order.add(id, host(id));
    for (let turn = 0; turn < 100; turn++) {
      [looks, hits] = [0, hits + 5];
      const id = order.evict();
      expect(id).toBeGreaterThanOrEqual(0);
      expect(looks).toBeLessThanOrEqual(64);
      order.add(id, host(1000 + turn));
    }
  });
});

/** Share of packets that find an entry without a scan, by policy and seed. */
const calmShares = new Map<string, number>();
function calmShare(policy: Policy, seed: number): number {
  const key = `${policy} ${seed}`;
  const share = calmShares.get(key) ?? new CacheSimulation(policy, seed).run(0);
  calmShares.set(key, share);
  return share;
}

describe('a scan: one packet to each address of an aggregate, each of them a miss', () => {
  // Packets of the scan for each packet of real flows.
  it.each([0.2, 1, 5])(
    'costs real flows at most a twentieth of their hit rate (%s to one of theirs)',
    { timeout: 60_000 },
    (intensity) => {
      for (const seed of [1, 2, 3]) {
        const calm = calmShare('s3-fifo', seed);
        const attacked = new CacheSimulation('s3-fifo', seed).run(intensity);
        expect(calm).toBeGreaterThan(0.5);
        expect(attacked / calm, `seed ${seed}: ${calm} without, ${attacked} with`).toBeGreaterThan(0.95);
      }
    },
  );

  it('costs them more where the oldest entry or the one unused for longest leaves', () => {
    for (const policy of ['fifo', 'lru'] as const) {
      const calm = calmShare(policy, 1);
      const attacked = new CacheSimulation(policy, 1).run(5);
      expect(attacked / calm).toBeLessThan(0.95);
    }
  });

  it('costs a cache without attack nothing: flows find as much as where the one unused for longest leaves', () => {
    const [calm, lru] = [calmShare('s3-fifo', 1), calmShare('lru', 1)];
    expect(calm).toBeGreaterThan(lru - 0.01);
  });
});
