// What an operator does to a running router besides configuring it: clear, trace, look inside.
import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds } from '../../src/base/time.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { formatEidPrefix } from '../../src/mapping/eid.ts';
import { Fragmenter } from '../../src/router/fragmenter.ts';
import type { NodeOutput } from '../../src/router/node.ts';
import { MAX_TRACES_COUNT } from '../../src/router/packet-trace.ts';
import { Router } from '../../src/router/router.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';
import { labFile } from '../scenarios/support.ts';
import { eid } from '../support/messages.ts';
import { example, LabNet } from './lab-net.ts';

function cache(net: LabNet, node: string): string[] {
  return net
    .router(node)
    .mapCache(4)
    .map(({ entry }) => `${formatEidPrefix(entry.mapping.eid)} ${entry.origin}`);
}

function clear(net: LabNet, node: string, prefix?: string): number {
  let count = 0;
  net.onRouter(node, (router, out, now) => {
    count = router.clearMapCache(now, 4, prefix === undefined ? undefined : eid(prefix), out);
  });
  return count;
}

describe('clear ip lisp map-cache', () => {
  it('forgets what was learned, in both planes, and keeps what was configured', () => {
    const net = example('pxtr');
    net.ping('lisp1', '4.4.4.4', '192.168.1.1');
    expect(cache(net, 'mapserver')).toContain('192.168.1.1/32 map-reply');
    expect(clear(net, 'mapserver')).toBe(1);
    expect(cache(net, 'mapserver')).toEqual(['192.168.1.0/24 static', '192.168.2.0/24 static']);
    const entries = net.router('mapserver').forwardingEntries(4);
    expect(entries.map(({ action }) => action)).toEqual(['send-map-request', 'send-map-request']);
    expect(clear(net, 'mapserver')).toBe(0);
  });

  it('of a prefix forgets the entry for exactly that prefix', () => {
    const net = example('pxtr');
    net.ping('lisp1', '4.4.4.4', '192.168.1.1');
    expect(clear(net, 'lisp1', '0.0.0.0/0')).toBe(0);
    expect(clear(net, 'lisp1', '4.4.4.4/32')).toBe(0);
    expect(cache(net, 'lisp1')).toContain('0.0.0.0/1 map-reply');
    expect(clear(net, 'lisp1', '0.0.0.0/1')).toBe(1);
    expect(cache(net, 'lisp1')).toEqual(['0.0.0.0/0 static']);
  });

  it('of one family leaves the other alone', () => {
    const net = example('pxtr-v6');
    net.ping('lisp1', '2001:db8:4::4', '2001:db8:1::1');
    expect(clear(net, 'lisp1')).toBe(0);
    expect(net.router('lisp1').mapCache(6).length).toBeGreaterThan(1);
  });

  it('leaves held packets held and their Map-Requests out: the answer still sends them', () => {
    const net = example('pxtr');
    const request = { destination: ip('4.4.4.4'), source: ip('192.168.1.1'), count: 1, size: 100 };
    net.onRouter('lisp1', (router, out, now) => {
      router.ping(now, { ...request, timeout: seconds(2) }, out);
    });
    clear(net, 'lisp1');
    expect(net.router('lisp1').control().get('packet:hold')).toBe(1);
    net.until('ping-done');
    expect(net.frames().filter((line) => line.startsWith('192.168.1.1 > 4.4.4.4'))).not.toEqual([]);
  });
});

