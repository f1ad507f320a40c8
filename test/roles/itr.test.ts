import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { formatNonce, SeededRandom, type Nonce } from '../../src/base/random.ts';
import { millis, minutes, NEVER, seconds, type Micros } from '../../src/base/time.ts';
import { formatEidPrefix, type Eid } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { Itr, noItr, type ItrConfig, type ItrState } from '../../src/roles/itr.ts';
import type { RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { sendMapRequestEntry } from '../../src/roles/map-cache.ts';
import type { ItrPolicy } from '../../src/roles/policy.ts';
import { writeRecord } from '../../src/roles/records.ts';
import { formatLispAddress } from '../../src/wire/lisp-address.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import {
  drops,
  eid,
  events,
  installs,
  kinds,
  locator,
  mapping,
  mapReply,
  received,
  requested,
  sends,
  sent,
} from '../support/messages.ts';
import { expectSplitsInvisible, Timeline } from '../support/timeline.ts';

const POLICY: ItrPolicy = {
  itrRlocs: [ip('10.0.1.2')],
  pitr: false,
  sourceEid: 'host',
  mapResolvers: [ip('10.0.1.1')],
};

/** lisp1 of the lab. */
const XTR: ItrConfig = {
  ...noItr(),
  localEids: [eid('192.168.1.0/24')],
  itr: { ipv4: POLICY },
  staticEntries: [sendMapRequestEntry(eid('0.0.0.0/0'))],
  ownAddresses: [ip('10.0.1.2'), ip('192.168.1.1')],
};

/** mapserver of the lab. */
const PITR: ItrConfig = {
  ...noItr(),
  pitr: {
    ipv4: { itrRlocs: [ip('10.0.255.1')], pitr: true, sourceEid: 'host', mapResolvers: [ip('10.0.255.1')] },
  },
  staticEntries: [sendMapRequestEntry(eid('192.168.1.0/24')), sendMapRequestEntry(eid('192.168.2.0/24'))],
  ownAddresses: [ip('10.0.255.1'), ip('10.0.1.1')],
};

class Bench extends Timeline<RoleInput, RoleOutput, ItrState> {
  readonly itr: Itr;

  constructor(config: ItrConfig = XTR) {
    const itr = new Itr(config, new SeededRandom(1), () => 0);
    super(itr, { kind: 'tick' });
    this.itr = itr;
    this.at(0, { kind: 'start' });
  }

  lookUp(time: Micros, to: string, from = '192.168.1.1'): readonly RoleOutput[] {
    return this.at(time, { kind: 'lookup', eid: address(to), source: ip(from) });
  }

  reply(
    time: Micros,
    nonce: Nonce,
    mappings: readonly Mapping[],
    fields: Partial<MapReply> = {},
  ): readonly RoleOutput[] {
    const message = mapReply(nonce, mappings, fields);
    return this.at(time, { kind: 'message', received: received(message, '10.0.1.1', '10.0.1.2') });
  }

  /** Asks for `to` now and has it answered 10 ms later. */
  resolve(to: string, mappings: readonly Mapping[], from?: string): readonly RoleOutput[] {
    const { nonce } = requested(this.lookUp(this.now, to, from));
    return this.reply(this.now + millis(10), nonce, mappings);
  }

  /** Lets time pass. */
  skip(to: Micros): this {
    this.at(to, { kind: 'tick' });
    return this;
  }

  cache(): string[] {
    return [...this.itr.entries()].map(({ mapping: m, origin }) => `${formatEidPrefix(m.eid)} ${origin}`);
  }
}

function address(text: string): Eid {
  return { instanceId: 0, address: ip(text) };
}

/** Of the Map-Requests sent. */
function noncesOf(outputs: readonly RoleOutput[]): string[] {
  return sends(outputs).flatMap(({ message }) =>
    message.type === 'ecm' && message.message.type === 'map-request'
      ? [formatNonce(message.message.nonce)]
      : [],
  );
}

