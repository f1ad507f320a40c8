// Numbers for EID-Prefixes, held to a Map of texts.
import { describe, expect, it } from 'vitest';
import { addressBits, ipv4, ipv6, prefix } from '../../src/base/ip.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { EidIndex } from '../../src/mapping/eid-index.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';

/** From a small pool, so that members come back; nested prefixes, both families, the extremes of instances. */
function randomEid(random: SeededRandom): EidPrefix {
  const word = (): number => [0, 1, 0x8000_0000, 0xffff_ffff][random.u32() % 4]!;
  const address = random.u32() % 2 === 0 ? ipv4(word()) : ipv6(word(), word(), word(), word());
  const bits = [0, 1, 32, addressBits(address.family)][random.u32() % 4]!;
  return { instanceId: [0, 1, 0xff_ffff][random.u32() % 3]!, prefix: prefix(address, bits) };
}

describe('an index of EID-Prefixes', () => {
  it('finds what was added and not removed, and nothing else, as a Map does', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new SeededRandom(seed, 'eid-index');
      const index = new EidIndex();
      const twin = new Map<string, number>();
      const free = Array.from({ length: 400 }, (_, id) => id);
      for (let step = 0; step < 3000; step++) {
        const eid = randomEid(random);
        const known = twin.get(eidKey(eid));
        expect(index.find(eid), `seed ${seed}, step ${step}`).toBe(known ?? -1);
        if (known === undefined && free.length > 0) {
          const id = free.splice(random.u32() % free.length, 1)[0]!;
          index.add(id, eid);
          twin.set(eidKey(eid), id);
          expect(index.eidOf(id)).toEqual(eid);
        } else if (known !== undefined) {
          index.remove(known);
          twin.delete(eidKey(eid));
          free.push(known);
        }
        expect(index.size).toBe(twin.size);
      }
      index.clear();
      for (let i = 0; i < 50; i++) expect(index.find(randomEid(random))).toBe(-1);
    }
  });

  it('holds 200,000 neighbours, and the rest when every other one is taken away', () => {
    const index = new EidIndex();
    const host = (i: number): EidPrefix => ({ instanceId: 7, prefix: prefix(ipv4(0x0a00_0000 + i), 32) });
    for (let i = 0; i < 200_000; i++) index.add(i, host(i));
    for (let i = 0; i < 200_000; i += 2) index.remove(i);
    let wrong = 0;
    for (let i = 0; i < 200_000; i++) if (index.find(host(i)) !== (i % 2 === 0 ? -1 : i)) wrong++;
    expect([wrong, index.size]).toEqual([0, 100_000]);
  });
});
