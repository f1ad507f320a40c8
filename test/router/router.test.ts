import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { minutes, seconds, type Micros } from '../../src/base/time.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { Model } from '../../src/engine/model.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import type { NodeOutput, PingResult } from '../../src/router/node.ts';
import type { RouterOptions } from '../../src/router/options.ts';
import { itrConfig } from '../../src/router/role-config.ts';
import { Router } from '../../src/router/router.ts';
import { Underlay } from '../../src/router/underlay.ts';
import { buildIcmpPacket, decodeIcmp, type IcmpMessage } from '../../src/wire/icmp.ts';
import { decodeIp, type IpPacket } from '../../src/wire/ip-packet.ts';
import { PROTOCOL_ICMP } from '../../src/wire/ipv4.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';

function router(config: string): Router {
  const parsed = parseConfig(config);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return new Router(parsed.value.options, { dataPlane: new Model(), random: new SeededRandom(1) });
}

function started(config: string): Router {
  const node = router(config);
  node.start(0, []);
  return node;
}

/** Runs timers up to `until`; the node talks to nobody but itself. */
function run(node: Router, until: Micros): NodeOutput[] {
  const out: NodeOutput[] = [];
  while (node.nextDeadline() <= until) node.advance(node.nextDeadline(), [], out);
  return out;
}

function send(node: Router, now: Micros, bytes: Uint8Array, interfaceIndex = 0): NodeOutput[] {
  const out: NodeOutput[] = [];
  node.advance(now, [{ interfaceIndex, bytes }], out);
  return out;
}

function transmitted(out: readonly NodeOutput[]): { packet: IpPacket; interfaceIndex: number }[] {
  return out.flatMap((output) => {
    if (output.kind !== 'transmit') return [];
    const packet = decodeIp(output.bytes);
    if (!packet.ok) throw new Error('the router sent a malformed packet');
    return [{ packet: packet.value, interfaceIndex: output.interfaceIndex }];
  });
}

function icmpOf(packet: IpPacket | undefined): IcmpMessage {
  if (packet?.protocol !== PROTOCOL_ICMP) throw new Error('expected ICMP');
  const icmp = decodeIcmp(packet.payload, packet);
  if (!icmp.ok || !icmp.value.checksumOk) throw new Error('bad ICMP');
  return icmp.value.message;
}

function echo(source: string, destination: string, ttl = 64, size = 0): Uint8Array {
  return buildIcmpPacket(
    { source: ip(source), destination: ip(destination), ttl },
    { type: 'echo-request', identifier: 7, sequence: 1, data: new Uint8Array(size) },
  );
}

const PLAIN = `
hostname r1
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
 ip mtu 1000
ip route 20.0.0.0 255.0.0.0 10.0.2.2
`;

