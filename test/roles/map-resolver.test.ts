import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { seconds, type Micros } from '../../src/base/time.ts';
import type { RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { MapResolver, type MapResolverConfig, type MapResolverState } from '../../src/roles/map-resolver.ts';
import type { ControlMessage } from '../../src/wire/control.ts';
import { put, registration, site } from '../store/contract.ts';
import {
  drops,
  ecm,
  eid,
  mapping,
  mapReply,
  mapRequest,
  received,
  sends,
  sent,
  SOME_NONCE,
} from '../support/messages.ts';
import { WithStore, type WithStoreState } from '../support/mapping-system.ts';
import { expectSplitsInvisible, Timeline } from '../support/timeline.ts';

const CONFIG: MapResolverConfig = {
  families: [4, 6],
  underlay: [4, 6],
  hasMapServer: true,
  replyLimit: 'eid-prefix',
};
const SITES = [site('site1', ['192.168.1.0/24']), site('site2', ['192.168.2.0/24'])];

class Bench extends Timeline<RoleInput, RoleOutput, WithStoreState<MapResolverState>> {
  readonly both: WithStore<MapResolverState>;

  constructor(config: MapResolverConfig = CONFIG) {
    const both = Bench.make(config);
    super(both, { kind: 'tick' });
    this.both = both;
  }

  static make(config: MapResolverConfig = CONFIG): WithStore<MapResolverState> {
    return new WithStore(SITES, (store) => new MapResolver(config, store));
  }

  receive(time: Micros, message: ControlMessage, from = '10.0.1.2'): readonly RoleOutput[] {
    return this.at(time, { kind: 'message', received: received(message, from, '10.0.1.1') });
  }

  ask(time: Micros, texts: readonly string[], ...itrRlocs: readonly string[]): readonly RoleOutput[] {
    return this.receive(
      time,
      ecm(mapRequest(texts, itrRlocs.length === 0 ? ['10.0.1.2'] : itrRlocs), 61_000),
    );
  }
}

describe('a Map-Resolver', () => {
  it('CP-16 CP-46 answers for what is no EID as packet 2 of the lab', () => {
    const out = new Bench().ask(0, ['4.4.4.4']);
    expect(sends(out)).toMatchObject([{ sourcePort: 4342, to: { address: ip('10.0.1.2'), port: 61_000 } }]);
    expect(sent(out, 'map-reply')).toMatchObject({
      probe: false,
      nonce: SOME_NONCE,
      records: [
        {
          ttlMinutes: 15,
          maskBits: 1,
          action: 1,
          authoritative: false,
          eid: { address: ip('0.0.0.0') },
          locators: [],
        },
      ],
    });
    expect(out.find(({ kind }) => kind === 'trace')).toMatchObject({
      event: { event: 'negative-reply', fields: { eid: '4.4.4.4/32', hole: '0.0.0.0/1', ttl: 15 } },
    });
  });

  it('answers to an ITR-RLOC, not to where the request came from', () => {
    const out = new Bench().ask(0, ['4.4.4.4'], '224.0.0.1', '10.0.255.1');
    expect(sends(out).map(({ to }) => formatIp(to.address))).toEqual(['10.0.255.1']);
  });

  it('CP-07 drops what it cannot answer to', () => {
    expect(new Bench().ask(0, ['4.4.4.4'], '224.0.0.1')).toMatchObject([
      { kind: 'drop', reason: 'no-itr-rloc' },
    ]);
  });

  it('passes on what lies in a configured site, registered or not, as it came', () => {
    const bench = new Bench();
    const out = bench.ask(0, ['192.168.1.7']);
    const passed = out.find((output) => output.kind === 'to-map-server');
    expect(passed!.received).toEqual(
      received(ecm(mapRequest(['192.168.1.7'], ['10.0.1.2']), 61_000), '10.0.1.2', '10.0.1.1'),
    );
    expect(sends(out)).toEqual([]);
  });

  it('passes on what is registered outside every site', () => {
    const bench = new Bench();
    bench.both.store.apply(put(1, registration('10.7.0.0/16')));
    expect(bench.ask(0, ['10.7.0.1']).map(({ kind }) => kind)).toContain('to-map-server');
  });

  it('without a Map-Server drops what may be an EID and still answers for the rest', () => {
    const bench = new Bench({ ...CONFIG, hasMapServer: false });
    expect(drops(bench.ask(0, ['192.168.1.7']))).toEqual(['no-mapping-system']);
    expect(sends(bench.ask(1, ['4.4.4.4']))).toHaveLength(1);
  });

  it('CP-06 answers several holes in one message, and passes the whole when one may be an EID', () => {
    const bench = new Bench();
    const reply = sent(bench.ask(0, ['4.4.4.4', '200.0.0.1', '5.5.5.5']), 'map-reply');
    expect(reply.records.map(({ maskBits }) => maskBits)).toEqual([1, 5]);
    const out = bench.ask(1, ['4.4.4.4', '192.168.1.1']);
    expect(sends(out)).toEqual([]);
    expect(out.filter(({ kind }) => kind === 'to-map-server')).toHaveLength(1);
  });

  it('CP-11 drops probes', () => {
    const probe = mapRequest(['4.4.4.4'], ['10.0.1.2'], { probe: true });
    const bench = new Bench();
    expect(drops(bench.receive(0, ecm(probe)))).toEqual(['encapsulated-probe']);
    expect(drops(bench.receive(0, probe))).toEqual(['probe-at-map-resolver']);
  });

  it('drops Map-Requests outside an ECM and anything else inside one', () => {
    const bench = new Bench();
    expect(drops(bench.receive(0, mapRequest(['4.4.4.4'], ['10.0.1.2'])))).toEqual(['not-encapsulated']);
    const reply = mapReply(SOME_NONCE, [mapping('4.0.0.0/8', ['10.0.2.2'])]);
    expect(
      drops(bench.receive(1, { ...ecm(mapRequest(['4.4.4.4'], ['10.0.1.2'])), message: reply })),
    ).toEqual(['unexpected-in-ecm']);
  });

  it('drops what it is not configured for, and instances beyond 24 bits', () => {
    expect(drops(new Bench({ ...CONFIG, families: [6] }).ask(0, ['4.4.4.4']))).toEqual(['family-not-served']);
    const request = mapRequest(['4.4.4.4'], ['10.0.1.2']);
    const wide = mapRequest(['4.4.4.4'], ['10.0.1.2'], {
      records: [
        {
          ...request.records[0]!,
          eid: {
            kind: 'lcaf',
            lcaf: {
              type: 'instance-id',
              instanceId: 0x100_0000,
              iidMaskBits: 0,
              address: request.records[0]!.eid,
            },
          },
        },
      ],
    });
    expect(drops(new Bench().receive(0, ecm(wide)))).toEqual(['instance-out-of-range']);
  });

  it('knows the whole of an instance without sites as a hole', () => {
    const bench = new Bench();
    bench.both.store.apply(put(1, registration('10.0.0.0/8', { instanceId: 3 })));
    const request = mapRequest([], ['10.0.1.2'], {
      records: [
        {
          subscribe: false,
          maskBits: 32,
          eid: {
            kind: 'lcaf',
            lcaf: {
              type: 'instance-id',
              instanceId: 4,
              iidMaskBits: 0,
              address: { kind: 'ip', address: ip('10.0.0.1') },
            },
          },
        },
      ],
    });
    const reply = sent(bench.receive(0, ecm(request)), 'map-reply');
    expect(reply.records).toMatchObject([{ maskBits: 0, eid: { lcaf: { instanceId: 4 } } }]);
    expect(eid('0.0.0.0/0', 4).instanceId).toBe(4);
  });

  it('CP-21 answers three times at once, then once in 3 s', () => {
    const bench = new Bench();
    const times = Array.from({ length: 10 }, (_, i) => i).filter(
      (i) => sends(bench.ask(seconds(i), ['4.4.4.4'])).length > 0,
    );
    expect(times).toEqual([0, 1, 2, 3, 6, 9]);
  });

  it('saved and restored at any step goes on as if nothing had happened', () => {
    const bench = new Bench();
    for (let i = 0; i < 6; i++) bench.ask(seconds(i), ['4.4.4.4']);
    bench.ask(seconds(6), ['192.168.1.1']);
    bench.ask(seconds(7), ['200.0.0.1', '5.5.5.5']);
    expectSplitsInvisible(() => Bench.make(), bench.moments);
  });
});
