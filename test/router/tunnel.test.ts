// What is seen through a tunnel: traceroutes, errors and long packets between hosts of two sites.
import { describe, expect, it } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';
import { isKind } from '../../src/sim/record.ts';
import { buildIcmpPacket, decodeIcmp, type IcmpMessage } from '../../src/wire/icmp.ts';
import { fragmentIpv4 } from '../../src/wire/fragment.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { example, hopTexts, LabNet } from './lab-net.ts';

const LAB = `name: tunnel
nodes:
  h1: { host: { addresses: [192.168.1.10/24, '2001:db8:1::10/64'], gateway: [192.168.1.1, '2001:db8:1::1'] } }
  xtr1: xtr1.ios
  core1: core1.ios
  core2: core2.ios
  xtr2: xtr2.ios
  h2: { host: { addresses: [192.168.2.10/24, '2001:db8:2::10/64'], gateway: [192.168.2.1, '2001:db8:2::1'] } }
links:
  - { a: h1, b: xtr1 FastEthernet0/1 }
  - { a: xtr1 FastEthernet0/0, b: core1 FastEthernet0/0 }
  - { a: core1 FastEthernet0/1, b: core2 FastEthernet0/0 }
  - { a: core2 FastEthernet0/1, b: xtr2 FastEthernet0/0 }
  - { a: xtr2 FastEthernet0/1, b: h2 }
`;

function xtr(site: 1 | 2, gateway: string, own: string): string {
  return `hostname xtr${site}
interface FastEthernet0/0
 ip address ${own} 255.255.255.252
interface FastEthernet0/1
 ip address 192.168.${site}.1 255.255.255.0
 ipv6 address 2001:db8:${site}::1/64
router lisp
 database-mapping 192.168.${site}.0/24 ${own} priority 1 weight 100
 database-mapping 2001:db8:${site}::/64 ${own} priority 1 weight 100
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 ipv4 etr map-server 10.0.1.1 key KEY${site}
 ipv4 etr
 ipv6 itr map-resolver 10.0.1.1
 ipv6 itr
 ipv6 etr map-server 10.0.1.1 key KEY${site}
 ipv6 etr
 miss-policy hold
 exit
ip route 0.0.0.0 0.0.0.0 ${gateway}
`;
}

const FILES = {
  'lab.yaml': LAB,
  'xtr1.ios': xtr(1, '10.0.1.1', '10.0.1.2'),
  'xtr2.ios': xtr(2, '10.0.3.1', '10.0.3.2'),
  'core1.ios': `hostname core1
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
router lisp
 site site1
  authentication-key KEY1
  eid-prefix 192.168.1.0/24
  eid-prefix 2001:db8:1::/64
  exit
 site site2
  authentication-key KEY2
  eid-prefix 192.168.2.0/24
  eid-prefix 2001:db8:2::/64
  exit
 ipv4 map-server
 ipv4 map-resolver
 ipv6 map-server
 ipv6 map-resolver
 exit
ip route 10.0.3.0 255.255.255.252 10.0.2.2
`,
  'core2.ios': `hostname core2
interface FastEthernet0/0
 ip address 10.0.2.2 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.3.1 255.255.255.252
ip route 10.0.1.0 255.255.255.252 10.0.2.1
`,
};

function file(edits: Partial<Record<keyof typeof FILES, (text: string) => string>> = {}): LabFile {
  const texts = Object.entries(FILES).map(([name, text]) => {
    const edit = edits[name as keyof typeof FILES];
    return [name, edit === undefined ? text : edit(text)] as const;
  });
  const loaded = loadLab(new Map(texts));
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return loaded.value;
}

/** The network with its Map-Caches filled in both directions. */
function warm(net: LabNet, six = false): LabNet {
  const [h1, h2] = six ? ['2001:db8:1::10', '2001:db8:2::10'] : ['192.168.1.10', '192.168.2.10'];
  net.ping('h1', h2, h1);
  expect(net.ping('h1', h2, h1).marks).toBe('!!!!!');
  return net;
}

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['Model', () => new Model()],
  ['Engine', () => createEngineSync()],
];