describe('a router without LISP', () => {
  it('routes, lowering the TTL by one and changing nothing else', () => {
    const before = decodeIp(echo('10.0.1.2', '20.1.1.1', 64, 100));
    const [out] = transmitted(send(started(PLAIN), 0, echo('10.0.1.2', '20.1.1.1', 64, 100)));
    expect(out?.interfaceIndex).toBe(1);
    expect(before.ok && { ...before.value, ttl: 63 }).toEqual(out?.packet);
    expect(out?.packet.checksumOk).toBe(true);
  });

  it('answers echo requests to each of its addresses', () => {
    const [out] = transmitted(send(started(PLAIN), 0, echo('10.0.1.2', '10.0.2.1')));
    expect(out?.packet).toMatchObject({ source: ip('10.0.2.1'), destination: ip('10.0.1.2'), ttl: 255 });
    expect(icmpOf(out?.packet)).toMatchObject({ type: 'echo-reply', identifier: 7, sequence: 1 });
  });

  it('tells the sender when a TTL ends, quoting the packet as it came', () => {
    const packet = echo('10.0.1.2', '20.1.1.1', 1);
    const [out] = transmitted(send(started(PLAIN), 0, packet));
    expect(out?.packet).toMatchObject({ source: ip('10.0.1.1'), destination: ip('10.0.1.2') });
    expect(icmpOf(out?.packet)).toEqual({ type: 'time-exceeded', code: 0, quote: packet });
  });

  it('tells the sender when there is no route', () => {
    const [out] = transmitted(send(started(PLAIN), 0, echo('10.0.1.2', '30.1.1.1')));
    expect(icmpOf(out?.packet)).toMatchObject({ type: 'unreachable', code: 1 });
  });

  it('tells the sender when nothing listens on a UDP port', () => {
    const datagram = buildUdpPacket(
      {
        source: ip('10.0.1.2'),
        destination: ip('10.0.1.1'),
        sourcePort: 4000,
        destinationPort: 33434,
        ttl: 9,
        checksum: 'compute',
      },
      new Uint8Array(4),
    );
    const [out] = transmitted(send(started(PLAIN), 0, datagram));
    expect(icmpOf(out?.packet)).toMatchObject({ type: 'unreachable', code: 3 });
  });

  it('fragments what may be fragmented and names the MTU where it may not', () => {
    const node = started(PLAIN);
    const parts = transmitted(send(node, 0, echo('10.0.1.2', '20.1.1.1', 64, 1400)));
    expect(parts.map(({ packet }) => packet.moreFragments)).toEqual([true, false]);
    expect(parts.every(({ packet }) => packet.totalLength <= 1000 && packet.ttl === 63)).toBe(true);
    expect(parts.reduce((sum, { packet }) => sum + packet.payload.length, 0)).toBe(1408);
    const fixed = buildIcmpPacket(
      { source: ip('10.0.1.2'), destination: ip('20.1.1.1'), ttl: 64, dontFragment: true },
      { type: 'echo-request', identifier: 7, sequence: 1, data: new Uint8Array(1400) },
    );
    const [refusal] = transmitted(send(node, 0, fixed));
    expect(icmpOf(refusal?.packet)).toMatchObject({ type: 'unreachable', code: 4, mtu: 1000 });
  });

  it('does not answer an ICMP error with an ICMP error', () => {
    const error = buildIcmpPacket(
      { source: ip('10.0.1.2'), destination: ip('30.1.1.1'), ttl: 64 },
      { type: 'time-exceeded', code: 0, quote: echo('10.0.1.1', '30.1.1.1') },
    );
    expect(transmitted(send(started(PLAIN), 0, error))).toEqual([]);
  });

  it('limits its ICMP errors to a burst and a rate', () => {
    const node = started(PLAIN);
    const flood = (now: Micros): number => {
      let count = 0;
      for (let i = 0; i < 50; i++) count += transmitted(send(node, now, echo('10.0.1.2', '30.1.1.1'))).length;
      return count;
    };
    expect(flood(0)).toBe(10);
    expect(flood(seconds(0.5))).toBe(5);
  });

  it('counts control messages it does not serve', () => {
    const node = started(PLAIN);
    const garbage = buildUdpPacket(
      {
        source: ip('10.0.1.2'),
        destination: ip('10.0.1.1'),
        sourcePort: 4342,
        destinationPort: 4342,
        ttl: 9,
        checksum: 'compute',
      },
      Uint8Array.of(0x70, 1, 2, 3),
    );
    send(node, 0, garbage);
    expect([...node.control()]).toEqual([['drop:unserved-unknown', 1]]);
  });

  it('CP-01 refuses a control message without a UDP checksum or with a wrong one', () => {
    const node = started(PLAIN);
    const fields = { source: ip('10.0.1.2'), destination: ip('10.0.1.1'), sourcePort: 4342, ttl: 9 };
    const payload = Uint8Array.of(0x70, 1, 2, 3);
    send(node, 0, buildUdpPacket({ ...fields, destinationPort: 4342, checksum: 'zero' }, payload));
    const wrong = buildUdpPacket({ ...fields, destinationPort: 4342, checksum: 'compute' }, payload);
    wrong[27] = wrong[27]! ^ 1;
    send(node, 0, wrong);
    expect([...node.control().keys()]).toEqual(['drop:control-checksum-zero', 'drop:control-checksum']);
  });
});

/** Every role on one router: it registers with itself, resolves with itself. */
const ALL_ROLES = `
hostname box
interface Loopback0
 ip address 10.0.255.1 255.255.255.255
interface Loopback1
 ip address 192.168.1.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.3.1 255.255.255.252
router lisp
 database-mapping 192.168.1.1/32 10.0.255.1 priority 1 weight 100
 site site1
  authentication-key KEY1
  eid-prefix 192.168.0.0/16 accept-more-specifics
  exit
 ipv4 map-server
 ipv4 map-resolver
 ipv4 proxy-etr
 ipv4 proxy-itr 10.0.255.1
 ipv4 itr map-resolver 10.0.255.1
 ipv4 itr
 ipv4 etr map-server 10.0.255.1 key KEY1
 ipv4 etr
 map-cache 192.168.0.0/16 map-request
 miss-policy hold
 exit
ip route 0.0.0.0 0.0.0.0 10.0.3.2
`;

describe('all roles on one router', () => {
  it('it registers with itself, and the registration appears on no wire', () => {
    const node = router(ALL_ROLES);
    const out: NodeOutput[] = [];
    node.start(0, out);
    out.push(...run(node, minutes(2)));
    const [configured, dynamic] = node.sites()[0]!.prefixes;
    expect(configured?.registrations).toEqual([]);
    expect(dynamic?.registrations).toMatchObject([{ etr: ip('10.0.255.1'), siteName: 'site1' }]);
    expect(transmitted(out)).toEqual([]);
  });

  it('a ping from its EID learns what is outside from itself and leaves natively', () => {
    const node = started(ALL_ROLES);
    run(node, seconds(1));
    const out: NodeOutput[] = [];
    const request = { destination: ip('4.4.4.4'), source: ip('192.168.1.1'), count: 1, size: 100 };
    node.ping(seconds(1), { ...request, timeout: seconds(2) }, out);
    const sent = transmitted(out);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.packet).toMatchObject({
      source: ip('192.168.1.1'),
      destination: ip('4.4.4.4'),
      ttl: 255,
    });
    const entries = node.mapCache(4).map(({ entry }) => entry.mapping);
    expect(entries.some(({ eid, action }) => eid.prefix.bits === 1 && action === 1)).toBe(true);
  });

  it('a packet from outside to its EID is delivered', () => {
    const node = started(ALL_ROLES);
    run(node, seconds(1));
    const [reply] = transmitted(send(node, seconds(1), echo('4.4.4.4', '192.168.1.1'), 2));
    expect(icmpOf(reply?.packet).type).toBe('echo-reply');
  });
});

