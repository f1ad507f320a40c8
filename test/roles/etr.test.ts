import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { compareNonce, type Nonce } from '../../src/base/random.ts';
import { millis, minutes, seconds, type Micros } from '../../src/base/time.ts';
import { formatEidPrefix } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import type { SiteKey } from '../../src/mapping/site.ts';
import { databaseMapping, Etr, noEtr, type EtrConfig, type EtrState } from '../../src/roles/etr.ts';
import type { RoleInput, RoleOutput, SendOutput } from '../../src/roles/machine.ts';
import { readRecord } from '../../src/roles/records.ts';
import type { EtrMapServer } from '../../src/roles/registrar.ts';
import { authKey } from '../../src/roles/site-key.ts';
import { blankAuthentication, encodeSigned, verifyControl } from '../../src/wire/authenticate.ts';
import type { ControlMessage } from '../../src/wire/control.ts';
import type { MapNotify } from '../../src/wire/map-notify.ts';
import type { MapRegister } from '../../src/wire/map-register.ts';
import {
  drops,
  ecm,
  eid,
  events,
  locator,
  mapping,
  mapRequest,
  received,
  sends,
  sent,
  SOME_NONCE,
} from '../support/messages.ts';
import { expectSplitsInvisible, Timeline } from '../support/timeline.ts';

const KEY: SiteKey = { keyId: 0, algorithmId: 2, secret: 'KEY1' };
const MAP_SERVER: EtrMapServer = { address: ip('10.0.1.1'), key: KEY, proxyReply: false, families: [4] };

/** lisp1 of the lab. */
const XTR: EtrConfig = {
  ...noEtr(),
  database: [databaseMapping(eid('192.168.1.1/32'), 1440, [locator('10.0.1.2')])],
  mapServers: [MAP_SERVER],
};

/** The example of RFC 9301 §5.5. */
const OVERLAPPING = ['2001:db8::/32', '2001:db8:1::/48', '2001:db8:1:1::/64', '2001:db8:1:2::/64'];

function withDatabase(...database: readonly Mapping[]): EtrConfig {
  return { ...XTR, database, mapServers: [] };
}

class Bench extends Timeline<RoleInput, RoleOutput, EtrState> {
  readonly etr: Etr;

  constructor(config: EtrConfig = XTR) {
    const etr = new Etr(config);
    super(etr, { kind: 'tick' });
    this.etr = etr;
  }

  start(): readonly RoleOutput[] {
    return this.at(0, { kind: 'start' });
  }

  receive(
    time: Micros,
    message: ControlMessage | Uint8Array,
    from = '10.0.1.1',
    to = '10.0.1.2',
  ): readonly RoleOutput[] {
    return this.at(time, { kind: 'message', received: received(message, from, to) });
  }

  ask(time: Micros, text: string, itrRloc = '10.0.255.1'): readonly RoleOutput[] {
    return this.receive(time, ecm(mapRequest([text], [itrRloc])));
  }

  registers(): { time: Micros; send: SendOutput; register: MapRegister }[] {
    return this.moments.flatMap(({ time, outputs }) =>
      sends(outputs).flatMap((send) =>
        send.message.type === 'map-register' ? [{ time, send, register: send.message }] : [],
      ),
    );
  }

  /** Times of Map-Registers, in seconds. */
  registerTimes(): number[] {
    return this.registers().map(({ time }) => time / 1_000_000);
  }

  configure(time: Micros, config: EtrConfig): RoleOutput[] {
    const out: RoleOutput[] = [];
    this.etr.configure(time, config, out);
    return out;
  }
}

function notify(register: MapRegister, key: SiteKey = KEY, fields: Partial<MapNotify> = {}): Uint8Array {
  const message: MapNotify = {
    type: 'map-notify',
    nonce: register.nonce,
    authentication: blankAuthentication(authKey(key)),
    records: register.records,
    trailer: new Uint8Array(0),
    reservedBits: 0,
    ...fields,
  };
  return encodeSigned(message, authKey(key));
}

function repliedEids(outputs: readonly RoleOutput[]): string[] {
  return sent(outputs, 'map-reply').records.map((record) => {
    const read = readRecord(record);
    return read.ok ? formatEidPrefix(read.value.eid) : read.error;
  });
}

