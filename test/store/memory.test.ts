import { expect, it } from 'vitest';
import { minutes, seconds } from '../../src/base/time.ts';
import { MemoryStore } from '../../src/mapping/memory-store.ts';
import { put, registration, runStoreContract } from './contract.ts';

runStoreContract('MemoryStore', () => new MemoryStore());

it('a registration that is refreshed for ever leaves one deadline behind, not all of them', () => {
  const store = new MemoryStore();
  for (let i = 0; i < 500; i++) {
    store.apply(put(i, registration('10.1.0.0/16', { expires: seconds(60 * i) + minutes(1440) })));
    for (const event of store.events()) expect(event.kind).toBe('put');
  }
  expect(store.save().deadlines.heap.length).toBeLessThan(100);
  store.advance(seconds(60 * 499) + minutes(1440));
  expect([...store.events()].map(({ kind }) => kind)).toEqual(['expire']);
});