describe('clear lisp site', () => {
  const registered = (net: LabNet): string[] =>
    net
      .router('mapserver')
      .sites()
      .flatMap(({ prefixes }) => prefixes.filter(({ registrations }) => registrations.length > 0))
      .map(({ eid }) => formatEidPrefix(eid));
  const clearSites = (net: LabNet, which: Parameters<Router['clearSites']>[1]): number => {
    let count = 0;
    net.onRouter('mapserver', (router, out, now) => {
      count = router.clearSites(now, which, out);
    });
    return count;
  };

  it.each([
    ['everything', {}, []],
    ['that of a site', { siteName: 'site2' }, ['192.168.1.1/32']],
    ['that of an EID-Prefix', { eid: eid('192.168.1.1/32') }, ['192.168.2.1/32']],
    ['what lies in an EID-Prefix', { eid: eid('192.168.1.0/24') }, ['192.168.2.1/32']],
    ['nothing outside it', { eid: eid('192.168.1.2/32') }, ['192.168.1.1/32', '192.168.2.1/32']],
  ])('forgets %s, until it is registered again', (_, which, left) => {
    const net = example('pxtr');
    expect(registered(net)).toEqual(['192.168.1.1/32', '192.168.2.1/32']);
    expect(clearSites(net, which)).toBe(2 - left.length);
    expect(registered(net)).toEqual(left);
    net.network.runUntil(seconds(70));
    expect(registered(net)).toEqual(['192.168.1.1/32', '192.168.2.1/32']);
  });

  it('a Map-Request for it is answered as one for an EID that nobody registered', () => {
    const net = example('pxtr');
    clearSites(net, { siteName: 'site2' });
    const locators = (eid: string): unknown[] =>
      net.lig('lisp1', eid).mappings.flatMap((each) => each.locators);
    expect(locators('192.168.1.1')).toHaveLength(1);
    expect(locators('192.168.2.1')).toEqual([]);
  });

  it('counts no message: none was received', () => {
    const net = example('pxtr');
    const before = [...net.router('mapserver').control()];
    clearSites(net, {});
    expect([...net.router('mapserver').control()]).toEqual(before);
  });
});

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['Model', () => new Model()],
  ['Engine', () => createEngineSync()],
];

describe.each(PLANES)('clear statistics (%s)', (_, makePlane) => {
  it('everything counts from zero again, also in a router that was saved and restored', () => {
    const net = new LabNet(labFile('pxtr'), makePlane);
    const ping = (): unknown => net.ping('lisp1', '4.4.4.4', '192.168.1.1');
    ping();
    const node = net.router('mapserver');
    const hits = (): number[] => node.mapCache(4).map((entry) => entry.hits);
    const seen = (): unknown => [node.forwarding(), hits(), [...node.control()]];
    expect(hits().some((count) => count > 0)).toBe(true);
    node.clearStatistics();
    expect(node.forwarding().received).toEqual({ packets: 0, bytes: 0 });
    expect(node.forwarding().byReason.every((count) => count === 0)).toBe(true);
    expect(hits().every((count) => count === 0)).toBe(true);
    expect([...node.control()]).toEqual([]);
    node.restore(structuredClone(node.save()));
    expect(node.forwarding().received.packets).toBe(0);
    ping();
    const first = seen();
    node.clearStatistics();
    ping();
    expect(seen()).toEqual(first);
    expect(node.forwarding().encapsulated.packets).toBe(5);
  });
});

