// What every MappingStore promises. A store's test file calls runStoreContract with a way to make an empty one.
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { NEVER, seconds, type Micros } from '../../src/base/time.ts';
import { firstEid, formatEidPrefix, type Eid } from '../../src/mapping/eid.ts';
import type { Site } from '../../src/mapping/site.ts';
import type { MappingStore, Registration, StoreEvent, StoreOp } from '../../src/mapping/store.ts';
import { eid, mapping } from '../support/messages.ts';

const NONCE = { hi: 0, lo: 1 };

export function site(name: string, prefixes: readonly string[], acceptMoreSpecifics = true): Site {
  return {
    name,
    prefixes: prefixes.map((text) => ({ eid: eid(text), acceptMoreSpecifics })),
    acceptStaleNonces: false,
  };
}

export function registration(
  text: string,
  fields: Partial<Registration> & { readonly instanceId?: number } = {},
): Registration {
  const { instanceId = 0, ...rest } = fields;
  return {
    xtr: 'xtr-1',
    siteName: 'site1',
    etr: ip('10.0.1.2'),
    mapping: mapping(text, ['10.0.1.2'], { eid: eid(text, instanceId) }),
    proxyReply: false,
    wantMapNotify: true,
    merge: false,
    securityCapable: false,
    algorithmId: 2,
    nonce: NONCE,
    siteId: '',
    firstRegistered: 0,
    lastRegistered: 0,
    expires: seconds(180),
    ...rest,
  };
}

export function put(opId: number, item: Registration): StoreOp {
  return { kind: 'put', opId, registration: item };
}

export function remove(opId: number, text: string, xtr = 'xtr-1'): StoreOp {
  return { kind: 'delete', opId, eid: eid(text), xtr };
}

function address(text: string): Eid {
  return { instanceId: 0, address: ip(text) };
}

