// Routers that tell each other routes, a PITR among them: what configuration and interfaces do to what is told.
import { describe, expect, it } from 'vitest';
import { formatIp, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds } from '../../src/base/time.ts';
import { Model } from '../../src/engine/model.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import type { NodeOutput } from '../../src/router/node.ts';
import type { RouterOptions } from '../../src/router/options.ts';
import { Router } from '../../src/router/router.ts';
import { fragmentIpv4 } from '../../src/wire/fragment.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { decodePacket, layersOf } from '../../src/wire/packet.ts';
import { encodeRip, RIP_GROUP } from '../../src/wire/rip.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import type { Edits } from '../scenarios/support.ts';
import { labFile } from '../scenarios/support.ts';
import { example, type LabNet } from './lab-net.ts';
import { response, route } from './rip-driver.ts';

/** What readers were told to type. */
const ORIGINATION = `
router lisp
 ipv4 proxy-itr advertise 192.168.0.0/16
 map-cache 192.168.0.0/16 map-request
 exit
router rip
 version 2
 network 10.0.0.0
`;

function originating(edits: Edits = {}): LabNet {
  const route0 = 'ip route 0.0.0.0 0.0.0.0 10.0.3.2';
  return example('reader-questions', {
    ...edits,
    'mapserver.ios': [[route0, `${route0}\n!${ORIGINATION}`]],
  });
}

/** `192.168.0.0/16 [2] via 10.0.4.1`: the routes a node learned and uses. */
function learned(net: LabNet, node: string): string[] {
  return net
    .router(node)
    .routes(4)
    .filter(({ source }) => source === 'learned')
    .map(({ prefix, metric, gateway }) => `${formatPrefix(prefix)} [${metric}] via ${formatIp(gateway!)}`);
}

function change(net: LabNet, node: string, to: (options: RouterOptions) => RouterOptions): void {
  net.onRouter(node, (router, out, now) => {
    router.configure(now, to(router.options), out);
  });
}

function shut(net: LabNet, node: string, name: string): void {
  change(net, node, (options) => ({
    ...options,
    interfaces: options.interfaces.map((each) => (each.name === name ? { ...each, shutdown: true } : each)),
  }));
}

function wait(net: LabNet, time: number): void {
  net.network.runUntil(net.network.now + seconds(time));
}