describe.each(PLANES)('a traceroute between hosts of two sites (%s)', (_, makePlane) => {
  it('shows the ITR, every router of the core, the ETR and the host', () => {
    const net = warm(new LabNet(file(), makePlane));
    const once = (hop: string): string => `${hop} ${hop} ${hop}`;
    expect(hopTexts(net.traceroute('h1', '192.168.2.10'))).toEqual(
      ['192.168.1.1', '10.0.1.1', '10.0.2.2', '192.168.2.1', '192.168.2.10'].map(once),
    );
    expect(net.router('xtr1').control().get('icmp-relayed')).toBe(6);
  });

  it('of IPv6 over IPv4 shows the ITR in place of routers that have no IPv6 address', () => {
    const net = warm(new LabNet(file(), makePlane), true);
    const itr = '2001:db8:1::1';
    expect(hopTexts(net.traceroute('h1', '2001:db8:2::10', undefined, { probes: 1 }))).toEqual([
      itr,
      itr,
      itr,
      '2001:db8:2::1',
      '2001:db8:2::10',
    ]);
  });

  it('a packet of 3000 bytes passes in both directions, in fragments', () => {
    const net = warm(new LabNet(file(), makePlane));
    expect(net.ping('h1', '192.168.2.10', undefined, { size: 3000 }).marks).toBe('!!!!!');
    expect(net.ping('xtr1', '192.168.2.1', '192.168.1.1', { size: 18_000 }).marks).toBe('!!!!!');
    const six = warm(net, true);
    expect(six.ping('xtr1', '2001:db8:2::1', '2001:db8:1::1', { size: 3000 }).marks).toBe('!!!!!');
    expect(net.host('h2').counters.ignored).toBe(0);
  });
});

