import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import type { Nonce } from '../../src/base/random.ts';
import { minutes, NEVER, seconds, type Micros } from '../../src/base/time.ts';
import { formatEidPrefix } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import type { Site, SiteKey } from '../../src/mapping/site.ts';
import type { RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { MapServer, type MapServerConfig, type MapServerState } from '../../src/roles/map-server.ts';
import { writeRecord } from '../../src/roles/records.ts';
import { authKey } from '../../src/roles/site-key.ts';
import { blankAuthentication, encodeSigned, verifyControl } from '../../src/wire/authenticate.ts';
import { encodeControl, type ControlMessage } from '../../src/wire/control.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import type { MapRegister } from '../../src/wire/map-register.ts';
import {
  drops,
  ecm,
  eid,
  events,
  locator,
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

const KEY1: SiteKey = { keyId: 0, algorithmId: 2, secret: 'KEY1' };
const KEY2: SiteKey = { keyId: 0, algorithmId: 2, secret: 'KEY2' };

function site(name: string, key: SiteKey | undefined, text: string, fields: Partial<Site> = {}): Site {
  return {
    name,
    ...(key === undefined ? {} : { key }),
    prefixes: [{ eid: eid(text), acceptMoreSpecifics: true }],
    acceptStaleNonces: false,
    ...fields,
  };
}

/** mapserver of the lab. */
const SITES: readonly Site[] = [site('site1', KEY1, '192.168.1.0/24'), site('site2', KEY2, '192.168.2.0/24')];
const CONFIG: MapServerConfig = { families: [4, 6], underlay: [4, 6], replyLimit: 'eid-prefix' };

type Both = WithStore<MapServerState, MapServer>;

class Bench extends Timeline<RoleInput, RoleOutput, WithStoreState<MapServerState>> {
  readonly both: Both;
  readonly server: MapServer;
  #nonce = 0;

  constructor(sites: readonly Site[] = SITES, config: MapServerConfig = CONFIG) {
    const both = Bench.make(sites, config);
    super(both, { kind: 'tick' });
    this.both = both;
    this.server = both.role;
  }

  static make(sites: readonly Site[] = SITES, config: MapServerConfig = CONFIG): Both {
    return new WithStore(sites, (store) => new MapServer(config, store));
  }

  receive(
    time: Micros,
    message: ControlMessage | Uint8Array,
    from: string,
    to = '10.0.1.1',
  ): readonly RoleOutput[] {
    return this.at(time, { kind: 'message', received: received(message, from, to) });
  }

  /** A Map-Register with the next nonce. */
  register(
    time: Micros,
    mappings: readonly Mapping[],
    {
      from = '10.0.1.2',
      key = KEY1,
      ...fields
    }: { from?: string; key?: SiteKey } & Partial<MapRegister> = {},
  ): readonly RoleOutput[] {
    return this.receive(
      time,
      register(mappings, { nonce: { hi: 0, lo: ++this.#nonce }, ...fields }, key),
      from,
    );
  }

  ask(time: Micros, text: string, itrRloc = '10.0.1.2'): readonly RoleOutput[] {
    return this.receive(time, ecm(mapRequest([text], [itrRloc])), itrRloc);
  }

  registered(): string[] {
    return [...this.both.store.all()].map((stored) => formatEidPrefix(stored.eid));
  }
}

function register(
  mappings: readonly Mapping[],
  fields: Partial<MapRegister> = {},
  key: SiteKey = KEY1,
): Uint8Array {
  const message: MapRegister = {
    type: 'map-register',
    proxyReply: false,
    securityCapable: false,
    eidNotify: false,
    useTtlForTimeout: false,
    merge: false,
    wantMapNotify: true,
    nonce: SOME_NONCE,
    authentication: blankAuthentication(authKey(key)),
    records: mappings.map((each) => writeRecord(each)),
    ...fields,
  };
  return encodeSigned(message, authKey(key));
}

const HOST1 = mapping('192.168.1.1/32', ['10.0.1.2']);
const HOST2 = mapping('192.168.2.1/32', ['10.0.2.2']);

describe('a Map-Register', () => {
  it('is stored and acknowledged with its own records, from 4342 to 4342', () => {
    const bench = new Bench();
    const out = bench.register(0, [HOST1], { from: '10.0.1.2:50000' });
    expect(bench.registered()).toEqual(['192.168.1.1/32']);
    expect(events(out)).toEqual(['registered', 'map-notify-sent']);
    const [send] = sends(out);
    expect(send).toMatchObject({
      source: ip('10.0.1.1'),
      sourcePort: 4342,
      to: { address: ip('10.0.1.2'), port: 4342 },
      message: { type: 'map-notify', nonce: { hi: 0, lo: 1 }, reservedBits: 0 },
    });
    expect(sent(out, 'map-notify').records).toEqual([writeRecord(HOST1)]);
    expect(verifyControl(send!.payload, authKey(KEY1))).toBe('ok');
    expect(received(send!.payload, '10.0.1.1', '10.0.1.2').message).toEqual(send!.message);
  });

  it('is acknowledged only when all of it is committed', () => {
    const bench = new Bench();
    bench.both.commits = false;
    const out = bench.register(0, [HOST1, mapping('192.168.1.2/32', ['10.0.1.2'])]);
    expect(sends(out)).toEqual([]);
    const committed = [...bench.both.store.events()];
    const feed = (i: number): readonly RoleOutput[] =>
      bench.at(1, { kind: 'store-event', event: committed[i]! });
    expect(sends(feed(0))).toEqual([]);
    expect(sends(feed(1))).toHaveLength(1);
    expect(sends(feed(1))).toEqual([]);
  });

  it('without M gets no Map-Notify', () => {
    const bench = new Bench();
    expect(sends(bench.register(0, [HOST1], { wantMapNotify: false }))).toEqual([]);
    expect(bench.registered()).toEqual(['192.168.1.1/32']);
  });

  it('keeps what it said for whoever looks', () => {
    const bench = new Bench();
    const ids = { xtrId: new Uint8Array(16).fill(0xab), siteId: new Uint8Array(8).fill(1) };
    bench.register(seconds(1), [HOST1], { ids });
    bench.register(seconds(61), [HOST1], { ids, proxyReply: true });
    expect(bench.both.store.get(eid('192.168.1.1/32'))?.registrations).toMatchObject([
      {
        xtr: 'ab'.repeat(16),
        siteName: 'site1',
        etr: ip('10.0.1.2'),
        proxyReply: true,
        wantMapNotify: true,
        algorithmId: 2,
        nonce: { hi: 0, lo: 2 },
        siteId: '01'.repeat(8),
        firstRegistered: seconds(1),
        lastRegistered: seconds(61),
        expires: seconds(241),
      },
    ]);
  });

  it('CP-42 expires after 180 s without a refresh', () => {
    const bench = new Bench();
    bench.register(0, [HOST1]);
    bench.register(seconds(60), [HOST1]);
    bench.until(seconds(239));
    expect(bench.registered()).toEqual(['192.168.1.1/32']);
    bench.until(seconds(240));
    expect(bench.registered()).toEqual([]);
    expect(bench.both.nextDeadline()).toBe(NEVER);
  });

  it('with T expires after its record TTL', () => {
    const bench = new Bench();
    bench.register(0, [{ ...HOST1, ttlMinutes: 10 }], { useTtlForTimeout: true });
    bench.until(minutes(10) - 1);
    expect(bench.registered()).toEqual(['192.168.1.1/32']);
    bench.until(minutes(10));
    expect(bench.registered()).toEqual([]);
  });

  it('LAB deviation 1: a record TTL of 86400 is 86400 minutes, and says nothing of the registration', () => {
    const bench = new Bench();
    bench.register(0, [{ ...HOST1, ttlMinutes: 86_400 }]);
    const [held] = bench.both.store.get(eid('192.168.1.1/32'))!.registrations;
    expect(held).toMatchObject({ mapping: { ttlMinutes: 86_400 }, expires: seconds(180) });
  });

  it('with TTL 0 withdraws, and is acknowledged', () => {
    const bench = new Bench();
    bench.register(0, [HOST1]);
    const out = bench.register(1, [{ ...HOST1, ttlMinutes: 0 }]);
    expect(bench.registered()).toEqual([]);
    expect(events(out)).toEqual(['withdrawn', 'map-notify-sent']);
  });

  it('of another xTR neither replaces nor withdraws the first one', () => {
    const bench = new Bench();
    bench.register(0, [HOST1], { from: '10.0.1.2' });
    bench.register(1, [HOST1], { from: '10.0.1.3' });
    bench.register(2, [{ ...HOST1, ttlMinutes: 0 }], { from: '10.0.1.2' });
    const left = bench.both.store.get(eid('192.168.1.1/32'))!.registrations;
    expect(left.map(({ etr }) => formatIp(etr))).toEqual(['10.0.1.3']);
  });

  it.each([
    ['an unknown secret', { key: { ...KEY1, secret: 'KEY9' } }],
    ['the secret of another site', { key: KEY2 }],
    ['another key ID', { key: { ...KEY1, keyId: 1 } }],
    ['another algorithm', { key: { ...KEY1, algorithmId: 1 as const } }],
  ])('CP-32 with %s is dropped, counted under its prefix, and answered by nothing (T16)', (_, fields) => {
    const bench = new Bench();
    const out = bench.register(0, [HOST1], fields);
    expect(drops(out)).toEqual(['map-register-authentication']);
    expect(sends(out)).toEqual([]);
    expect(bench.registered()).toEqual([]);
    expect(bench.server.errorsOf(eid('192.168.1.0/24'))).toEqual({
      authenticationFailures: 1,
      locatorMismatches: 0,
    });
    expect(bench.server.errorsOf(eid('192.168.2.0/24')).authenticationFailures).toBe(0);
  });

  it('CP-32 whose bytes were changed on the way is dropped', () => {
    const bytes = register([HOST1]);
    for (const at of [5, 20, bytes.length - 1]) {
      const bench = new Bench();
      const changed = bytes.slice();
      changed[at]! ^= 1;
      expect(drops(bench.receive(0, changed, '10.0.1.2'))).toEqual(['map-register-authentication']);
    }
  });

  it('CP-40 for a site without a key is dropped', () => {
    const bench = new Bench([site('site1', undefined, '192.168.1.0/24')]);
    expect(drops(bench.register(0, [HOST1]))).toEqual(['map-register-authentication']);
  });

  it.each([1, 2, 3] as const)('CP-30 algorithm %i is checked and answered alike', (algorithmId) => {
    const key = { ...KEY1, algorithmId };
    const bench = new Bench([site('site1', key, '192.168.1.0/24')]);
    const [send] = sends(bench.register(0, [HOST1], { key }));
    expect(verifyControl(send!.payload, authKey(key))).toBe('ok');
  });

  it('LAB deviation 5 CP-28 with a nonce that does not rise is dropped, per xTR', () => {
    const bench = new Bench();
    const nonce = (lo: number): { nonce: Nonce } => ({ nonce: { hi: 7, lo } });
    const replayed = register([HOST1], nonce(5));
    expect(drops(bench.receive(0, replayed, '10.0.1.2'))).toEqual([]);
    expect(drops(bench.receive(1, replayed, '10.0.1.2'))).toEqual(['stale-nonce']);
    expect(drops(bench.register(2, [HOST1], nonce(4)))).toEqual(['stale-nonce']);
    expect(drops(bench.register(3, [HOST1], { nonce: { hi: 6, lo: 0xffff_ffff } }))).toEqual(['stale-nonce']);
    expect(drops(bench.register(4, [HOST1], { ...nonce(1), from: '10.0.1.3' }))).toEqual([]);
    expect(drops(bench.register(5, [HOST1], nonce(6)))).toEqual([]);
  });

  it('CP-28 the last nonce outlives the registration', () => {
    const bench = new Bench();
    const first = register([HOST1], { nonce: { hi: 7, lo: 5 } });
    bench.receive(0, first, '10.0.1.2');
    bench.until(seconds(500));
    expect(drops(bench.receive(seconds(500), first, '10.0.1.2'))).toEqual(['stale-nonce']);
  });

  it('CP-28 a message with a bad MAC does not spoil the nonce', () => {
    const bench = new Bench();
    bench.register(0, [HOST1], { nonce: { hi: 9, lo: 9 }, key: KEY2 });
    expect(drops(bench.register(1, [HOST1], { nonce: { hi: 1, lo: 1 } }))).toEqual([]);
  });

  it.each<[string, readonly Mapping[], Parameters<Bench['register']>[2], object]>([
    ['the wrong key', [HOST1], { key: KEY2 }, { eid: '192.168.1.1/32', site: 'site1', detail: 'mac' }],
    ['no site', [mapping('10.9.0.0/16', ['10.0.1.2'])], {}, { eid: '10.9.0.0/16' }],
    ['a prefix of another site', [HOST1, HOST2], {}, { eid: '192.168.2.1/32', site: 'site1' }],
  ])(
    'with %s: a trace tells whose it was, the reason is that of the drop',
    (_, mappings, fields, expected) => {
      const out = new Bench().register(0, mappings, fields);
      const refusals = out.flatMap((output) =>
        output.kind === 'trace' && output.event.event === 'registration-refused' ? [output.event.fields] : [],
      );
      expect(refusals).toEqual([{ etr: '10.0.1.2', ...expected, why: drops(out)[0] }]);
    },
  );

  it('with a stale nonce is taken where the site allows it', () => {
    const bench = new Bench([site('site1', KEY1, '192.168.1.0/24', { acceptStaleNonces: true })]);
    const same = register([HOST1], { nonce: { hi: 0, lo: 0 } });
    bench.receive(0, same, '10.0.1.2');
    expect(drops(bench.receive(1, same, '10.0.1.2'))).toEqual([]);
  });

  it.each([
    ['unknown', [mapping('10.9.0.0/16', ['10.0.1.2'])], 'unknown-site'],
    ['of two sites', [HOST1, HOST2], 'foreign-prefix'],
    ['partly unknown', [HOST1, mapping('10.9.0.0/16', ['10.0.1.2'])], 'foreign-prefix'],
    ['wider than configured', [mapping('192.168.0.0/23', ['10.0.1.2'])], 'unknown-site'],
  ])('CP-41 for EID-Prefixes that are %s is dropped whole', (_, mappings, reason) => {
    const bench = new Bench();
    expect(drops(bench.register(0, mappings))).toEqual([reason]);
    expect(bench.registered()).toEqual([]);
  });

  it('CP-41 for a more-specific prefix is dropped unless the site accepts them', () => {
    const prefixes = [{ eid: eid('192.168.1.0/24'), acceptMoreSpecifics: false }];
    const bench = new Bench([site('site1', KEY1, '192.168.1.0/24', { prefixes })]);
    expect(drops(bench.register(0, [HOST1]))).toEqual(['more-specific-refused']);
    expect(drops(bench.register(1, [mapping('192.168.1.0/24', ['10.0.1.2'])]))).toEqual([]);
  });

  it('CP-20 with a locator that is none is dropped and counted', () => {
    const bench = new Bench();
    expect(drops(bench.register(0, [mapping('192.168.1.1/32', ['10.0.1.2', '224.0.0.1'])]))).toEqual([
      'illegal-rloc',
    ]);
    expect(bench.server.errorsOf(eid('192.168.1.0/24')).locatorMismatches).toBe(1);
  });

  it('with an RLOC that its site may not have is dropped whole and counted; with none but allowed ones it is taken', () => {
    const allowedLocators = [ip('10.0.1.2'), ip('2001:db8::1')];
    const bench = new Bench([site('site1', KEY1, '192.168.1.0/24', { allowedLocators })]);
    const other = mapping('192.168.1.1/32', ['10.0.1.2', '10.0.1.3']);
    expect(drops(bench.register(0, [HOST1, other]))).toEqual(['locator-not-allowed']);
    expect(bench.registered()).toEqual([]);
    expect(bench.server.errorsOf(eid('192.168.1.0/24')).locatorMismatches).toBe(1);
    expect(drops(bench.register(1, [mapping('192.168.1.1/32', ['10.0.1.2', '2001:db8::1'])]))).toEqual([]);
    expect(drops(bench.register(2, [mapping('192.168.1.1/32', ['2001:db8::1'])]))).toEqual([]);
    expect(bench.registered()).not.toEqual([]);
    expect(bench.server.errorsOf(eid('192.168.1.0/24')).locatorMismatches).toBe(1);
  });

  it('CP-02 with port 4342 on neither side is dropped', () => {
    const bytes = register([HOST1]);
    expect(drops(new Bench().receive(0, bytes, '10.0.1.2:1', '10.0.1.1:2'))).toEqual(['bad-port']);
  });
});

describe('a Map-Request', () => {
  const registered = (...hosts: readonly Mapping[]): Bench => {
    const bench = new Bench();
    for (const host of hosts)
      bench.register(0, [host], {
        key: host === HOST2 ? KEY2 : KEY1,
        from: formatIp(host.locators[0]!.address),
      });
    return bench;
  };

  it('for a registered EID goes to its ETR in a new ECM, everything inside untouched (lab packet 6)', () => {
    const bench = registered(HOST1);
    const request = mapRequest(['192.168.1.1'], ['10.0.255.1'], { pitr: true });
    const original = { ...ecm(request, 61_000), toMapServer: true, ddt: true };
    const out = bench.receive(1, original, '10.0.255.1');
    const [send] = sends(out);
    expect(send).toMatchObject({ sourcePort: 4342, to: { address: ip('10.0.1.2'), port: 4342 } });
    expect(send!.source).toBeUndefined();
    expect(send!.message).toMatchObject({
      ddt: false,
      toEtr: false,
      toMapServer: false,
      inner: original.inner,
      message: request,
    });
    const before = encodeControl(original);
    expect(send!.payload.slice(4)).toEqual(before.slice(4));
    expect([...send!.payload.slice(0, 4)]).toEqual([0x80, 0, 0, 0]);
    expect(events(out)).toEqual(['map-request-forwarded']);
  });

  it('is forwarded with its reserved bits as they came', () => {
    const original = ecm(mapRequest(['192.168.1.1'], ['10.0.255.1']));
    const request = encodeControl(original.message);
    request[1]! |= 0x08;
    const bytes = concatBytes(
      Uint8Array.of(0x80, 0, 0, 0),
      buildUdpPacket({ ...original.inner, checksum: 'compute' }, request),
    );
    const [send] = sends(registered(HOST1).receive(1, bytes, '10.0.255.1'));
    expect(send!.payload).toEqual(bytes);
  });

  it('is forwarded with its LISP-SEC data', () => {
    const securityData = new Uint8Array(36);
    securityData.set([1, 0, 0, 0, 0, 24]);
    securityData[33] = 4;
    const bytes = encodeControl({ ...ecm(mapRequest(['192.168.1.1'], ['10.0.255.1'])), securityData });
    const [send] = sends(registered(HOST1).receive(1, bytes, '10.0.255.1'));
    expect(send!.payload).toEqual(bytes);
  });

  it('goes to one ETR only: the one that registered last', () => {
    const bench = new Bench();
    bench.register(0, [HOST1], { from: '10.0.1.2' });
    bench.register(1, [HOST1], { from: '10.0.1.3' });
    expect(sends(bench.ask(2, '192.168.1.1')).map(({ to }) => formatIp(to.address))).toEqual(['10.0.1.3']);
    bench.register(3, [HOST1], { from: '10.0.1.2' });
    expect(sends(bench.ask(4, '192.168.1.1')).map(({ to }) => formatIp(to.address))).toEqual(['10.0.1.2']);
  });

  it.each([
    ['4.4.4.4', '0.0.0.0/1', 15],
    ['172.16.1.1', '128.0.0.0/2', 15],
    ['200.1.1.1', '200.0.0.0/5', 15],
    ['192.169.1.1', '192.169.0.0/16', 15],
    ['192.168.3.1', '192.168.3.0/24', 15],
    ['192.168.2.77', '192.168.2.64/26', 1],
    ['192.168.1.9', '192.168.1.8/29', 1],
  ])('CP-46 for the unregistered %s is answered by the hole %s for %i min', (asked, hole, ttlMinutes) => {
    const out = registered(HOST1, HOST2).ask(1, asked);
    const [record] = sent(out, 'map-reply').records;
    expect(record).toMatchObject({ ttlMinutes, action: 1, authoritative: false, locators: [] });
    expect(out.find(({ kind }) => kind === 'trace')).toMatchObject({
      event: { event: 'negative-reply', fields: { hole } },
    });
    expect(sends(out)[0]).toMatchObject({ sourcePort: 4342, to: { address: ip('10.0.1.2'), port: 4342 } });
  });

  it('for a site that nobody registered is answered by all of the site, for 1 min', () => {
    const [record] = sent(new Bench().ask(0, '192.168.2.1'), 'map-reply').records;
    expect(record).toMatchObject({
      ttlMinutes: 1,
      maskBits: 24,
      action: 1,
      eid: { address: ip('192.168.2.0') },
    });
  });

  it('is forwarded no more once the registration has expired', () => {
    const bench = registered(HOST1);
    expect(sent(bench.ask(seconds(100), '192.168.1.1'), 'ecm')).toBeDefined();
    expect(sent(bench.ask(seconds(180), '192.168.1.1'), 'map-reply').records[0]!.ttlMinutes).toBe(1);
  });

  it('LAB deviation 2 CP-16 is answered in place of an ETR that wants it, without A and L', () => {
    const bench = new Bench();
    bench.register(0, [mapping('192.168.1.0/25', ['10.0.1.2', '10.0.1.3'], { ttlMinutes: 77 })], {
      proxyReply: true,
    });
    const out = bench.ask(1, '192.168.1.1');
    const reply = sent(out, 'map-reply');
    expect(reply).toMatchObject({
      nonce: SOME_NONCE,
      records: [
        {
          ttlMinutes: 77,
          maskBits: 25,
          authoritative: false,
          locators: [
            { local: false, reachable: true, rloc: { address: ip('10.0.1.2') } },
            { local: false, reachable: true, rloc: { address: ip('10.0.1.3') } },
          ],
        },
      ],
    });
    expect(events(out)).toEqual(['proxy-reply']);
  });

  it('CP-23 a proxy reply holds what is registered inside the best match', () => {
    const bench = new Bench();
    const all = ['192.168.1.0/24', '192.168.1.0/25', '192.168.1.128/25', '192.168.1.129/32'];
    bench.register(
      0,
      all.map((text) => mapping(text, ['10.0.1.2'])),
      { proxyReply: true },
    );
    const reply = sent(bench.ask(1, '192.168.1.130'), 'map-reply');
    expect(reply.records.map(({ maskBits }) => maskBits)).toEqual([25, 32]);
  });

  it('LAB deviation 6: merged registrations are answered together, others by the latest alone', () => {
    const proxy = (merge: boolean): string[] => {
      const bench = new Bench();
      bench.register(0, [mapping('192.168.1.0/24', ['10.0.1.3'])], {
        from: '10.0.1.3',
        merge,
        proxyReply: true,
      });
      bench.register(1, [mapping('192.168.1.0/24', ['10.0.1.2'])], {
        from: '10.0.1.2',
        merge,
        proxyReply: true,
      });
      const [record] = sent(bench.ask(2, '192.168.1.1'), 'map-reply').records;
      return record!.locators.map(({ rloc }) => (rloc.kind === 'ip' ? formatIp(rloc.address) : ''));
    };
    expect(proxy(true)).toEqual(['10.0.1.2', '10.0.1.3']);
    expect(proxy(false)).toEqual(['10.0.1.2']);
  });

  it('CP-11 that probes is dropped, in an ECM or not', () => {
    const probe = mapRequest(['192.168.1.1'], ['10.0.1.2'], { probe: true });
    const bench = registered(HOST1);
    expect(drops(bench.receive(1, ecm(probe), '10.0.1.2'))).toEqual(['encapsulated-probe']);
    expect(drops(bench.receive(2, probe, '10.0.1.2'))).toEqual(['probe-at-map-server']);
  });

  it('outside an ECM is dropped', () => {
    const plain = mapRequest(['192.168.1.1'], ['10.0.1.2']);
    expect(drops(registered(HOST1).receive(1, plain, '10.0.1.2'))).toEqual(['not-encapsulated']);
  });

  it('CP-07 without an ITR-RLOC that can be answered is dropped before anything else happens', () => {
    const bench = registered(HOST1);
    expect(bench.ask(1, '192.168.1.1', '224.0.0.1')).toMatchObject([{ kind: 'drop', reason: 'no-itr-rloc' }]);
  });

  it('CP-06 with several records is answered and forwarded for each, each ETR once', () => {
    const bench = registered(HOST1, HOST2);
    bench.register(1, [mapping('192.168.1.2/32', ['10.0.1.2'])], { from: '10.0.1.2' });
    const asked = ['4.4.4.4', '192.168.1.1', '192.168.1.2', '192.168.2.1', '192.168.2.77'];
    const out = bench.receive(2, ecm(mapRequest(asked, ['10.0.1.2'])), '10.0.1.2');
    expect(sends(out).map(({ message, to }) => `${message.type} ${formatIp(to.address)}`)).toEqual([
      'ecm 10.0.1.2',
      'ecm 10.0.2.2',
      'map-reply 10.0.1.2',
    ]);
    const reply = sends(out)[2]!.message;
    expect(reply.type === 'map-reply' && reply.records.map(({ maskBits }) => maskBits)).toEqual([1, 26]);
  });

  it('of a family that is not served is dropped', () => {
    const bench = new Bench(SITES, { ...CONFIG, families: [6] });
    expect(drops(bench.ask(0, '4.4.4.4'))).toEqual(['family-not-served']);
  });

  it('CP-21 is answered three times at once, then once in 3 s for a hole and an ITR', () => {
    const bench = new Bench();
    const times = Array.from({ length: 10 }, (_, i) => i).filter(
      (i) => sends(bench.ask(seconds(i), '4.4.4.4')).length > 0,
    );
    expect(times).toEqual([0, 1, 2, 3, 6, 9]);
    expect(sends(bench.ask(seconds(10), '4.4.4.4', '10.0.2.2'))).toHaveLength(1);
  });

  it('answerFor says what would be answered and changes nothing', () => {
    const bench = registered(HOST1);
    const answerOf = (text: string): ReturnType<MapServer['answerFor']> =>
      bench.server.answerFor({ instanceId: 0, address: ip(text) });
    for (let i = 0; i < 10; i++)
      expect(answerOf('4.4.4.4')).toMatchObject({ kind: 'negative', negative: { why: 'not-an-eid' } });
    expect(answerOf('192.168.1.1')).toMatchObject({ kind: 'forward', etr: ip('10.0.1.2') });
    expect(sends(bench.ask(1, '4.4.4.4'))).toHaveLength(1);
  });
});

describe('other messages at a Map-Server', () => {
  it('CP-45 a Map-Reply is discarded', () => {
    const reply = mapReply(SOME_NONCE, [HOST1]);
    expect(new Bench().receive(0, reply, '10.0.1.2')).toMatchObject([
      { kind: 'drop', reason: 'map-reply-at-map-server' },
    ]);
  });

  it('a stray Map-Notify-Ack is counted', () => {
    const ack = encodeSigned(
      {
        type: 'map-notify-ack',
        nonce: SOME_NONCE,
        authentication: blankAuthentication(authKey(KEY1)),
        records: [writeRecord(HOST1)],
        trailer: new Uint8Array(0),
        reservedBits: 0,
      },
      authKey(KEY1),
    );
    expect(drops(new Bench().receive(0, ack, '10.0.1.2'))).toEqual(['stray-map-notify-ack']);
  });

  it('an ECM with anything but a Map-Request is dropped', () => {
    const inside = { ...ecm(mapRequest(['4.4.4.4'], ['10.0.1.2'])), message: mapReply(SOME_NONCE, [HOST1]) };
    expect(drops(new Bench().receive(0, inside, '10.0.1.2'))).toEqual(['unexpected-in-ecm']);
  });
});

describe('instances', () => {
  it('are kept apart', () => {
    const prefixes = [
      { eid: eid('192.168.1.0/24', 5), acceptMoreSpecifics: true },
      { eid: eid('192.168.1.0/24'), acceptMoreSpecifics: true },
    ];
    const bench = new Bench([site('site1', KEY1, '192.168.1.0/24', { prefixes })]);
    bench.register(0, [{ ...HOST1, eid: eid('192.168.1.1/32', 5), locators: [locator('10.0.1.2')] }]);
    expect(bench.registered()).toEqual(['[5] 192.168.1.1/32']);
    expect(sent(bench.ask(1, '192.168.1.1'), 'map-reply').records[0]!.ttlMinutes).toBe(1);
    const tooWide = mapping('192.168.1.1/32', ['10.0.1.2'], { eid: eid('192.168.1.1/32', 0x100_0005) });
    expect(drops(bench.register(2, [tooWide]))).toEqual(['instance-out-of-range']);
  });
});

describe('a Map-Server that is saved and restored', () => {
  it('at any step goes on as if nothing had happened', () => {
    const bench = new Bench();
    bench.register(0, [HOST1]);
    bench.register(seconds(1), [HOST2], { key: KEY2, from: '10.0.2.2' });
    bench.register(seconds(2), [HOST2], { key: KEY1 });
    bench.receive(seconds(3), register([HOST1], { nonce: { hi: 0, lo: 1 } }), '10.0.1.2');
    for (let i = 0; i < 5; i++) bench.ask(seconds(4) + i, '4.4.4.4');
    bench.ask(seconds(5), '192.168.1.1');
    bench.register(seconds(60), [{ ...HOST1, ttlMinutes: 0 }]);
    bench.until(seconds(400));
    bench.ask(seconds(401), '192.168.2.1');
    expectSplitsInvisible(() => Bench.make(), bench.moments);
  });

  it('still owes the Map-Notify of what the store has not committed', () => {
    const bench = new Bench();
    bench.both.commits = false;
    bench.register(0, [HOST1]);
    const again = Bench.make();
    again.restore(structuredClone(bench.both.save()));
    const out: RoleOutput[] = [];
    again.handle(1, { kind: 'tick' }, out);
    expect(sent(out, 'map-notify').nonce).toEqual({ hi: 0, lo: 1 });
  });
});