const HOLE = mapping('0.0.0.0/1', [], { action: 1, ttlMinutes: 15, authoritative: false });
const isSend = ({ kind }: RoleOutput): boolean => kind === 'send';

describe('an ITR that misses', () => {
  it('asks a Map-Resolver in an ECM as packet 1 of the lab', () => {
    const out = new Bench().lookUp(seconds(10), '4.4.4.4');
    const [send] = sends(out);
    expect(send).toMatchObject({
      source: ip('10.0.1.2'),
      sourcePort: 4342,
      to: { address: ip('10.0.1.1'), port: 4342 },
      message: {
        type: 'ecm',
        ddt: false,
        inner: {
          source: ip('10.0.1.2'),
          destination: ip('4.4.4.4'),
          sourcePort: 4342,
          destinationPort: 4342,
        },
      },
    });
    expect(sent(out, 'ecm').securityData).toBeUndefined();
    const request = requested(out);
    expect(request).toMatchObject({
      authoritative: false,
      probe: false,
      smr: false,
      pitr: false,
      smrInvoked: false,
      dontReply: false,
      records: [{ subscribe: false, maskBits: 32 }],
    });
    expect(request.mapping).toBeUndefined();
    expect(formatLispAddress(request.sourceEid)).toBe('192.168.1.1');
    expect(formatLispAddress(request.records[0]!.eid)).toBe('4.4.4.4');
    expect(request.itrRlocs.map(formatLispAddress)).toEqual(['10.0.1.2']);
    expect(events(out)).toEqual(['map-request-sent']);
  });

  it('what is encoded is what the message says', () => {
    const [send] = sends(new Bench().lookUp(0, '4.4.4.4'));
    expect(received(send!.payload, '10.0.1.2', '10.0.1.1').message).toEqual(send!.message);
  });

  it('IW-06 a PITR sets the p bit, asks for the host that sent the packet, and gives its own RLOC', () => {
    const out = new Bench(PITR).lookUp(0, '192.168.1.1', '4.4.4.4');
    const request = requested(out);
    expect(request.pitr).toBe(true);
    expect(formatLispAddress(request.sourceEid)).toBe('4.4.4.4');
    expect(request.itrRlocs.map(formatLispAddress)).toEqual(['10.0.255.1']);
    expect(sends(out)[0]!.source).toEqual(ip('10.0.255.1'));
  });

  it('with source EID by RLOC a PITR names its RLOC instead of the host', () => {
    const config = { ...PITR, pitr: { ipv4: { ...PITR.pitr.ipv4!, sourceEid: 'rloc' as const } } };
    const request = requested(new Bench(config).lookUp(0, '192.168.1.1', '4.4.4.4'));
    expect(formatLispAddress(request.sourceEid)).toBe('10.0.255.1');
  });

  it('IW-13 a PITR never asks outside its ranges', () => {
    const out = new Bench(PITR).lookUp(0, '8.8.8.8', '4.4.4.4');
    expect(kinds(out)).toEqual(['drop', 'give-up']);
    expect(drops(out)).toEqual(['outside-proxy-ranges']);
  });

  it('a box that is ITR and PITR asks as the one for its own hosts and as the other for all else', () => {
    const bench = new Bench({
      ...XTR,
      pitr: PITR.pitr,
      staticEntries: [...XTR.staticEntries, ...PITR.staticEntries],
    });
    expect(requested(bench.lookUp(0, '192.168.2.1', '192.168.1.1')).pitr).toBe(false);
    expect(requested(bench.lookUp(0, '192.168.2.2', '4.4.4.4')).pitr).toBe(true);
  });

  it('CP-07 gives every ITR-RLOC once, and IPv6 EIDs over an IPv4 underlay have the host as inner source', () => {
    const dual: ItrPolicy = { ...POLICY, itrRlocs: [ip('10.0.1.2'), ip('2001:db8::2')] };
    const both = new Bench({ ...XTR, itr: { ipv4: dual, ipv6: POLICY } });
    expect(requested(both.lookUp(0, '4.4.4.4')).itrRlocs.map(formatLispAddress)).toEqual([
      '10.0.1.2',
      '2001:db8::2',
    ]);
    const { inner, message } = sent(both.lookUp(0, '2001:db8:2::1', '2001:db8:1::1'), 'ecm');
    expect([inner.source, inner.destination].map(formatIp)).toEqual(['2001:db8:1::1', '2001:db8:2::1']);
    expect(message).toMatchObject({ itrRlocs: [{ kind: 'ip', address: ip('10.0.1.2') }] });
  });

  it('without a Map-Resolver gives up at once', () => {
    const bench = new Bench({ ...XTR, itr: { ipv4: { ...POLICY, mapResolvers: [] } } });
    const out = bench.lookUp(0, '4.4.4.4');
    expect(drops(out)).toEqual(['no-map-resolver']);
    expect(out.at(-1)).toEqual({ kind: 'give-up', eid: address('4.4.4.4') });
  });

  it('asks no more EIDs at once than its limit', () => {
    const bench = new Bench({ ...XTR, maxRequests: 2 });
    bench.lookUp(0, '4.4.4.4');
    bench.lookUp(0, '4.4.4.5');
    expect(drops(bench.lookUp(0, '4.4.4.6'))).toEqual(['too-many-map-requests']);
  });
});