describe('a PITR that advertises', () => {
  it('IW-01 aggregates reach routers two hops away, site prefixes nobody', () => {
    const net = originating();
    expect(learned(net, 'core')).toContain('192.168.0.0/16 [1] via 10.0.3.1');
    expect(learned(net, 'outsideworld')).toContain('192.168.0.0/16 [2] via 10.0.4.1');
    const all = [...learned(net, 'core'), ...learned(net, 'outsideworld')];
    expect(all.filter((text) => /^192\.168\.[12]\./.test(text))).toEqual([]);
  });

  it('IW-01 "no advertise" takes the aggregate away everywhere, within seconds', () => {
    const net = originating();
    change(net, 'mapserver', (options) => {
      const { proxyItr } = options.lisp!;
      const ipv4 = { ...proxyItr.ipv4, advertise: [] };
      return { ...options, lisp: { ...options.lisp!, proxyItr: { ...proxyItr, ipv4 } } };
    });
    wait(net, 11);
    for (const node of ['core', 'outsideworld']) {
      expect(learned(net, node).filter((text) => text.startsWith('192.168.'))).toEqual([]);
    }
    const kinds = net.router('mapserver').routes(4);
    expect(kinds.some(({ source }) => source === 'aggregate')).toBe(false);
  });

  it('IW-02 without an address to encapsulate from it attracts nothing', () => {
    const net = originating();
    shut(net, 'mapserver', 'Loopback0');
    wait(net, 11);
    expect(learned(net, 'core')).toEqual([
      '4.4.4.4/32 [1] via 10.0.4.2',
      '10.0.1.0/30 [1] via 10.0.3.1',
      '10.0.2.0/30 [1] via 10.0.3.1',
    ]);
    expect(learned(net, 'outsideworld')).not.toContain('192.168.0.0/16 [2] via 10.0.4.1');
  });

  it('IW-15 what lies in a hole of the aggregate is refused, and never leaves by the default route', () => {
    const net = originating();
    const from = net.records.length;
    const { marks } = net.ping('outsideworld', '192.168.3.1', '4.4.4.4', { count: 4 });
    expect(marks).toBe('.UUU');
    const requests = net.frames(from).filter((line) => line.startsWith('4.4.4.4 > 192.168.3.1 ICMP echo'));
    // Each is on the two links between outsideworld and mapserver, once.
    expect(requests.map((line) => /ttl \d+$/.exec(line)![0])).toEqual(
      Array.from({ length: 4 }, () => ['ttl 255', 'ttl 254']).flat(),
    );
  });

  it('an interface that is shut takes learned routes along at once; the far side needs its timers', () => {
    const net = originating();
    expect(learned(net, 'mapserver')).toContain('4.4.4.4/32 [2] via 10.0.3.2');
    shut(net, 'mapserver', 'FastEthernet1/0');
    expect(learned(net, 'mapserver')).toEqual([]);
    wait(net, 140);
    expect(learned(net, 'core')).toContain('192.168.0.0/16 [1] via 10.0.3.1');
    wait(net, 45);
    expect(learned(net, 'core')).toEqual(['4.4.4.4/32 [1] via 10.0.4.2']);
    expect(learned(net, 'outsideworld')).toEqual(['10.0.3.0/30 [1] via 10.0.4.1']);
  });

  it('switched off, it hears no more and forgets', () => {
    const net = originating();
    change(net, 'core', ({ rip: _, ...options }) => options);
    expect(learned(net, 'core')).toEqual([]);
    expect(net.router('core').rip()).toBeUndefined();
    const from = net.records.length;
    wait(net, 60);
    expect(net.frames(from).some((line) => /^10\.0\.(3\.2|4\.1) > .* RIP/.test(line))).toBe(false);
    expect(learned(net, 'core')).toEqual([]);
  });
});

describe('what a router is told to tell', () => {
  const withCore = (lines: string): LabNet =>
    example('reader-questions', { 'core.ios': [[' version 2', ` version 2\n${lines}`]] });

  it('static routes when they are redistributed, but not back along their own way', () => {
    const fixed = 'router rip\n redistribute static\n exit\nip route 20.0.0.0 255.0.0.0 10.0.3.1';
    const net = withCore(`exit\n${fixed}\nrouter rip`);
    expect(learned(net, 'outsideworld')).toContain('20.0.0.0/8 [1] via 10.0.4.1');
    const rip = net.frames().filter((line) => line.startsWith('10.0.3.2 > 224.0.0.9'));
    expect(rip.length).toBeGreaterThan(0);
    expect(rip.some((line) => line.includes('20.0.0.0/8'))).toBe(false);
    const plain = withCore('exit\nip route 20.0.0.0 255.0.0.0 10.0.3.1\nrouter rip');
    expect(learned(plain, 'outsideworld').some((text) => text.startsWith('20.'))).toBe(false);
  });

  it('a default route when it is originated', () => {
    const net = withCore(' default-information originate');
    expect(learned(net, 'outsideworld')).toContain('0.0.0.0/0 [1] via 10.0.4.1');
    expect(learned(example('reader-questions'), 'outsideworld').join()).not.toContain('0.0.0.0/0');
  });

  it('nothing on a passive interface', () => {
    const net = withCore(' passive-interface FastEthernet0/1');
    expect(learned(net, 'outsideworld')).toEqual([]);
    expect(learned(net, 'core')).toEqual(['4.4.4.4/32 [1] via 10.0.4.2']);
  });

  it('with its own timers', () => {
    const net = withCore(' timers basic 5 15 20');
    const from = net.records.length;
    wait(net, 60);
    const updates = net.frames(from).filter((line) => line.startsWith('10.0.4.1 > 224.0.0.9'));
    expect(updates.length).toBeGreaterThanOrEqual(10);
    expect(updates.length).toBeLessThanOrEqual(15);
  });
});

