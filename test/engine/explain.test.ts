import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { cidr, formatIp, ip } from '../../src/base/ip-text.ts';
import {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_PITR_DESTINATION,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
} from '../../src/engine/codes.ts';
import type { EncapTarget, NextHop } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import type { Explanation } from '../../src/engine/phases.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { applyOp, ForwardingGen } from '../support/gen-forwarding.ts';
import { connected, send, via } from './forwarding-support.ts';

// lisp1 and mapserver of the article's lab (docs/LAB.md), lookups done.

const LOCAL: NextHop = { kind: 'local', interfaceIndex: 1, mtu: 1500 };

function target(source: string, destination: string, nextHop: NextHop): EncapTarget {
  return { source: ip(source), destination: ip(destination), priority: 1, weight: 100, nextHop };
}

function lisp1(usePetr = false): Model {
  const model = new Model();
  const toMapserver = via(ip('10.0.1.1'), 0);
  model.setRoute(0, cidr('192.168.1.1/32'), LOCAL);
  model.setRoute(0, cidr('10.0.1.2/32'), LOCAL);
  model.setRoute(0, cidr('10.0.1.0/30'), connected(0));
  model.setRoute(0, cidr('0.0.0.0/0'), toMapserver);
  model.setPolicy(eidPrefix(cidr('192.168.1.1/32')), POLICY_ITR_SOURCE | POLICY_ETR_DESTINATION);
  model.setEntry({ eid: eidPrefix(cidr('0.0.0.0/0')), action: 2, targets: [] });
  model.setEntry({ eid: eidPrefix(cidr('0.0.0.0/1')), action: 1, targets: [] });
  if (usePetr) model.setPetr(0, 4, [target('10.0.1.2', '10.0.255.1', toMapserver)]);
  model.publish();
  return model;
}

function mapserver(): Model {
  const model = new Model();
  model.setRoute(0, cidr('10.0.255.1/32'), LOCAL);
  model.setRoute(0, cidr('10.0.1.0/30'), connected(0));
  model.setRoute(0, cidr('0.0.0.0/0'), via(ip('10.0.3.2'), 2));
  model.setPolicy(eidPrefix(cidr('192.168.1.0/24')), POLICY_PITR_DESTINATION | POLICY_PETR_SOURCE);
  model.setProxyEtr(true);
  model.setEntry({ eid: eidPrefix(cidr('192.168.1.0/24')), action: 2, targets: [] });
  model.setEntry({
    eid: eidPrefix(cidr('192.168.1.1/32')),
    action: ACTION_FORWARD,
    targets: [target('10.0.255.1', '10.0.1.2', connected(0))],
  });
  model.publish();
  return model;
}

function echo(
  source: string,
  destination: string,
  type: 'echo-request' | 'echo-reply',
  ttl = 255,
): Uint8Array {
  return buildIcmpPacket(
    { source: ip(source), destination: ip(destination), ttl },
    { type, identifier: 0, sequence: 0, data: new Uint8Array(72) },
  );
}

const REQUEST = echo('192.168.1.1', '4.4.4.4', 'echo-request');
const REPLY = echo('4.4.4.4', '192.168.1.1', 'echo-reply');
const MADE_HERE = { interfaceIndex: 0, originated: true };

function lines({ phases }: Explanation): string[] {
  return phases.map(({ phase, table, key, result }) => `${phase} | ${table} | ${key} | ${result}`);
}