describe('an error from inside a tunnel', () => {
  const mtu = (bytes: number) => ({
    'core1.ios': (text: string) => text.replace('interface FastEthernet0/1', `$& \n ip mtu ${bytes}`),
  });

  /** An ICMP message that reached h1, the newest one. */
  const heard = (net: LabNet): IcmpMessage & { from: string } => {
    const frames = net.records.filter(isKind('frame')).filter(({ frame }) => frame.link === 0);
    const packet = decodeIp(frames.findLast(({ frame }) => frame.direction === 1)!.frame.bytes);
    if (!packet.ok) throw new Error('malformed');
    const icmp = decodeIcmp(packet.value.payload, packet.value);
    if (!icmp.ok) throw new Error('no ICMP');
    return { ...icmp.value.message, from: formatIp(packet.value.source) };
  };

  it('too big: the inner sender is told what is left for it, without the LISP headers (RFC 9300 §7)', () => {
    const net = warm(new LabNet(file(mtu(1000))));
    expect(net.ping('h1', '192.168.2.10', undefined, { size: 1200, count: 1 }).marks).toBe('M');
    const { quote, ...told } = heard(net) as Extract<IcmpMessage, { quote: Uint8Array }>;
    expect(told).toEqual({ type: 'unreachable', code: 4, mtu: 964, from: '10.0.1.1' });
    const inner = decodePacket(quote, 0, true);
    expect(inner.ok && describePacket(inner.value)).toMatch(
      /^192\.168\.1\.10 > 192\.168\.2\.10 ICMP echo request/,
    );
  });

  it('DP-18 an inner packet that does not fit is split with DF=0, else refused with the size that does', () => {
    const net = warm(new LabNet(file()));
    warm(net, true);
    const give = (bytes: Uint8Array): void => {
      net.network.inject('xtr1', 'FastEthernet0/1', bytes);
      net.network.runUntil(net.network.now + 10_000);
    };
    const echo = (size: number, dontFragment: boolean, six = false): Uint8Array => {
      const [from, to] = six ? ['2001:db8:1::10', '2001:db8:2::10'] : ['192.168.1.10', '192.168.2.10'];
      const fields = { source: ip(from), destination: ip(to), ttl: 64, dontFragment };
      const data = new Uint8Array(size - (six ? 48 : 28));
      return buildIcmpPacket(fields, { type: 'echo-request', identifier: 9, sequence: 1, data });
    };
    const sent = (bytes: Uint8Array): number[] => {
      const before = net.records.length;
      give(bytes);
      const frames = net.records.slice(before).filter(isKind('frame'));
      return frames
        .filter(({ frame }) => frame.link === 1 && frame.direction === 0)
        .map(({ frame }) => frame.bytes.length);
    };
    expect(sent(echo(1464, true))).toEqual([1500]);
    expect(sent(echo(1465, true))).toEqual([]);
    expect(heard(net)).toMatchObject({ type: 'unreachable', code: 4, mtu: 1464 });
    const pieces = sent(echo(1465, false));
    expect(pieces).toHaveLength(2);
    expect(pieces.every((bytes) => bytes <= 1500)).toBe(true);
    expect(sent(echo(1464, false, true))).toEqual([1500]);
    expect(sent(echo(1465, false, true))).toEqual([]);
    expect(heard(net)).toMatchObject({ type: 'packet-too-big', mtu: 1464 });
  });

  it('DP-20 too big: the ITR remembers what the path takes, splits or refuses by it, and tries again later', () => {
    const net = warm(new LabNet(file(mtu(1000))));
    const ping = (): string => net.ping('h1', '192.168.2.10', undefined, { size: 1200, count: 2 }).marks;
    const lowered = (): number | undefined => net.router('xtr1').control().get('path-mtu-lowered');
    expect(ping()).toBe('M!');
    expect(ping()).toBe('!!');
    expect(lowered()).toBe(1);
    net.network.runUntil(net.network.now + 601_000_000);
    expect(ping()).toBe('M!');
    expect(lowered()).toBe(2);
  });

  it('T19 no MTU below what everybody must carry is passed on', () => {
    const net = warm(new LabNet(file(mtu(500))));
    expect(net.ping('h1', '192.168.2.10', undefined, { size: 600, count: 1 }).marks).toBe('M');
    expect(heard(net)).toMatchObject({ mtu: 576 });
    const six = warm(new LabNet(file(mtu(500))), true);
    six.ping('h1', '2001:db8:2::10', undefined, { size: 600, count: 1 });
    expect(heard(six)).toMatchObject({ type: 'packet-too-big', mtu: 1280, from: '2001:db8:1::1' });
  });

  it('a path that does not carry what IPv6 needs is counted, and no IPv6 host is told to send less (RFC 8201)', () => {
    const net = warm(new LabNet(file(mtu(1000))), true);
    const ping = (): string => net.ping('h1', '2001:db8:2::10', undefined, { size: 1200, count: 1 }).marks;
    const alarms = (): number | undefined => net.router('xtr1').control().get('path-mtu-below-ipv6-minimum');
    // The core's error is relayed; from then on the ITR knows.
    for (const wanted of [undefined, 1, 2]) {
      expect(ping()).not.toBe('!');
      expect(heard(net)).toMatchObject({ type: 'packet-too-big', mtu: 1280 });
      expect(alarms()).toBe(wanted);
    }
  });

  it('unreachable: the inner sender is told that its destination is', () => {
    const net = warm(new LabNet(file()));
    const core2 = net.router('core2');
    const { interfaces, ...rest } = core2.options;
    const down = interfaces.map((each, i) => (i === 1 ? { ...each, shutdown: true } : each));
    net.onRouter('core2', (router, out, now) => {
      router.configure(now, { ...rest, interfaces: down }, out);
    });
    expect(net.ping('h1', '192.168.2.10', undefined, { count: 2 }).marks).toBe('UU');
    expect(heard(net)).toMatchObject({ type: 'unreachable', code: 1, from: '10.0.2.2' });
    expect(hopTexts(net.traceroute('h1', '192.168.2.10', undefined, { probes: 1 })).at(-1)).toBe(
      '10.0.2.2!H',
    );
  });

  /** The frame in which xtr1 encapsulated an echo request of h1. */
  const encapsulated = (net: LabNet): Uint8Array => {
    const onCore = net.records.filter(isKind('frame')).filter(({ frame }) => frame.link === 1);
    return onCore.findLast(({ frame }) => frame.direction === 0)!.frame.bytes;
  };

  /** Gives xtr1 a time-exceeded from `from` that quotes `quote`; returns what xtr1 counted. */
  const tell = (net: LabNet, quote: Uint8Array, from = '10.0.2.2'): [string, number][] => {
    const before = new Map(net.router('xtr1').control());
    const fields = { source: ip(from), destination: ip('10.0.1.2'), ttl: 60 };
    net.network.inject(
      'xtr1',
      'FastEthernet0/0',
      buildIcmpPacket(fields, { type: 'time-exceeded', code: 0, quote }),
    );
    net.network.runUntil(net.network.now + 10_000);
    return [...net.router('xtr1').control()]
      .map(([name, count]): [string, number] => [name, count - (before.get(name) ?? 0)])
      .filter(([, count]) => count > 0);
  };

  it('is told with as much of the inner packet as it quotes, and needs 8 bytes behind its header', () => {
    const net = warm(new LabNet(file()));
    const packet = encapsulated(net);
    const headers = 20 + 8 + 8;
    expect(tell(net, packet.subarray(0, headers + 28))).toEqual([['icmp-relayed', 1]]);
    const { quote } = heard(net) as Extract<IcmpMessage, { quote: Uint8Array }>;
    expect(quote).toEqual(packet.slice(headers, headers + 28));
    // RFC 792 asks for no more than this.
    for (const length of [28, headers, headers + 20, headers + 27]) {
      expect(tell(net, packet.subarray(0, length))).toEqual([['drop:icmp-relay-short-quote', 1]]);
    }
  });

  it('T19 about a packet that this router would not send is a forgery', () => {
    const net = warm(new LabNet(file()));
    const packet = encapsulated(net);
    const elsewhere = packet.slice();
    elsewhere.set([10, 9, 9, 9], 16);
    expect(tell(net, elsewhere)).toEqual([['drop:icmp-relay-unmatched', 1]]);
    const unknown = packet.slice();
    unknown.set([203, 0, 113, 1], 36 + 16);
    expect(tell(net, unknown)).toEqual([['drop:icmp-relay-unmatched', 1]]);
  });

  it('about a packet from somebody else’s RLOC concerns nobody here', () => {
    const net = warm(new LabNet(file()));
    const packet = encapsulated(net).slice();
    packet.set([10, 0, 3, 2], 12);
    expect(tell(net, packet)).toEqual([['drop:unexpected-time-exceeded', 1]]);
  });

  it('about an ICMP error in the tunnel is told to nobody', () => {
    const net = warm(new LabNet(file()));
    const outer = encapsulated(net).subarray(0, 36);
    const error = buildIcmpPacket(
      { source: ip('192.168.1.10'), destination: ip('192.168.2.10'), ttl: 64 },
      { type: 'time-exceeded', code: 0, quote: new Uint8Array(28).fill(0x45) },
    );
    expect(tell(net, Uint8Array.from([...outer, ...error]))).toEqual([['drop:icmp-relay-refused', 1]]);
  });

  it('is told at a limited rate', () => {
    const net = warm(new LabNet(file()));
    net.network.runUntil(net.network.now + 10_000_000);
    const packet = encapsulated(net);
    const counts = Array.from({ length: 15 }, () => tell(net, packet)[0]![0]);
    expect(counts.filter((name) => name === 'icmp-relayed').length).toBeLessThanOrEqual(11);
    expect(counts.at(-1)).toBe('drop:icmp-relay-limited');
  });
});