describe('packets to the group', () => {
  const options = labFile('reader-questions').nodes.flatMap((node) =>
    node.kind === 'router' && ['core', 'lisp1'].includes(node.name) ? [node.options] : [],
  );
  const core = options.find(({ hostname }) => hostname === 'core')!;
  const { lisp: _registers, ...deaf } = options.find(({ hostname }) => hostname === 'lisp1')!;
  const from = { source: ip('10.0.3.1'), destination: RIP_GROUP, ttl: 1 };
  const update = encodeRip(response(route('20.0.0.0/8', 1)));
  const rip = buildUdpPacket({ ...from, sourcePort: 520, destinationPort: 520, checksum: 'compute' }, update);
  const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(600) } as const;

  describe.each([
    ['Model', () => new Model()],
    ['Engine', () => createEngineSync()],
  ] as const)('%s', (_, makePlane) => {
    const arrive = (of: RouterOptions, packet: Uint8Array): { router: Router; out: NodeOutput[] } => {
      const router = new Router(of, { dataPlane: makePlane(), random: new SeededRandom(1) });
      router.start(0, []);
      const out: NodeOutput[] = [];
      router.advance(seconds(1), [{ interfaceIndex: 0, bytes: packet }], out);
      return { router, out };
    };
    const sentKinds = (out: readonly NodeOutput[]): string[] =>
      out.flatMap((each) => {
        if (each.kind !== 'transmit') return [];
        const packet = decodePacket(each.bytes);
        return packet.ok ? [[...layersOf(packet.value)].map(({ kind }) => kind).join(' ')] : ['?'];
      });

    it('RIP is heard, whatever its TTL', () => {
      const { router } = arrive(core, rip);
      expect(router.routes(4).some(({ prefix }) => formatPrefix(prefix) === '20.0.0.0/8')).toBe(true);
    });

    it('a router without RIP drops them and says nothing', () => {
      const { router, out } = arrive(deaf, rip);
      expect([...router.control().keys()]).toContain('packet:not-unicast');
      expect(sentKinds(out)).toEqual([]);
    });

    it.each([
      ['an echo request', buildIcmpPacket(from, echo)],
      ['a fragment', fragmentIpv4(buildIcmpPacket(from, echo), 300)[0]!],
      [
        'a control message',
        buildUdpPacket(
          { ...from, sourcePort: 4342, destinationPort: 4342, checksum: 'compute' },
          new Uint8Array(40),
        ),
      ],
      [
        'any other port',
        buildUdpPacket(
          { ...from, sourcePort: 9, destinationPort: 9, checksum: 'compute' },
          new Uint8Array(4),
        ),
      ],
    ])('%s is offered nothing there', (_name, packet) => {
      const { router, out } = arrive(core, packet);
      expect([...router.control().keys()]).toContain('drop:group-service');
      expect(sentKinds(out)).toEqual([]);
    });

    it('its port is closed on a router without RIP, and open for questions on one with it', () => {
      const question = { ...response(route('4.4.4.4/32', 1)), command: 1 };
      const to = (destination: string, source: string): Uint8Array =>
        buildUdpPacket(
          {
            source: ip(source),
            destination: ip(destination),
            ttl: 9,
            sourcePort: 6000,
            destinationPort: 520,
            checksum: 'compute',
          },
          encodeRip(question),
        );
      expect(sentKinds(arrive(core, to('10.0.3.2', '10.0.3.1')).out)).toEqual(['ip udp rip']);
      const { router, out } = arrive(deaf, to('10.0.1.2', '10.0.1.1'));
      expect([...router.control().keys()]).toContain('drop:closed-port');
      expect(sentKinds(out)[0]).toMatch(/^ip icmp/);
    });

    it('a broken message is counted', () => {
      const cut = update.subarray(0, 20);
      const fields = { ...from, sourcePort: 520, destinationPort: 520, checksum: 'compute' } as const;
      const { router } = arrive(core, buildUdpPacket(fields, cut));
      expect([...router.control().keys()]).toContain('drop:rip-malformed');
    });
  });
});