describe('CP-12 retransmission', () => {
  it('ten times, one a second, each with a nonce of its own, then silence for 30 s', () => {
    const bench = new Bench();
    bench.lookUp(seconds(5), '4.4.4.4');
    bench.until(seconds(40));
    const nonces = new Set(bench.moments.flatMap(({ outputs }) => noncesOf(outputs)));
    expect(bench.timesOf(isSend)).toEqual(Array.from({ length: 11 }, (_, i) => seconds(5 + i)));
    expect(nonces.size).toBe(11);
    expect(bench.timesOf(({ kind }) => kind === 'give-up')).toEqual([seconds(16)]);
    const during = bench.lookUp(seconds(46) - 1, '4.4.4.4');
    expect(drops(during)).toEqual(['map-request-paused']);
    expect(sends(bench.lookUp(seconds(46), '4.4.4.4'))).toHaveLength(1);
  });

  it('a packet that comes while a request is out causes no other one', () => {
    const bench = new Bench();
    bench.lookUp(0, '4.4.4.4');
    expect(bench.lookUp(millis(300), '4.4.4.4')).toEqual([]);
    expect(bench.lookUp(millis(600), '4.4.4.4', '192.168.1.7')).toEqual([]);
  });

  it('an EID that was just answered is asked for again no sooner than a second after the last request', () => {
    const bench = new Bench();
    const ask = mapping('4.4.4.4/32', [], { action: 2, ttlMinutes: 15 });
    bench.resolve('4.4.4.4', [ask]);
    expect(bench.lookUp(millis(500), '4.4.4.4')).toEqual([]);
    bench.until(seconds(1));
    expect(bench.timesOf(isSend)).toEqual([0, seconds(1)]);
  });

  it('the Map-Resolvers take turns', () => {
    const mapResolvers = [ip('10.0.1.1'), ip('10.0.9.9')];
    const bench = new Bench({ ...XTR, itr: { ipv4: { ...POLICY, mapResolvers } } });
    bench.lookUp(0, '4.4.4.4');
    bench.until(seconds(3));
    const to = bench.moments
      .flatMap(({ outputs }) => sends(outputs))
      .map((send) => formatIp(send.to.address));
    expect(to).toEqual(['10.0.1.1', '10.0.9.9', '10.0.1.1', '10.0.9.9']);
  });

  it('stops when an answer for another EID covers this one as well', () => {
    const bench = new Bench();
    bench.lookUp(0, '8.8.8.8');
    bench.skip(millis(100)).resolve('4.4.4.4', [HOLE]);
    bench.until(seconds(20));
    expect(bench.timesOf(isSend)).toEqual([0, millis(100)]);
    expect(bench.timesOf(({ kind }) => kind === 'give-up')).toEqual([]);
  });
});