describe('registration', () => {
  it('a Map-Register leaves at the start, signed, M=1, from 4342 to 4342', () => {
    const [send] = sends(new Bench().start());
    expect(send).toMatchObject({ sourcePort: 4342, to: { address: ip('10.0.1.1'), port: 4342 } });
    expect(verifyControl(send!.payload, authKey(KEY))).toBe('ok');
    expect(send!.message).toMatchObject({
      type: 'map-register',
      proxyReply: false,
      merge: false,
      wantMapNotify: true,
      useTtlForTimeout: false,
      records: [
        { ttlMinutes: 1440, maskBits: 32, authoritative: true, locators: [{ local: true, reachable: true }] },
      ],
    });
    expect(received(send!.payload, '10.0.1.2', '10.0.1.1').message).toEqual(send!.message);
  });

  it.each([1, 2, 3] as const)(
    'CP-30 algorithm %i signs the Map-Register and is demanded of the Map-Notify',
    (algorithmId) => {
      const key: SiteKey = { keyId: 7, algorithmId, secret: 'lisp-secret' };
      const bench = new Bench({ ...XTR, mapServers: [{ ...MAP_SERVER, key }] });
      const [send] = sends(bench.start());
      expect(verifyControl(send!.payload, authKey(key))).toBe('ok');
      const register = bench.registers()[0]!.register;
      const other = algorithmId === 2 ? 1 : 2;
      expect(drops(bench.receive(1, notify(register, { ...key, algorithmId: other })))).toHaveLength(1);
      expect(events(bench.receive(2, notify(register, key)))).toEqual(['map-notify-received']);
    },
  );

  it('CP-26 an xTR with IDs sends them', () => {
    const ids = { xtrId: new Uint8Array(16).fill(1), siteId: new Uint8Array(8).fill(2) };
    const bench = new Bench({ ...XTR, ids });
    bench.start();
    expect(bench.registers()[0]!.register.ids).toEqual(ids);
  });

  it('an acknowledged registration is repeated every 60 s', () => {
    const bench = new Bench();
    bench.start();
    for (let i = 0; i < 3; i++) {
      const { register, time } = bench.registers().at(-1)!;
      expect(events(bench.receive(time + millis(2), notify(register)))).toEqual(['map-notify-received']);
      bench.until(time + seconds(60));
    }
    expect(bench.registerTimes()).toEqual([0, 60, 120, 180]);
  });

  it('CP-33 an unacknowledged one after 1 s, then after twice as long each time, up to 60 s', () => {
    const bench = new Bench();
    bench.start();
    bench.until(seconds(250));
    expect(bench.registerTimes()).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it('CP-33 an acknowledgement of any of the sends ends the retries', () => {
    const bench = new Bench();
    bench.start();
    const { register } = bench.registers()[0]!;
    bench.until(seconds(3));
    bench.receive(seconds(4), notify(register));
    bench.until(seconds(63));
    expect(bench.registerTimes()).toEqual([0, 1, 3, 63]);
  });

  it.each([
    ['of another nonce', (r: MapRegister) => notify({ ...r, nonce: SOME_NONCE }), 'unknown-nonce'],
    [
      'of another secret',
      (r: MapRegister) => notify(r, { ...KEY, secret: 'KEY2' }),
      'map-notify-authentication',
    ],
    ['of another key ID', (r: MapRegister) => notify(r, { ...KEY, keyId: 1 }), 'map-notify-authentication'],
    [
      'without a MAC',
      (r: MapRegister) => {
        const bytes = notify(r);
        bytes.fill(0, 16, 32);
        return bytes;
      },
      'map-notify-authentication',
    ],
  ])('CP-32 a Map-Notify %s is dropped and does not end the retries (T17)', (_, forge, reason) => {
    const bench = new Bench();
    bench.start();
    const { register } = bench.registers()[0]!;
    expect(drops(bench.receive(millis(10), forge(register)))).toEqual([reason]);
    bench.until(seconds(3));
    expect(bench.registerTimes()).toEqual([0, 1, 3]);
  });

  it('CP-02 a Map-Notify with port 4342 on neither side is dropped', () => {
    const bench = new Bench();
    bench.start();
    const bytes = notify(bench.registers()[0]!.register);
    expect(drops(bench.receive(1, bytes, '10.0.1.1:1', '10.0.1.2:2'))).toEqual(['bad-port']);
    expect(drops(bench.receive(2, bytes, '10.0.1.1:1', '10.0.1.2:4342'))).toEqual([]);
  });

  it('CP-29 nonces rise, within a run and across restarts with a later clock', () => {
    const noncesOf = (clockSec: number): Nonce[] => {
      const bench = new Bench({ ...XTR, clockSec });
      bench.start();
      bench.until(seconds(100));
      return bench.registers().map(({ register }) => register.nonce);
    };
    const all = [...noncesOf(1_700_000_000), ...noncesOf(1_700_000_200)];
    expect(all.length).toBeGreaterThan(10);
    for (let i = 1; i < all.length; i++) expect(compareNonce(all[i]!, all[i - 1]!)).toBeGreaterThan(0);
  });

  it('CP-43 quick registration: every 20 s for 5 min, then every 60 s', () => {
    const bench = new Bench({ ...XTR, quickRegistration: true });
    bench.start();
    for (let i = 0; i < 20; i++) {
      const { register, time } = bench.registers().at(-1)!;
      bench.receive(time, notify(register));
      bench.until(bench.etr.nextDeadline());
    }
    const times = bench.registerTimes();
    expect(times.slice(0, 5)).toEqual([0, 20, 40, 60, 80]);
    expect(times.filter((time) => time <= 300)).toHaveLength(16);
    expect(times.slice(-3).map((time, i, all) => time - (all[i - 1] ?? time - 60))).toEqual([60, 60, 60]);
  });

  it('every Map-Server gets the EIDs of its families with its own key and proxy bit', () => {
    const other: EtrMapServer = {
      address: ip('2001:db8::1'),
      key: { ...KEY, secret: 'KEY6' },
      proxyReply: true,
      families: [4, 6],
    };
    const bench = new Bench({
      ...XTR,
      database: [...XTR.database, databaseMapping(eid('2001:db8:1::/48'), 60, [locator('10.0.1.2')])],
      mapServers: [MAP_SERVER, other],
    });
    bench.start();
    const [first, second] = bench.registers();
    expect(first!.register).toMatchObject({ proxyReply: false, records: [{ maskBits: 32 }] });
    expect(second!.register).toMatchObject({
      proxyReply: true,
      records: [{ maskBits: 32 }, { maskBits: 48, ttlMinutes: 60 }],
    });
    expect(verifyControl(second!.send.payload, authKey(other.key))).toBe('ok');
    expect(formatIp(second!.send.to.address)).toBe('2001:db8::1');
  });

  it('CP-03 a large database is split into messages of at most 576 bytes over IPv4, each acknowledged apart', () => {
    const database = Array.from({ length: 100 }, (_, i) =>
      databaseMapping(eid(`10.${i}.0.0/16`), 1440, [locator('10.0.1.2'), locator('2001:db8::2')]),
    );
    const bench = new Bench({ ...XTR, database });
    bench.start();
    const registers = bench.registers();
    expect(registers.length).toBeGreaterThan(5);
    for (const { send } of registers) expect(send.payload.length).toBeLessThanOrEqual(576 - 28);
    expect(registers.flatMap(({ register }) => register.records)).toHaveLength(100);
    bench.receive(1, notify(registers[0]!.register));
    bench.until(seconds(1));
    expect(bench.registers().slice(registers.length)).toHaveLength(registers.length - 1);
  });

  it('CP-25 registers its locators in ascending order, IPv4 first', () => {
    const locators = ['2001:db8::2', '10.0.9.9', '10.0.1.2'].map((text) => locator(text));
    const bench = new Bench({ ...XTR, database: [databaseMapping(eid('192.168.1.1/32'), 1440, locators)] });
    bench.start();
    const [record] = bench.registers()[0]!.register.records;
    expect(record!.locators.map(({ rloc }) => rloc.kind === 'ip' && formatIp(rloc.address))).toEqual([
      '10.0.1.2',
      '10.0.9.9',
      '2001:db8::2',
    ]);
  });
});

describe('a reconfigured ETR', () => {
  const acknowledge = (bench: Bench, time: Micros): void => {
    for (const { register } of bench.registers()) bench.receive(time, notify(register));
  };
  const more = databaseMapping(eid('192.168.1.2/32'), 1440, [locator('10.0.1.2')]);

  it('with the same configuration does nothing', () => {
    const bench = new Bench();
    bench.start();
    acknowledge(bench, 1);
    expect(bench.configure(seconds(5), structuredClone(XTR))).toEqual([]);
    bench.until(seconds(60));
    expect(bench.registerTimes()).toEqual([0, 60]);
  });

  it('registers what was added or changed at once', () => {
    const bench = new Bench();
    bench.start();
    acknowledge(bench, 1);
    const out = bench.configure(seconds(5), { ...XTR, database: [...XTR.database, more] });
    expect(sent(out, 'map-register').records).toHaveLength(2);
  });

  it('withdraws what was removed with TTL 0, until that is acknowledged', () => {
    const bench = new Bench({ ...XTR, database: [...XTR.database, more] });
    bench.start();
    acknowledge(bench, 1);
    const out = bench.configure(seconds(5), XTR);
    const [withdrawal, rest] = sends(out).map(({ message }) => message as MapRegister);
    expect(withdrawal!.records).toMatchObject([{ ttlMinutes: 0, eid: { address: ip('192.168.1.2') } }]);
    expect(rest!.records).toMatchObject([{ ttlMinutes: 1440, eid: { address: ip('192.168.1.1') } }]);
    bench.receive(seconds(5), notify(rest!));
    expect(sends(bench.until(seconds(6)))).toHaveLength(1);
    bench.receive(seconds(6), notify(withdrawal!));
    expect(sends(bench.until(seconds(64)))).toHaveLength(0);
  });

  it('stops withdrawing when the registration must have expired by itself', () => {
    const bench = new Bench();
    bench.start();
    acknowledge(bench, 1);
    bench.configure(seconds(5), { ...XTR, database: [] });
    bench.until(minutes(60));
    expect(bench.etr.nextDeadline()).toBe(Infinity);
    expect(bench.registerTimes().at(-1)).toBeLessThan(5 + 180);
  });

  it('LAB deviation 7: a mapping that is re-added while its withdrawal is out stays registered', () => {
    const bench = new Bench();
    bench.start();
    acknowledge(bench, 1);
    bench.configure(seconds(5), { ...XTR, database: [] });
    const again = sent(bench.configure(seconds(6), XTR), 'map-register');
    expect(again.records[0]!.ttlMinutes).toBe(1440);
    bench.receive(seconds(6), notify(again));
    bench.until(seconds(70));
    const ttls = bench.registers().map(({ register }) => register.records[0]!.ttlMinutes);
    expect(ttls.length).toBeGreaterThan(1);
    expect(ttls).not.toContain(0);
  });

  it('withdraws everything from a Map-Server that was removed, with its key', () => {
    const bench = new Bench();
    bench.start();
    acknowledge(bench, 1);
    const other = { ...MAP_SERVER, address: ip('10.0.7.7') };
    const out = sends(bench.configure(seconds(5), { ...XTR, mapServers: [other] }));
    expect(out.map(({ to }) => formatIp(to.address))).toEqual(['10.0.1.1', '10.0.7.7']);
    expect(out[0]!.message).toMatchObject({ records: [{ ttlMinutes: 0 }] });
    expect(verifyControl(out[0]!.payload, authKey(KEY))).toBe('ok');
  });

  it('configured before its start registers once, at its start', () => {
    const bench = new Bench(noEtr());
    expect(bench.configure(0, XTR)).toEqual([]);
    expect(bench.etr.nextDeadline()).toBe(Infinity);
    expect(sends(bench.start())).toHaveLength(1);
  });
});

describe('a Map-Request', () => {
  it('from a Map-Server is answered as packet 7 of the lab', () => {
    const bench = new Bench();
    const out = bench.ask(0, '192.168.1.1');
    expect(sends(out)).toMatchObject([{ sourcePort: 4342, to: { address: ip('10.0.255.1'), port: 4342 } }]);
    expect(sends(out)[0]!.source).toBeUndefined();
    expect(sent(out, 'map-reply')).toMatchObject({
      probe: false,
      nonce: SOME_NONCE,
      records: [
        {
          ttlMinutes: 1440,
          maskBits: 32,
          action: 0,
          authoritative: true,
          eid: { address: ip('192.168.1.1') },
          locators: [
            {
              priority: 1,
              weight: 100,
              local: true,
              probed: false,
              reachable: true,
              rloc: { address: ip('10.0.1.2') },
            },
          ],
        },
      ],
    });
    expect(events(out)).toEqual(['map-reply-sent']);
  });

  it('is answered to its inner source port, a plain one to its outer one', () => {
    const bench = new Bench();
    const request = mapRequest(['192.168.1.1'], ['10.0.255.1']);
    const encapsulated = bench.receive(0, ecm(request, 61_000), '10.0.1.1:5000');
    expect(sends(encapsulated)[0]!.to.port).toBe(61_000);
    const plain = bench.receive(1, request, '10.0.255.1:62000');
    expect(sends(plain)[0]!.to.port).toBe(62_000);
  });

  it('for another EID is dropped', () => {
    expect(new Bench().ask(0, '192.168.1.2')).toMatchObject([{ kind: 'drop', reason: 'no-mapping' }]);
  });

  it('with D set gets no reply', () => {
    const bench = new Bench();
    const out = bench.receive(0, mapRequest(['192.168.1.1'], ['10.0.255.1'], { dontReply: true }));
    expect(out).toMatchObject([{ kind: 'drop', reason: 'no-reply-wanted' }]);
  });

  it('that solicits (SMR) gets no reply', () => {
    const bench = new Bench();
    expect(drops(bench.receive(0, mapRequest(['192.168.1.1'], ['10.0.255.1'], { smr: true })))).toEqual([
      'smr-not-supported',
    ]);
  });

  it('CP-07 is answered to the first ITR-RLOC of a family in use, never to an illegal one (T8)', () => {
    const bench = new Bench({ ...XTR, underlay: [4] });
    const target = (...rlocs: string[]): string | undefined => {
      const [send] = sends(bench.receive(bench.now, ecm(mapRequest(['192.168.1.1'], rlocs))));
      return send === undefined ? undefined : formatIp(send.to.address);
    };
    expect(target('2001:db8::9', '224.0.0.5', '10.0.255.1', '10.0.255.2')).toBe('10.0.255.1');
    expect(target('2001:db8::9')).toBeUndefined();
    expect(target('224.0.0.5', '255.255.255.255', '0.0.0.0', '127.0.0.1')).toBeUndefined();
    expect(drops(bench.moments.at(-1)!.outputs)).toEqual(['no-itr-rloc']);
  });

  it('CP-02 with port 4342 on neither side is dropped', () => {
    const bench = new Bench();
    const request = mapRequest(['192.168.1.1'], ['10.0.255.1']);
    expect(drops(bench.receive(0, request, '10.0.255.1:1', '10.0.1.2:2'))).toEqual(['bad-port']);
    expect(drops(bench.receive(0, request, '10.0.255.1:4342', '10.0.1.2:2'))).toEqual([]);
  });

  it('CP-06 with several records is answered for all of ours in one message', () => {
    const bench = new Bench(
      withDatabase(mapping('10.1.0.0/16', ['10.0.1.2']), mapping('10.2.0.0/16', ['10.0.1.2'])),
    );
    const request = mapRequest(['10.2.0.1', '10.9.0.1', '10.1.0.1', '10.2.0.7'], ['10.0.255.1']);
    expect(repliedEids(bench.receive(0, ecm(request)))).toEqual(['10.2.0.0/16', '10.1.0.0/16']);
  });

  it.each([
    ['2001:db8:1:1::1', ['2001:db8:1:1::/64']],
    ['2001:db8:1:5::5', ['2001:db8:1::/48', '2001:db8:1:1::/64', '2001:db8:1:2::/64']],
    ['2001:db8:9::1', OVERLAPPING],
  ])('CP-23 for %s is answered with the best match and what lies inside it', (asked, expected) => {
    const bench = new Bench(withDatabase(...OVERLAPPING.map((text) => mapping(text, ['10.0.1.2']))));
    expect(repliedEids(bench.ask(0, asked))).toEqual(expected);
  });

  it('CP-24 one TTL for all records of an answer', () => {
    const database = OVERLAPPING.map((text, i) => mapping(text, ['10.0.1.2'], { ttlMinutes: 100 - i }));
    const reply = sent(new Bench(withDatabase(...database)).ask(0, '2001:db8:1:5::5'), 'map-reply');
    expect(reply.records.map(({ ttlMinutes }) => ttlMinutes)).toEqual([97, 97, 97]);
  });

  it('CP-03 CP-23 an answer that does not fit is the widest part around the EID that meets no more-specific', () => {
    const inside = Array.from({ length: 60 }, (_, i) => mapping(`10.1.${i}.0/24`, ['10.0.1.2']));
    const bench = new Bench(withDatabase(mapping('10.1.0.0/16', ['10.0.1.2']), ...inside));
    const out = bench.ask(0, '10.1.200.1');
    expect(repliedEids(out)).toEqual(['10.1.128.0/17']);
    expect(sends(out)[0]!.payload.length).toBeLessThanOrEqual(576 - 28);
    expect(repliedEids(bench.ask(1, '10.1.61.1'))).toEqual(['10.1.60.0/22']);
    expect(repliedEids(bench.ask(2, '10.1.7.1'))).toEqual(['10.1.7.0/24']);
  });

  it('CP-21 is not answered for ever: three at once, then one per 3 s and (ITR-RLOC, EID-Prefix)', () => {
    const bench = new Bench(withDatabase(mapping('10.1.0.0/16', ['10.0.1.2'])));
    const replies = (text: string, rloc: string, from: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => seconds(from + i)).flatMap((time) =>
        sends(bench.ask(time, text, rloc)).length === 1 ? [time / 1_000_000] : [],
      );
    // A request a second: the retransmissions of an ITR whose replies are lost.
    expect(replies('10.1.0.1', '10.0.255.1', 0, 14)).toEqual([0, 1, 2, 3, 6, 9, 12]);
    expect(drops(bench.ask(seconds(14), '10.1.0.1'))).toEqual(['map-reply-rate']);
    expect(sends(bench.ask(seconds(14), '10.1.0.2'))).toHaveLength(1);
    expect(sends(bench.ask(seconds(14), '10.1.0.1', '10.0.255.2'))).toHaveLength(1);
  });

  it('CP-21 in strict mode one per 3 s and ITR-RLOC, whatever is asked', () => {
    const bench = new Bench({ ...withDatabase(mapping('10.1.0.0/16', ['10.0.1.2'])), replyLimit: 'rloc' });
    expect(sends(bench.ask(0, '10.1.0.1'))).toHaveLength(1);
    expect(drops(bench.ask(seconds(3) - 1, '10.1.0.2'))).toEqual(['map-reply-rate']);
    expect(sends(bench.ask(seconds(3), '10.1.0.2'))).toHaveLength(1);
  });
});

describe('an RLOC-probe', () => {
  const probe = mapRequest(['192.168.1.1'], ['10.0.255.1'], { probe: true });

  it('CP-10 CP-18 is answered from the probed address, nonce copied, A=1, p on that locator alone', () => {
    const bench = new Bench(
      withDatabase(databaseMapping(eid('192.168.1.1/32'), 1440, [locator('10.0.1.3'), locator('10.0.1.2')])),
    );
    const out = bench.receive(0, probe, '10.0.255.1', '10.0.1.2');
    expect(sends(out)[0]!.source).toEqual(ip('10.0.1.2'));
    const reply = sent(out, 'map-reply');
    expect(reply).toMatchObject({ probe: true, nonce: SOME_NONCE });
    expect(reply.records.every(({ authoritative }) => authoritative)).toBe(true);
    expect(reply.records[0]!.locators.map(({ probed }) => probed)).toEqual([true, false]);
  });

  it('CP-11 inside an ECM is dropped', () => {
    expect(new Bench().receive(0, ecm(probe))).toMatchObject([
      { kind: 'drop', reason: 'encapsulated-probe' },
    ]);
  });

  it('has a limit of its own: a flood of probes starves no other answer (T9)', () => {
    const bench = new Bench();
    for (let i = 0; i < 10; i++) bench.receive(i, probe);
    expect(drops(bench.moments.at(-1)!.outputs)).toEqual(['map-reply-rate']);
    expect(sends(bench.ask(11, '192.168.1.1'))).toHaveLength(1);
  });
});

describe('an ETR that is saved and restored', () => {
  it('at any step goes on as if nothing had happened', () => {
    const config = {
      ...XTR,
      quickRegistration: true,
      mapServers: [MAP_SERVER, { ...MAP_SERVER, address: ip('10.0.7.7') }],
    };
    const bench = new Bench(config);
    bench.start();
    bench.until(seconds(2));
    bench.receive(seconds(2), notify(bench.registers()[2]!.register));
    for (let i = 0; i < 5; i++) bench.ask(seconds(3) + i, '192.168.1.1');
    bench.ask(seconds(4), '192.168.1.9');
    bench.until(seconds(70));
    bench.receive(seconds(70), notify(bench.registers().at(-1)!.register));
    bench.until(seconds(140));
    expect(bench.moments.length).toBeGreaterThan(15);
    expectSplitsInvisible(() => new Etr(config), bench.moments);
  });
});