describe('trace add', () => {
  const traced = (count: number): LabNet => {
    const net = example('pxtr');
    net.router('mapserver').traceNext(count);
    net.ping('lisp1', '4.4.4.4', '192.168.1.1', { count: 2 });
    return net;
  };

  it('records the next packets that the data plane takes up, and then no more', () => {
    const traces = traced(3).router('mapserver').packetTraces();
    expect(traces.map(({ interfaceName, packet }) => [interfaceName, packet.split(' nonce')[0]])).toEqual([
      ['FastEthernet0/0', expect.stringContaining('10.0.1.2 > 10.0.1.1 ECM')],
      [undefined, expect.stringContaining('10.0.1.1 > 10.0.1.2 Map-Reply')],
      ['FastEthernet0/0', expect.stringContaining('192.168.1.1 > 4.4.4.4 ICMP echo request')],
    ]);
    const route = traces[2]?.explanation.phases.find(({ phase }) => phase === 'underlay route');
    expect(route?.result).toBe('0.0.0.0/0, via 10.0.3.2 on FastEthernet1/0: LISP may know better');
    expect(JSON.stringify(traces)).not.toMatch(/\binterface \d/);
  });

  it('says what the packet met at that moment, not what is there now', () => {
    const traces = traced(100).router('mapserver').packetTraces();
    const replies = traces.filter(({ packet }) => packet.startsWith('4.4.4.4 > 192.168.1.1'));
    const actions = replies.map(
      ({ explanation }) => explanation.phases.find(({ phase }) => phase === 'action')?.result,
    );
    expect(actions).toEqual(['ask the mapping system', 'encapsulate']);
  });

  it('changes nothing for the packets', () => {
    const plain = example('pxtr');
    plain.ping('lisp1', '4.4.4.4', '192.168.1.1', { count: 2 });
    const net = traced(100);
    expect(net.frames()).toEqual(plain.frames());
    expect(net.router('mapserver').forwarding()).toEqual(plain.router('mapserver').forwarding());
  });

  it('is saved and restored with the router', () => {
    const node = traced(100).router('mapserver');
    const before = node.packetTraces();
    const state = structuredClone(node.save());
    node.clearPacketTraces();
    expect(node.packetTraces()).toEqual([]);
    node.restore(state);
    expect(node.packetTraces()).toEqual(before);
  });

  it('keeps a thousand packets; clearing forgets them and stops', () => {
    const net = example('pxtr');
    const node = net.router('outsideworld');
    node.traceNext(5000);
    const packet = (sequence: number): Uint8Array =>
      buildIcmpPacket(
        { source: ip('10.0.3.1'), destination: ip('10.0.3.2'), ttl: 9 },
        { type: 'echo-reply', identifier: 1, sequence, data: new Uint8Array(0) },
      );
    for (let i = 0; i < MAX_TRACES_COUNT + 5; i++) {
      node.advance(seconds(6), [{ interfaceIndex: 1, bytes: packet(i) }], []);
    }
    const traces = node.packetTraces();
    expect(traces).toHaveLength(MAX_TRACES_COUNT);
    expect(traces.at(-1)?.packet).toContain(`seq ${MAX_TRACES_COUNT + 4}`);
    node.clearPacketTraces();
    node.advance(seconds(6), [{ interfaceIndex: 1, bytes: packet(1) }], []);
    expect(node.packetTraces()).toEqual([]);
  });

  it('records a packet that is none, too', () => {
    const node = example('pxtr').router('outsideworld');
    node.traceNext(1);
    node.advance(seconds(6), [{ interfaceIndex: 1, bytes: Uint8Array.of(0x45, 0) }], []);
    expect(node.packetTraces()).toMatchObject([{ packet: expect.stringContaining('truncated') as string }]);
  });
});

describe('the view of Map-Servers', () => {
  it('a Map-Server that acknowledges is up, with what is registered there', () => {
    const net = example('two-sites');
    expect(net.router('lisp1').mapServers()).toEqual([
      {
        address: ip('10.0.1.1'),
        families: [4],
        eids: 1,
        state: 'up',
        lastRegister: 0,
        lastNotify: 2000,
        unacknowledged: 0,
      },
    ]);
    net.network.runUntil(seconds(125));
    expect(net.router('lisp1').mapServers()).toMatchObject([
      { state: 'up', lastRegister: seconds(120), lastNotify: seconds(120) + 2000 },
    ]);
  });

  it('one that never answers is down, and one that stops answering goes down', () => {
    const never = example('two-sites', { 'lisp1.ios': [['map-server 10.0.1.1', 'map-server 10.0.3.2']] });
    const { lastNotify, ...down } = never.router('lisp1').mapServers()[0]!;
    expect(lastNotify).toBeUndefined();
    expect(down).toMatchObject({ state: 'down', eids: 1, unacknowledged: 3 });
    const net = example('two-sites');
    net.network.changeLink(net.network.links[0]!.name, { up: false });
    net.network.runUntil(seconds(70));
    expect(net.router('lisp1').mapServers()).toMatchObject([{ state: 'down', lastNotify: 2000 }]);
  });

  it('one with nothing to register is idle; a router without an ETR has none', () => {
    const line = ' database-mapping 192.168.1.1/32 10.0.1.2 priority 1 weight 100\n';
    const net = example('two-sites', { 'lisp1.ios': [[line, '']] });
    expect(net.router('lisp1').mapServers()).toMatchObject([{ state: 'idle', eids: 0, unacknowledged: 0 }]);
    expect(net.router('outsideworld').mapServers()).toEqual([]);
  });
});