describe('a Map-Reply', () => {
  it('installs its mapping as packet 2 of the lab, beside the static entry', () => {
    const bench = new Bench();
    const out = bench.resolve('4.4.4.4', [HOLE]);
    expect(kinds(out)).toEqual(['trace', 'install', 'trace']);
    expect(installs(out)).toEqual([
      { mapping: HOLE, origin: 'map-reply', installed: millis(10), expires: millis(10) + minutes(15) },
    ]);
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '0.0.0.0/1 map-reply']);
  });

  it.each([
    ['an unknown nonce', { hi: 1, lo: 1 }, [HOLE], {}, 'unknown-nonce'],
    ['the P bit: nothing is probed', undefined, [HOLE], { probe: true }, 'unexpected-probe-reply'],
    ['another EID', undefined, [mapping('8.8.8.0/24', ['10.0.2.2'])], {}, 'reply-for-other-eid'],
  ] as const)('with %s is dropped, and the request goes on', (_, nonce, mappings, fields, reason) => {
    const bench = new Bench();
    const asked = requested(bench.lookUp(0, '4.4.4.4'));
    const out = bench.reply(millis(10), nonce ?? asked.nonce, mappings, fields);
    expect(out).toMatchObject([{ kind: 'drop', reason }]);
    expect(sends(bench.until(seconds(1)))).toHaveLength(1);
    expect(installs(bench.reply(seconds(1), asked.nonce, [HOLE]))).toHaveLength(1);
  });

  it('counts once: its second copy is dropped', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '4.4.4.4'));
    bench.reply(millis(10), nonce, [HOLE]);
    expect(drops(bench.reply(millis(20), nonce, [HOLE]))).toEqual(['unknown-nonce']);
  });

  it('to an earlier send of the same request counts', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '4.4.4.4'));
    bench.until(seconds(3));
    expect(installs(bench.reply(seconds(3), nonce, [HOLE]))).toHaveLength(1);
    expect(bench.timesOf(isSend).at(-1)).toBe(seconds(3));
    bench.until(seconds(20));
    expect(bench.timesOf(isSend).at(-1)).toBe(seconds(3));
  });

  it('after the request was given up is too late', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '4.4.4.4'));
    bench.until(seconds(11));
    expect(drops(bench.reply(seconds(12), nonce, [HOLE]))).toEqual(['unknown-nonce']);
  });

  it('CP-02 with port 4342 on neither side is dropped', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '4.4.4.4'));
    const at = (from: string, to: string): readonly RoleOutput[] =>
      bench.at(millis(1), { kind: 'message', received: received(mapReply(nonce, [HOLE]), from, to) });
    expect(drops(at('10.0.1.1:5000', '10.0.1.2:5001'))).toEqual(['bad-port']);
    expect(installs(at('10.0.1.1:5000', '10.0.1.2:4342'))).toHaveLength(1);
  });

  it('installs every record of the answer and drops those that have nothing to do with it', () => {
    const bench = new Bench();
    const out = bench.resolve('10.1.5.5', [
      mapping('10.1.0.0/16', ['10.0.2.2']),
      mapping('10.1.1.0/24', ['10.0.2.3']),
      mapping('10.2.0.0/16', ['10.0.2.4']),
    ]);
    expect(drops(out)).toEqual(['unrelated-record']);
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '10.1.0.0/16 map-reply', '10.1.1.0/24 map-reply']);
  });

  it('LC-03 whose locators are all of unknown kinds counts as one without locators', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '10.1.0.1'));
    const record = writeRecord(mapping('10.1.0.0/16', ['10.0.2.2']));
    const unknown = {
      type: 'unknown',
      code: 77,
      reserved1: 0,
      flags: 0,
      reserved2: 0,
      body: new Uint8Array(4),
    } as const;
    const rloc = { kind: 'lcaf', lcaf: unknown } as const;
    const records = [{ ...record, action: 3, locators: [{ ...record.locators[0]!, rloc }] }];
    const [entry] = installs(bench.reply(millis(10), nonce, [], { records }));
    expect(entry!.mapping).toMatchObject({ locators: [], action: 3 });
  });

  it('LC-04 for an EID of unknown kind is dropped whole', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '10.1.0.1'));
    const good = writeRecord(mapping('10.1.0.0/16', ['10.0.2.2']));
    const name = { ...good, eid: { kind: 'name', name: 'ietf' } as const, maskBits: 40 };
    const out = bench.reply(millis(10), nonce, [], { records: [good, name] });
    expect(out).toMatchObject([{ kind: 'drop', reason: 'unsupported-eid' }]);
  });

  it('for an instance beyond 24 bits is dropped', () => {
    const bench = new Bench();
    const { nonce } = requested(bench.lookUp(0, '10.1.0.1'));
    const wide = mapping('10.1.0.0/16', ['10.0.2.2'], { eid: eid('10.1.0.0/16', 0x100_0000) });
    expect(drops(bench.reply(millis(10), nonce, [wide]))).toEqual(['instance-out-of-range']);
  });

  it.each([
    ['multicast', ['224.0.0.1'], 'illegal-rloc'],
    ['broadcast', ['10.0.2.2', '255.255.255.255'], 'illegal-rloc'],
    ['unspecified', ['0.0.0.0'], 'illegal-rloc'],
    ['loopback', ['127.0.0.1'], 'illegal-rloc'],
    ['own', ['10.0.2.2', '10.0.1.2'], 'own-rloc'],
  ] as const)(
    'CP-20 with a locator that is %s is refused and the packet given up (T14)',
    (_, rlocs, reason) => {
      const bench = new Bench();
      const out = bench.resolve('10.1.0.1', [mapping('10.1.0.0/16', rlocs)]);
      expect(drops(out)).toEqual([reason]);
      expect(out.at(-1)).toEqual({ kind: 'give-up', eid: address('10.1.0.1') });
      expect(bench.cache()).toEqual(['0.0.0.0/0 static']);
    },
  );

  it('that is positive and shorter than the floor is refused; a negative one has no floor (T13)', () => {
    const bench = new Bench({ ...XTR, floorBits: { ipv4: 16, ipv6: 32 } });
    expect(drops(bench.resolve('10.1.0.1', [mapping('10.0.0.0/15', ['10.0.2.2'])]))).toEqual(['below-floor']);
    expect(drops(bench.skip(seconds(2)).resolve('10.1.0.1', [mapping('10.1.0.0/16', ['10.0.2.2'])]))).toEqual(
      [],
    );
    expect(drops(bench.resolve('144.0.0.1', [mapping('128.0.0.0/1', [], { action: 1 })]))).toEqual([]);
  });

  it('CP-15 with TTL 0 removes the entry at once', () => {
    const bench = new Bench();
    bench.resolve('192.0.2.1', [mapping('192.0.2.0/24', ['10.0.2.2'])]);
    const out = bench.resolve('203.0.113.1', [
      mapping('192.0.0.0/4', [], { action: 1, ttlMinutes: 15 }),
      mapping('192.0.2.0/24', ['10.0.2.2'], { ttlMinutes: 0 }),
    ]);
    expect(out).toContainEqual({ kind: 'uninstall', eid: eid('192.0.2.0/24') });
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '192.0.0.0/4 map-reply']);
  });

  it('LAB deviation 1: TTLs are minutes, and what the receiver may decide is capped (T15)', () => {
    const ttlOf = (ttlMinutes: number): Micros => {
      const [entry] = installs(
        new Bench().resolve('10.1.0.1', [mapping('10.1.0.0/16', ['10.0.2.2'], { ttlMinutes })]),
      );
      return entry!.expires - entry!.installed;
    };
    expect(ttlOf(1440)).toBe(seconds(86_400));
    expect(ttlOf(1)).toBe(seconds(60));
    expect(ttlOf(0xffff_ffff)).toBe(minutes(1440));
    expect(ttlOf(0xffff_fffe)).toBe(minutes(7 * 1440));
  });

  it('CP-24 a later less-specific entry ends with the earliest of the more-specific ones it covers', () => {
    const bench = new Bench();
    bench.resolve('10.1.1.1', [mapping('10.1.1.0/24', ['10.0.2.2'], { ttlMinutes: 5 })]);
    bench.resolve('10.1.2.1', [mapping('10.1.2.0/24', ['10.0.2.2'], { ttlMinutes: 9 })]);
    const [wide] = installs(
      bench.skip(seconds(60)).resolve('10.1.3.1', [mapping('10.1.0.0/16', ['10.0.2.2'])]),
    );
    expect(wide!.expires).toBe(millis(10) + minutes(5));
    expect(bench.cache()).toHaveLength(4);
  });

  it('CP-24 holds inside one Map-Reply as well, in whatever order its records come', () => {
    const wide = mapping('10.1.0.0/16', ['10.0.2.2'], { ttlMinutes: 60 });
    const narrow = mapping('10.1.1.0/24', ['10.0.2.2'], { ttlMinutes: 5 });
    for (const records of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      const ends = installs(new Bench().resolve('10.1.3.1', records)).map(({ expires }) => expires);
      expect(ends).toEqual([millis(10) + minutes(5), millis(10) + minutes(5)]);
    }
  });

  it('CP-24 does not shorten a more-specific entry that arrives after its less-specific one', () => {
    const bench = new Bench();
    bench.resolve('10.1.3.1', [
      mapping('10.1.0.0/16', ['10.0.2.2'], { ttlMinutes: 5 }),
      mapping('10.1.1.0/24', [], { action: 2, ttlMinutes: 60 }),
    ]);
    const [narrow] = installs(
      bench.skip(seconds(2)).resolve('10.1.1.1', [mapping('10.1.1.1/32', ['10.0.2.2'])]),
    );
    expect(narrow!.expires).toBe(seconds(2) + millis(10) + minutes(1440));
  });
});