describe.each(PLANES)('a LISP packet that the core split (%s)', (_, makePlane) => {
  it('is put together and then decapsulated', () => {
    const net = warm(new LabNet(file(), makePlane));
    const frames = net.records.filter(isKind('frame')).map(({ frame }) => frame);
    const packet = frames.findLast(({ link, direction }) => link === 3 && direction === 0)!.bytes;
    const before = net.host('h2').counters.answered;
    const inject = (bytes: Uint8Array): void => {
      net.network.inject('xtr2', 'FastEthernet0/0', bytes);
      net.network.runUntil(net.network.now + 10_000);
    };
    const [first, ...rest] = fragmentIpv4(packet, 80);
    expect(rest.length).toBeGreaterThan(0);
    inject(first!);
    expect(net.host('h2').counters.answered).toBe(before);
    rest.forEach(inject);
    expect(net.host('h2').counters.answered).toBe(before + 1);
    expect([...net.router('xtr2').control().keys()].filter((name) => name.startsWith('drop:'))).toEqual([]);
  });
});

describe('traceroute in the examples', () => {
  const settled = (net: LabNet, node: string, to: string, from?: string): string[] => {
    net.ping(node, to, from);
    return hopTexts(net.traceroute(node, to, from, { probes: 1 }));
  };

  it('two-sites: from its own EID a router sees the core hop, then the other site', () => {
    const net = example('two-sites');
    expect(settled(net, 'lisp1', '192.168.2.1', '192.168.1.1')).toEqual(['10.0.1.1', '192.168.2.1']);
  });

  it('pxtr: natively outward, and inward through the PITR', () => {
    const net = example('pxtr');
    expect(settled(net, 'lisp1', '4.4.4.4', '192.168.1.1')).toEqual(['10.0.1.1', '4.4.4.4']);
    expect(settled(net, 'outsideworld', '192.168.1.1')).toEqual(['10.0.3.1', '192.168.1.1']);
  });

  it('pxtr-petr: outward through the tunnel to the PETR', () => {
    const net = example('pxtr-petr');
    expect(settled(net, 'lisp1', '4.4.4.4', '192.168.1.1')).toEqual(['10.0.1.1', '4.4.4.4']);
  });

  it('a traceroute without a way to its destination ends with no hop, without an address to send from', () => {
    expect(example('pxtr').traceroute('lisp1', '2001:db8::1').hops).toEqual([]);
  });
});