describe('save and restore', () => {
  it('restore(save()) is indistinguishable from no interruption', () => {
    const original = started(ALL_ROLES);
    run(original, seconds(90));
    const copy = router(PLAIN);
    copy.restore(structuredClone(original.save()));
    const outs: NodeOutput[][] = [[], []];
    for (const [i, node] of [original, copy].entries()) {
      const ping = { destination: ip('4.4.4.4'), source: ip('192.168.1.1'), count: 2, size: 100 };
      node.ping(seconds(91), { ...ping, timeout: seconds(2) }, outs[i]!);
      outs[i]!.push(...run(node, seconds(200)));
    }
    expect(outs[1]).toEqual(outs[0]);
    expect(copy.save()).toEqual(original.save());
    expect(copy.forwarding()).toEqual(original.forwarding());
  });

  it('a new configuration keeps what still holds', () => {
    const node = started(ALL_ROLES);
    run(node, seconds(1));
    const parsed = parseConfig(ALL_ROLES.replace('miss-policy hold', 'miss-policy drop'));
    if (!parsed.ok) throw new Error('bad configuration');
    node.configure(seconds(2), parsed.value.options, []);
    expect(node.sites()[0]!.prefixes[1]?.registrations).toHaveLength(1);
  });
});

describe('an engine that is full', () => {
  const entries = (count: number): string =>
    Array.from({ length: count }, (_, i) => ` map-cache 172.16.${i}.0/24 map-request`).join('\n');
  const config = (count: number): string => ALL_ROLES.replace(' miss-policy hold', entries(count));

  it('is told of, keeps its last tables, and takes a smaller configuration', () => {
    const dataPlane = createEngineSync({ entries: 32 });
    const options = (count: number): RouterOptions => {
      const parsed = parseConfig(config(count));
      if (!parsed.ok) throw new Error('bad configuration');
      return parsed.value.options;
    };
    const node = new Router(options(8), { dataPlane, random: new SeededRandom(1) });
    node.start(0, []);
    run(node, seconds(1));
    const out: NodeOutput[] = [];
    node.configure(seconds(2), options(100), out);
    expect(node.control().get('drop:engine-no-room')).toBe(1);
    const isAsked = (address: string): boolean => dataPlane.matchEntry(0, ip(address)) !== undefined;
    expect([isAsked('172.16.7.1'), isAsked('172.16.9.1')]).toEqual([true, true]);
    expect(dataPlane.matchEntry(0, ip('172.16.9.1'))?.prefix.bits).toBe(0);
    node.configure(seconds(3), options(10), out);
    expect(node.control().get('drop:engine-no-room')).toBe(1);
    expect(dataPlane.matchEntry(0, ip('172.16.9.1'))?.prefix.bits).toBe(24);
    expect(dataPlane.matchEntry(0, ip('172.16.10.1'))?.prefix.bits).toBe(0);
  });

  it('learned entries leave half of its room for a new configuration', () => {
    const parsed = parseConfig(config(8));
    if (!parsed.ok) throw new Error('bad configuration');
    const { lisp } = parsed.value.options;
    const node = { firstName: 'box', clockSec: 0, entryCapacity: 1000 };
    // Eight ranges, the one of the sites, the default, two PETRs.
    expect(itrConfig(lisp!, new Underlay(parsed.value.options), node).maxEntries).toBe(500 - 12);
  });
});

describe('explain', () => {
  it('says what the data plane would do, and changes nothing', () => {
    const node = started(ALL_ROLES);
    const before = node.save();
    const explanation = node.explain(echo('4.4.4.4', '192.168.9.9'), { interfaceIndex: 2 });
    expect(explanation.phases.map(({ phase }) => phase)).toContain('map-cache lookup');
    expect(node.save()).toEqual(before);
  });
});

describe('ping', () => {
  it('without an address to send from every echo is lost at once', () => {
    const out: NodeOutput[] = [];
    const request = { destination: ip('2001:db8::1'), count: 3, size: 100, timeout: seconds(2) };
    started(PLAIN).ping(0, request, out);
    const done = out.find((output): output is { kind: 'ping-done'; result: PingResult } => {
      return output.kind === 'ping-done';
    });
    expect(done?.result).toMatchObject({ marks: '...', received: 0 });
  });
});