describe('the Map-Cache', () => {
  it('static entries are installed at the start, never expire and have their origin', () => {
    const bench = new Bench(PITR);
    expect(installs(bench.moments[0]!.outputs)).toMatchObject([
      { origin: 'static', expires: NEVER, mapping: { eid: eid('192.168.1.0/24'), action: 2 } },
      { origin: 'static', expires: NEVER, mapping: { eid: eid('192.168.2.0/24'), action: 2 } },
    ]);
    expect(bench.itr.nextDeadline()).toBe(NEVER);
  });

  it('a PITR installs what it learned beside its coarse entry, which stays and asks on', () => {
    const bench = new Bench(PITR);
    bench.resolve('192.168.1.1', [mapping('192.168.1.1/32', ['10.0.1.2'])], '4.4.4.4');
    expect(bench.cache()).toEqual([
      '192.168.1.0/24 static',
      '192.168.1.1/32 map-reply',
      '192.168.2.0/24 static',
    ]);
    expect(requested(bench.lookUp(seconds(1), '192.168.1.2', '4.4.4.4')).pitr).toBe(true);
  });

  it('a reply for exactly a static send-map-request prefix takes its place until it expires', () => {
    const bench = new Bench(PITR);
    bench.resolve('192.168.1.1', [mapping('192.168.1.0/24', ['10.0.1.2'], { ttlMinutes: 10 })], '4.4.4.4');
    expect(bench.cache()).toEqual(['192.168.1.0/24 map-reply', '192.168.2.0/24 static']);
    const out = bench.until(millis(10) + minutes(10));
    expect(installs(out)).toMatchObject([
      { origin: 'static', installed: 0, mapping: { eid: eid('192.168.1.0/24') } },
    ]);
    expect(kinds(out)).not.toContain('uninstall');
  });

  it.each([
    ['native-forward', 1, [] as string[]],
    ['drop', 3, []],
    ['locators', 0, ['10.0.9.9']],
  ])('IW-14 a static %s entry is neither overwritten nor undercut by a reply', (_, action, rlocs) => {
    const entry = { eid: eid('10.1.0.0/16'), action, locators: rlocs.map((rloc) => locator(rloc)) };
    const bench = new Bench({ ...XTR, staticEntries: [...XTR.staticEntries, entry] });
    const out = bench.resolve('10.2.0.1', [
      mapping('10.0.0.0/8', ['10.0.2.2']),
      mapping('10.1.0.0/16', ['10.0.2.2']),
      mapping('10.1.1.0/24', ['10.0.2.2']),
    ]);
    expect(drops(out)).toEqual(['static-entry', 'static-entry']);
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '10.0.0.0/8 map-reply', '10.1.0.0/16 static']);
  });

  it('DP-35 a learned entry leaves at its end, and the EID is asked for again', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    expect(bench.itr.nextDeadline()).toBe(seconds(1));
    const end = millis(10) + minutes(15);
    expect(bench.until(end - 1)).toEqual([]);
    const out = bench.until(end);
    expect(out[0]).toEqual({ kind: 'uninstall', eid: eid('0.0.0.0/1') });
    expect(sends(bench.lookUp(end + 1, '4.4.4.4'))).toHaveLength(1);
  });

  it('LAB deviation 7: a packet punted while its negative entry expires is asked for again', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    const out = bench.lookUp(millis(10) + minutes(15), '4.4.4.4');
    expect(kinds(out)).toEqual(['uninstall', 'trace', 'send', 'trace']);
    expect(bench.cache()).toEqual(['0.0.0.0/0 static']);
  });

  it('a lookup for what is in the cache already says the entry again and asks nobody', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    expect(bench.lookUp(millis(10), '5.5.5.5')).toMatchObject([
      { kind: 'install', entry: { mapping: HOLE } },
    ]);
  });

  it('an entry that is learned again and again leaves one deadline behind, not all of them', () => {
    const bench = new Bench();
    const ask = mapping('4.4.4.4/32', [], { action: 2 });
    for (let i = 0; i < 500; i++) bench.skip(seconds(2 * i)).resolve('4.4.4.4', [ask]);
    expect(bench.itr.save().cache.deadlines.heap.length).toBeLessThan(100);
    expect(bench.until(seconds(998) + minutes(1440)).map(({ kind }) => kind)).toEqual([]);
    expect(events(bench.until(seconds(999) + minutes(1440)))).toEqual(['map-cache-expired']);
  });

  it('clear removes what was learned, and only that', () => {
    const bench = new Bench(PITR);
    bench.resolve('192.168.1.1', [mapping('192.168.1.0/24', ['10.0.1.2'])], '4.4.4.4');
    const out: RoleOutput[] = [];
    bench.itr.clear(out);
    expect(installs(out)).toMatchObject([{ origin: 'static' }]);
    expect(bench.cache()).toEqual(['192.168.1.0/24 static', '192.168.2.0/24 static']);
  });
});

