// Which entries have an RLOC: held to a search through all of them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { eidKey } from '../../src/mapping/eid.ts';
import type { CacheEntry } from '../../src/roles/machine.ts';
import { RlocIndex } from '../../src/router/rloc-index.ts';
import { eid } from '../support/messages.ts';
import { entryOf } from './map-cache-entries.ts';

const RLOCS = Array.from({ length: 5 }, (_, i) => `198.51.100.${i}`);

const users = (entries: Iterable<CacheEntry>, rloc: string): CacheEntry[] =>
  [...entries].filter(({ mapping }) => mapping.locators.some(({ address }) => formatIp(address) === rloc));

it('is what a search through the entries finds, and says which RLOCs nobody has any more', () => {
  const step = fc.record({
    eid: fc.integer({ min: 0, max: 4 }),
    rlocs: fc.option(fc.uniqueArray(fc.constantFrom(...RLOCS), { maxLength: 3 })),
    isReset: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const index = new RlocIndex();
      const entries = new Map<string, CacheEntry>();
      for (const { eid: i, rlocs, isReset } of steps) {
        const known = RLOCS.filter((rloc) => users(entries.values(), rloc).length > 0);
        const entry = entryOf(`10.${i}.0.0/16`, ...(rlocs ?? []));
        const key = eidKey(entry.mapping.eid);
        if (rlocs === null) entries.delete(key);
        else entries.set(key, entry);
        const change = (): readonly unknown[] => {
          if (isReset) return index.reset(entries.values());
          return rlocs === null ? index.remove(entry.mapping.eid) : index.put(entry);
        };
        const gone = known.filter((rloc) => users(entries.values(), rloc).length === 0);
        expect(new Set(change())).toEqual(new Set(gone.map(ip)));
        for (const rloc of RLOCS)
          expect(new Set(index.entriesOf(ip(rloc)))).toEqual(new Set(users(entries.values(), rloc)));
        expect(index.entry(entry.mapping.eid)).toBe(entries.get(key));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

it('has nothing of what was never put there', () => {
  const index = new RlocIndex();
  expect([index.entriesOf(ip('192.0.2.1')), index.entry(eid('10.0.0.0/8'))]).toEqual([[], undefined]);
  expect(index.remove(eid('10.0.0.0/8'))).toEqual([]);
});