describe('the view of forwarding entries', () => {
  it('says where packets go, by which way out, with which share', () => {
    const net = example('pxtr', {
      'lisp1.ios': [
        ['10.0.1.2 priority 1 weight 100', '10.0.1.2 priority 1 weight 75'],
        [
          ' ipv4 itr map-resolver',
          ' database-mapping 192.168.1.1/32 10.0.2.2 priority 1 weight 25\n ipv4 itr map-resolver',
        ],
      ],
    });
    net.ping('lisp1', '4.4.4.4', '192.168.1.1');
    const entry = net
      .router('mapserver')
      .forwardingEntries(4)
      .find(({ eid: { prefix } }) => prefix.bits === 32);
    const target = { source: ip('10.0.255.1'), priority: 1 };
    expect(entry).toMatchObject({
      action: 'forward',
      targets: [
        { ...target, destination: ip('10.0.1.2'), weight: 75, share: 0.75, interfaceName: 'FastEthernet0/0' },
        { ...target, destination: ip('10.0.2.2'), weight: 25, share: 0.25, interfaceName: 'FastEthernet0/1' },
      ],
    });
    const shown = net.router('mapserver').mapCache(4);
    expect(entry?.hits).toBe(4);
    expect(shown.find(({ entry: { mapping } }) => mapping.eid.prefix.bits === 32)?.hits).toBe(4);
  });

  it('a natively-forward entry shows the PETR that its packets go to', () => {
    const net = example('pxtr-petr');
    net.ping('lisp1', '4.4.4.4', '192.168.1.1');
    const entries = net.router('lisp1').forwardingEntries(4);
    expect(entries.map(({ eid: prefix, action }) => [formatEidPrefix(prefix), action])).toEqual([
      ['0.0.0.0/0', 'send-map-request'],
      ['0.0.0.0/1', 'natively-forward'],
    ]);
    expect(entries[0]?.targets).toEqual([]);
    expect(entries[1]?.targets).toMatchObject([{ share: 1, gateway: ip('10.0.1.1') }]);
  });
});

describe('save and restore', () => {
  it('a router in the middle of everything goes on in another one as if nothing had happened', () => {
    const net = example('two-sites');
    const [to, from] = [ip('192.168.2.1'), ip('192.168.1.1')];
    const original = net.router('lisp1');
    const fragment = new Fragmenter().split(
      buildIcmpPacket(
        { source: ip('10.0.1.1'), destination: ip('10.0.1.2'), ttl: 9 },
        { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(2000) },
      ),
      1500,
      true,
    )[0]!;
    net.onRouter('lisp1', (router, out, now) => {
      router.traceNext(50);
      const ends = { destination: to, source: from };
      router.ping(now, { ...ends, count: 3, size: 2000, timeout: seconds(2) }, out);
      router.traceroute(now, { ...ends, probes: 2, minTtl: 1, maxTtl: 2, timeout: seconds(1) }, out);
      router.lig(now, { eid: { instanceId: 0, address: to }, count: 2, timeout: seconds(3) }, out);
      router.advance(now, [{ interfaceIndex: 1, bytes: fragment }], out);
    });
    const copy = new Router(example('pxtr').router('outsideworld').options, {
      dataPlane: new Model(),
      random: new SeededRandom(99),
    });
    const saved = original.save();
    copy.restore(structuredClone(saved));
    expect(copy.save()).toEqual(saved);
    const outs = [original, copy].map((router) => {
      const out: NodeOutput[] = [];
      while (router.nextDeadline() < seconds(60)) router.advance(router.nextDeadline(), [], out);
      return out;
    });
    expect(outs[1]).toEqual(outs[0]);
    const kinds = new Set(outs[0]!.map(({ kind }) => kind));
    for (const kind of ['ping-done', 'traceroute-done', 'lig-done', 'transmit'])
      expect(kinds).toContain(kind);
    expect(original.control().get('drop:reassembly-timeout')).toBe(1);
    expect(copy.packetTraces()).toEqual(original.packetTraces());
  });
});

describe('own packets', () => {
  it('that are long have an identification each, whoever splits them', () => {
    const net = example('pxtr');
    const start = net.records.length;
    expect(net.ping('outsideworld', '10.0.1.2', undefined, { size: 1400, count: 4 }).marks).toBe('!!!!');
    const numbers = net.records.slice(start).flatMap((record) => {
      const packet = record.kind === 'frame' ? decodeIp(record.frame.bytes) : undefined;
      return packet?.ok === true && record.kind === 'frame' && record.frame.link === 2
        ? [`${formatIp(packet.value.source)} ${packet.value.identification}`]
        : [];
    });
    expect(numbers).toHaveLength(8);
    expect(new Set(numbers).size).toBe(8);
  });
});