describe('explain', () => {
  it('packet 3 of the article: lisp1 sends the echo request natively', () => {
    const explanation = lisp1().explain(REQUEST, MADE_HERE);
    expect(lines(explanation)).toEqual([
      'parse | - | 100 bytes | IPv4 192.168.1.1 > 4.4.4.4, ICMP, TTL 255, DSCP 0, Not-ECT, 100 bytes',
      'local address | routes | 4.4.4.4 | not an own address',
      'TTL | - | 255 | made here: kept',
      'underlay route | routes | 4.4.4.4 | 0.0.0.0/0, via 10.0.1.1 on interface 0: LISP may know better',
      'eligibility | policies | 192.168.1.1 > 4.4.4.4 | the source is a local EID (ITR)',
      'map-cache lookup | map-cache | 4.4.4.4 | 0.0.0.0/1, natively-forward',
      'action | - | natively-forward | no LISP site there: without a LISP header',
      'PETR override | PETR | IPv4 | none in use: natively',
      'underlay route | routes | 4.4.4.4 | 0.0.0.0/0, via 10.0.1.1 on interface 0',
      'MTU | - | 100 bytes | fits 1500',
      'verdict | - | - | native, out of interface 0 to 10.0.1.1',
    ]);
    expect(explanation).toMatchObject({ verdict: VERDICT_NATIVE, reason: 0, outInterface: 0 });
    expect(toHex(explanation.bytes)).toBe(toHex(REQUEST));
  });

  it('packet 3 with use-petr: the override, then the locator', () => {
    const all = lines(lisp1(true).explain(REQUEST, MADE_HERE));
    expect(all).toContain('PETR override | PETR | IPv4 | encapsulate to the PETR');
    expect(all.at(-1)).toBe('verdict | - | - | encapsulated, out of interface 0 to 10.0.1.1');
    expect(all.find((line) => line.startsWith('locator choice'))).toMatch(
      /^locator choice \| PETR \| flow hash 0x[0-9a-f]{8} \| 10\.0\.1\.2 > 10\.0\.255\.1, priority 1 weight 100, bucket \d+ of \d+$/,
    );
  });

  it('packet 11: mapserver encapsulates the echo reply to lisp1', () => {
    const explanation = mapserver().explain(REPLY, { interfaceIndex: 2 });
    const all = lines(explanation);
    expect(all.slice(0, 7)).toEqual([
      'parse | - | 100 bytes | IPv4 4.4.4.4 > 192.168.1.1, ICMP, TTL 255, DSCP 0, Not-ECT, 100 bytes',
      'local address | routes | 192.168.1.1 | not an own address',
      'TTL | - | 255 | leaves as 254',
      'underlay route | routes | 192.168.1.1 | 0.0.0.0/0, via 10.0.3.2 on interface 2: LISP may know better',
      'eligibility | policies | 4.4.4.4 > 192.168.1.1 | the destination is in a proxy range (PITR)',
      'map-cache lookup | map-cache | 192.168.1.1 | 192.168.1.1/32, forward to 1 locator',
      'action | - | forward | encapsulate',
    ]);
    expect(all[7]).toMatch(/^locator choice \| map-cache \| flow hash 0x/);
    expect(all[8]).toBe('MTU | - | 100 + 36 bytes | fits 1464');
    expect(all[9]).toMatch(
      /^encapsulation \| - \| 10\.0\.255\.1 > 10\.0\.1\.2 \| UDP \d+ > 4341, TTL 254, DSCP 0, Not-ECT, instance 0, 136 bytes$/,
    );
    expect(all.slice(10)).toEqual(['verdict | - | - | encapsulated, out of interface 0']);
    expect(explanation.verdict).toBe(VERDICT_ENCAP);
    expect(explanation.bytes).toHaveLength(136);
  });

  it('decapsulation at lisp1 is told from the UDP checksum to the delivery', () => {
    const { bytes } = send(mapserver(), REPLY);
    const explanation = lisp1().explain(bytes, { interfaceIndex: 0 });
    expect(explanation.phases.map(({ phase }) => phase)).toEqual([
      'parse',
      'local address',
      'UDP check',
      'decapsulation',
      'inner packet',
      'TTL, DSCP and ECN merge',
      'acceptance',
      'parse',
      'local address',
      'verdict',
    ]);
    expect(lines(explanation)).toEqual(
      expect.arrayContaining([
        'local address | routes | 10.0.1.2 | own address, LISP data',
        'UDP check | - | length 116, checksum 0 | not computed by the sender',
        'decapsulation | - | flags -------- | instance 0',
        'acceptance | policies | 4.4.4.4 > 192.168.1.1 | the destination is a local EID (ETR)',
        'local address | routes | 192.168.1.1 | own address: deliver',
      ]),
    );
  });

  it('a spoofed source at the PETR: the acceptance phase names the refusal', () => {
    const { bytes } = send(lisp1(true), REQUEST, MADE_HERE);
    const spoofed = bytes.slice();
    spoofed.set(echo('10.9.9.9', '4.4.4.4', 'echo-request'), 36);
    const accepted = mapserver().explain(bytes, { interfaceIndex: 0 });
    expect(lines(accepted)).toContain(
      'acceptance | policies | 192.168.1.1 > 4.4.4.4 | the source is of a served site (PETR)',
    );
    const refused = mapserver().explain(spoofed, { interfaceIndex: 0 });
    expect(refused.verdict).toBe(VERDICT_DROP);
    expect(lines(refused).slice(-2)).toEqual([
      'acceptance | policies | 10.9.9.9 > 4.4.4.4 | source-denied: the inner source belongs to no site served here',
      'verdict | - | - | drop, source-denied: the inner source belongs to no site served here',
    ]);
  });

  it('every phase names its rule, most of them an RFC section', () => {
    const { bytes } = send(mapserver(), REPLY);
    const phases = [
      ...lisp1(true).explain(REQUEST, MADE_HERE).phases,
      ...lisp1().explain(bytes, { interfaceIndex: 0 }).phases,
    ];
    for (const { phase, rule } of phases) if (phase !== 'verdict') expect(rule).toMatch(/RFC \d+ §/);
  });

  it('says of random packets what process does with them, and leaves no trace', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const gen = new ForwardingGen(seed);
      const model = new Model();
      for (const op of gen.tables()) applyOp(model, op);
      model.publish();
      const packets = Array.from({ length: 60 }, () => gen.packet());
      const copies = packets.map(({ bytes }) => toHex(bytes));
      const state = (): unknown => [model.counters(), gen.eids.map((eid) => model.hits(eid))];
      const before = state();
      const explained = packets.map(({ bytes, options }) => model.explain(bytes, options));
      expect(state(), `seed ${seed}`).toEqual(before);
      expect(packets.map(({ bytes }) => toHex(bytes))).toEqual(copies);

      for (const { bytes, options } of packets) model.inject(bytes, options);
      model.process();
      const done: unknown[] = [];
      model.collect((v, bytes) => done.push([v.verdict, v.reason, v.outInterface, toHex(bytes)]));
      const said = explained.map((e) => [e.verdict, e.reason, e.outInterface, toHex(e.bytes)]);
      expect(said, `seed ${seed}`).toEqual(done);
      const words = explained.flatMap(({ phases }) =>
        phases.flatMap((phase) => Object.values<string>({ ...phase })),
      );
      expect(words.filter((text) => /^$|undefined|NaN|\[object/.test(text))).toEqual([]);
    }
  });

  it('an explanation belongs to the caller', () => {
    const packet = REPLY.slice();
    const { bytes } = lisp1().explain(packet, { interfaceIndex: 0 });
    packet.fill(0);
    expect(formatIp(ip('4.4.4.4'))).toBe([...bytes.subarray(12, 16)].join('.'));
  });
});