describe('a reconfigured ITR', () => {
  const change = (bench: Bench, config: ItrConfig): RoleOutput[] => {
    const out: RoleOutput[] = [];
    bench.itr.configure(seconds(1), config, out);
    return out;
  };

  it('with the same configuration does nothing', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    expect(change(bench, structuredClone(XTR))).toEqual([]);
  });

  it('keeps what it learned, the age of static entries that stay, and requests that are out', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    bench.lookUp(millis(100), '144.0.0.1');
    const out = change(bench, {
      ...XTR,
      itr: { ipv4: { ...POLICY, mapResolvers: [ip('10.0.9.9')] } },
      staticEntries: [...XTR.staticEntries, sendMapRequestEntry(eid('10.0.0.0/8'))],
    });
    expect(out).toMatchObject([{ kind: 'install', entry: { origin: 'static', installed: seconds(1) } }]);
    const again = bench.until(seconds(2));
    expect(formatIp(sends(again)[0]!.to.address)).toBe('10.0.9.9');
    expect([...bench.itr.entries()].map(({ installed }) => installed)).toEqual([0, millis(10), seconds(1)]);
  });

  it('LAB deviation 7: switched off and on again starts anew', () => {
    const bench = new Bench();
    bench.resolve('4.4.4.4', [HOLE]);
    bench.lookUp(millis(100), '144.0.0.1');
    const off = change(bench, noItr());
    expect(off.filter(({ kind }) => kind !== 'trace')).toEqual([
      { kind: 'uninstall', eid: eid('0.0.0.0/0') },
      { kind: 'uninstall', eid: eid('0.0.0.0/1') },
      { kind: 'give-up', eid: address('144.0.0.1') },
    ]);
    expect(bench.until(seconds(60))).toEqual([]);
    expect(bench.cache()).toEqual([]);
    const on: RoleOutput[] = [];
    bench.itr.configure(seconds(61), XTR, on);
    expect(installs(on)).toHaveLength(1);
    expect(sends(bench.lookUp(seconds(62), '144.0.0.1'))).toHaveLength(1);
  });

  it('keeps no more learned entries than the new limit (T21)', () => {
    const bench = new Bench();
    for (const n of [1, 2, 3]) bench.resolve(`10.${n}.0.1`, [mapping(`10.${n}.0.0/16`, ['10.0.2.2'])]);
    change(bench, { ...XTR, maxEntries: 2 });
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '10.2.0.0/16 map-reply', '10.3.0.0/16 map-reply']);
    bench.skip(seconds(2)).resolve('10.4.0.1', [mapping('10.4.0.0/16', ['10.0.2.2'])]);
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '10.3.0.0/16 map-reply', '10.4.0.0/16 map-reply']);
  });

  it('drops learned entries that a new static entry or an own address forbids', () => {
    const bench = new Bench();
    bench.resolve('10.1.0.1', [mapping('10.1.0.0/16', ['10.0.2.2'])]);
    bench.resolve('10.2.0.1', [mapping('10.2.0.0/16', ['10.0.2.3'])]);
    bench.resolve('10.3.0.1', [mapping('10.3.0.0/16', ['10.0.2.4'])]);
    const drop = { eid: eid('10.2.0.0/15'), action: 3, locators: [] };
    change(bench, {
      ...XTR,
      staticEntries: [...XTR.staticEntries, drop],
      ownAddresses: [...XTR.ownAddresses, ip('10.0.2.2')],
    });
    expect(bench.cache()).toEqual(['0.0.0.0/0 static', '10.2.0.0/15 static']);
  });
});