/** `make` gives an empty store; `settle` waits until queued operations have come back (nothing for a local one). */
export function runStoreContract(name: string, make: () => MappingStore): void {
  const withSites = (...sites: readonly Site[]): MappingStore => {
    const store = make();
    store.setSites(sites);
    return store;
  };
  const drain = (store: MappingStore): StoreEvent[] => [...store.events()];
  const commit = (store: MappingStore, ...ops: readonly StoreOp[]): StoreEvent[] => {
    for (const op of ops) store.apply(op);
    return drain(store);
  };
  const names = (store: MappingStore): string[] =>
    [...store.all()].map((stored) => formatEidPrefix(stored.eid));
  const xtrs = (store: MappingStore, text: string): string[] =>
    (store.get(eid(text))?.registrations ?? []).map(({ xtr }) => xtr);
  const ticks = (store: MappingStore, now: Micros): string[] => {
    store.advance(now);
    return drain(store).map(({ kind }) => kind);
  };

  describe(`${name} keeps the store contract`, () => {
    it('a change is not visible before its event is read', () => {
      const store = make();
      store.apply(put(1, registration('10.1.0.0/16')));
      expect(names(store)).toEqual([]);
      expect(store.match(address('10.1.0.1'))).toBeUndefined();
      drain(store);
      expect(names(store)).toEqual(['10.1.0.0/16']);
      store.apply(remove(2, '10.1.0.0/16'));
      expect(names(store)).toEqual(['10.1.0.0/16']);
      drain(store);
      expect(names(store)).toEqual([]);
    });

    it('each event makes its own change visible and no later one', () => {
      const store = make();
      store.apply(put(1, registration('10.1.0.0/16')));
      store.apply(put(2, registration('10.2.0.0/16')));
      const seen: string[][] = [];
      for (const _ of store.events()) seen.push(names(store));
      expect(seen).toEqual([['10.1.0.0/16'], ['10.1.0.0/16', '10.2.0.0/16']]);
    });

    it('events carry rising revisions and the ids of their operations', () => {
      const store = make();
      const events = commit(
        store,
        put(7, registration('10.1.0.0/16')),
        remove(9, '10.1.0.0/16'),
        put(8, registration('10.1.0.0/16')),
      );
      expect(events.map((event) => (event.kind === 'synced' ? undefined : event.opId))).toEqual([7, 9, 8]);
      const revisions = events.map(({ revision }) => revision);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    });

    it('an operation queued while events are read comes after them', () => {
      const store = make();
      store.apply(put(1, registration('10.1.0.0/16')));
      const order: (number | undefined)[] = [];
      for (const event of store.events()) {
        if (event.kind === 'synced') continue;
        order.push(event.opId);
        if (event.opId === 1) store.apply(put(2, registration('10.2.0.0/16')));
      }
      order.push(...drain(store).map((event) => (event.kind === 'synced' ? undefined : event.opId)));
      expect(order).toEqual([1, 2]);
    });

    it('match finds the longest registered prefix of the right instance', () => {
      const store = make();
      commit(
        store,
        put(1, registration('10.0.0.0/8')),
        put(2, registration('10.1.0.0/16')),
        put(3, registration('10.1.0.0/24', { instanceId: 5 })),
      );
      expect(formatEidPrefix(store.match(address('10.1.0.1'))!.eid)).toBe('10.1.0.0/16');
      expect(formatEidPrefix(store.match(address('10.2.0.1'))!.eid)).toBe('10.0.0.0/8');
      expect(store.match(address('11.0.0.1'))).toBeUndefined();
      expect(formatEidPrefix(store.match({ instanceId: 5, address: ip('10.1.0.1') })!.eid)).toBe(
        '[5] 10.1.0.0/24',
      );
    });

    it('enumerates in EID order', () => {
      const store = make();
      const texts = ['10.2.0.0/16', '2001:db8::/32', '10.0.0.0/8', '10.1.0.0/16'];
      commit(store, ...texts.map((text, i) => put(i, registration(text))));
      expect(names(store)).toEqual(['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16', '2001:db8::/32']);
      const inside = [...store.covered(eid('10.1.0.0/15'))].map((stored) => formatEidPrefix(stored.eid));
      expect(inside).toEqual(['10.1.0.0/16']);
    });

    it('several xTRs of one prefix keep their order of first registration, whatever is refreshed', () => {
      const store = make();
      const of = (xtr: string, expires: Micros): Registration =>
        registration('10.1.0.0/16', { xtr, expires });
      commit(
        store,
        put(1, of('b', seconds(180))),
        put(2, of('a', seconds(180))),
        put(3, of('b', seconds(240))),
      );
      expect(xtrs(store, '10.1.0.0/16')).toEqual(['b', 'a']);
      expect(store.get(eid('10.1.0.0/16'))!.registrations[0]!.expires).toBe(seconds(240));
      commit(store, remove(4, '10.1.0.0/16', 'b'));
      expect(xtrs(store, '10.1.0.0/16')).toEqual(['a']);
    });

    it('withdrawing what is not there changes nothing and still comes back', () => {
      const store = make();
      const events = commit(store, remove(1, '10.1.0.0/16'));
      expect(events).toMatchObject([{ kind: 'delete', opId: 1 }]);
      expect(names(store)).toEqual([]);
    });

    it('a registration ends at its time, not before, and once', () => {
      const store = make();
      commit(store, put(1, registration('10.1.0.0/16', { expires: seconds(180) })));
      expect(store.nextDeadline()).toBe(seconds(180));
      expect(ticks(store, seconds(180) - 1)).toEqual([]);
      store.advance(seconds(180));
      expect(names(store)).toEqual(['10.1.0.0/16']);
      expect(drain(store)).toMatchObject([{ kind: 'expire', eid: eid('10.1.0.0/16'), xtr: 'xtr-1' }]);
      expect(names(store)).toEqual([]);
      expect(ticks(store, seconds(1000))).toEqual([]);
      expect(store.nextDeadline()).toBe(NEVER);
    });

    it('a refresh prolongs a registration', () => {
      const store = make();
      commit(store, put(1, registration('10.1.0.0/16', { expires: seconds(180) })));
      commit(store, put(2, registration('10.1.0.0/16', { expires: seconds(240) })));
      expect(ticks(store, seconds(180))).toEqual([]);
      expect(names(store)).toEqual(['10.1.0.0/16']);
      expect(ticks(store, seconds(240))).toEqual(['expire']);
    });

    it('a refresh that is still queued saves a registration from its end', () => {
      const store = make();
      commit(store, put(1, registration('10.1.0.0/16', { expires: seconds(180) })));
      store.apply(put(2, registration('10.1.0.0/16', { expires: seconds(300) })));
      expect(ticks(store, seconds(200))).toEqual(['put']);
      expect(names(store)).toEqual(['10.1.0.0/16']);
    });

    it('the end of one xTR leaves the registration of another', () => {
      const store = make();
      commit(
        store,
        put(1, registration('10.1.0.0/16', { xtr: 'a', expires: seconds(100) })),
        put(2, registration('10.1.0.0/16', { xtr: 'b', expires: seconds(200) })),
      );
      expect(ticks(store, seconds(150))).toEqual(['expire']);
      expect(xtrs(store, '10.1.0.0/16')).toEqual(['b']);
    });

    it('siteOf gives the most specific configured prefix that covers all of the asked one', () => {
      const store = withSites(site('wide', ['10.0.0.0/8'], false), site('narrow', ['10.1.0.0/16']));
      expect(store.siteOf(eid('10.1.2.0/24'))).toMatchObject({
        site: { name: 'narrow' },
        acceptMoreSpecifics: true,
      });
      expect(store.siteOf(eid('10.0.0.0/15'))).toMatchObject({
        site: { name: 'wide' },
        acceptMoreSpecifics: false,
      });
      expect(store.siteOf(eid('11.0.0.0/8'))).toBeUndefined();
      expect(store.siteOf(eid('10.1.0.0/16', 7))).toBeUndefined();
    });

    it('setSites replaces the sites and leaves the registrations', () => {
      const store = withSites(site('old', ['10.1.0.0/16']));
      commit(store, put(1, registration('10.1.0.0/16')));
      store.setSites([site('new', ['10.2.0.0/16'])]);
      expect(store.siteOf(eid('10.1.0.0/16'))).toBeUndefined();
      expect(store.siteOf(eid('10.2.0.0/16'))?.site.name).toBe('new');
      expect(names(store)).toEqual(['10.1.0.0/16']);
    });

    it.each([
      ['4.4.4.4', '0.0.0.0/1'],
      ['8.8.8.8', '0.0.0.0/1'],
      ['10.0.3.2', '0.0.0.0/1'],
      ['172.16.1.1', '128.0.0.0/2'],
      ['200.1.1.1', '200.0.0.0/5'],
      ['192.169.1.1', '192.169.0.0/16'],
      ['192.168.3.1', '192.168.3.0/24'],
      ['192.168.1.77', undefined],
    ])('CP-46 gap around %s between two configured sites is %s', (query, expected) => {
      const store = withSites(site('site1', ['192.168.1.0/24']), site('site2', ['192.168.2.0/24']));
      const hole = store.gap(address(query));
      expect(hole === undefined ? undefined : formatEidPrefix(hole)).toBe(expected);
    });

    it('CP-46 what is registered is known as well as what is configured', () => {
      const store = withSites(site('site1', ['192.168.1.0/24']));
      expect(formatEidPrefix(store.gap(address('192.168.2.9'))!)).toBe('192.168.2.0/23');
      commit(store, put(1, registration('192.168.2.0/29')));
      expect(formatEidPrefix(store.gap(address('192.168.2.9'))!)).toBe('192.168.2.8/29');
      expect(store.gap(address('192.168.2.1'))).toBeUndefined();
    });

    it('gapWithin is cut by registrations, not by configuration, and clipped to the outer prefix', () => {
      const store = withSites(site('site2', ['192.168.2.0/24', '192.168.2.80/28']));
      const within = eid('192.168.2.0/24');
      const hole = (): string => formatEidPrefix(store.gapWithin(within, address('192.168.2.77'))!);
      expect(hole()).toBe('192.168.2.0/24');
      commit(store, put(1, registration('192.168.2.1/32')));
      expect(hole()).toBe('192.168.2.64/26');
      commit(store, put(2, registration('192.168.2.77/32')));
      expect(store.gapWithin(within, address('192.168.2.77'))).toBeUndefined();
    });

    it('restore(save()) gives a store that answers and goes on alike', () => {
      const store = withSites(site('site1', ['10.0.0.0/8']));
      commit(
        store,
        put(1, registration('10.1.0.0/16', { expires: seconds(180) })),
        put(2, registration('10.1.0.0/16', { expires: seconds(240) })),
        put(3, registration('10.2.0.0/16', { expires: seconds(100) })),
      );
      store.advance(seconds(100));
      store.apply(put(4, registration('10.3.0.0/16', { expires: seconds(500) })));
      const copy = make();
      copy.restore(structuredClone(store.save()));
      for (const each of [store, copy]) {
        expect(names(each)).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
        expect(each.siteOf(eid('10.9.0.0/16'))?.site.name).toBe('site1');
      }
      expect(copy.nextDeadline()).toBe(store.nextDeadline());
      expect(drain(copy)).toEqual(drain(store));
      expect([...copy.all()]).toEqual([...store.all()]);
      copy.advance(seconds(300));
      store.advance(seconds(300));
      expect(drain(copy)).toEqual(drain(store));
      expect(names(copy)).toEqual(['10.3.0.0/16']);
      expect(store.gap(firstEid(eid('11.0.0.0/8')))).toEqual(copy.gap(firstEid(eid('11.0.0.0/8'))));
    });
  });
}