describe('an ITR that is saved and restored', () => {
  it('at any step goes on as if nothing had happened', () => {
    const bench = new Bench({ ...XTR, maxEntries: 3 });
    bench.lookUp(0, '4.4.4.4');
    bench.lookUp(millis(10), '8.8.8.8');
    bench.until(seconds(2));
    bench.skip(millis(2500)).resolve('10.1.0.1', [mapping('10.1.0.0/16', ['10.0.2.2'], { ttlMinutes: 1 })]);
    bench.lookUp(millis(2600), '10.1.0.9');
    bench.skip(millis(3500)).resolve('10.2.0.1', [mapping('10.2.0.0/16', ['10.0.2.2'], { ttlMinutes: 2 })]);
    bench.skip(millis(4500)).resolve('10.3.0.1', [mapping('10.3.0.0/16', ['10.0.2.2'], { ttlMinutes: 3 })]);
    bench.skip(millis(5500)).resolve('10.4.0.1', [mapping('10.4.0.0/16', ['10.0.2.2'], { ttlMinutes: 3 })]);
    bench.until(seconds(20));
    bench.lookUp(seconds(21), '4.4.4.4');
    bench.lookUp(seconds(45), '4.4.4.4');
    bench.until(minutes(5));
    expect(bench.moments.length).toBeGreaterThan(30);
    expectSplitsInvisible(
      () => new Itr({ ...XTR, maxEntries: 3 }, new SeededRandom(1), () => 0),
      bench.moments,
    );
  });
});
