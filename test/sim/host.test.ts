import { expect, test } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { millis, seconds } from '../../src/base/time.ts';
import type { PingRequest, PingResult } from '../../src/router/node.ts';
import { Fragmenter } from '../../src/router/fragmenter.ts';
import { Host } from '../../src/sim/host.ts';
import { Network } from '../../src/sim/network.ts';
import { isKind, type NetworkRecord } from '../../src/sim/record.ts';
import { tellStory } from '../../src/sim/story.ts';
import { ladder, narrate } from '../../src/sim/narrate.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';

const LINK = {
  name: 'a-b',
  a: { node: 'a', interfaceName: 'eth0' },
  b: { node: 'b', interfaceName: 'eth0' },
  delay: millis(1),
  loss: 0,
  mtu: 1500,
};

function build(mtu = 1500): { network: Network; records: NetworkRecord[]; a: Host; b: Host } {
  const host = (name: string, address: string, address6: string): Host =>
    new Host({
      name,
      addresses: [
        { address: ip(address), bits: 30 },
        { address: ip(address6), bits: 64 },
      ],
      gateways: [],
    });
  const [a, b] = [host('a', '10.0.0.1', '2001:db8::1'), host('b', '10.0.0.2', '2001:db8::2')];
  const records: NetworkRecord[] = [];
  const network = new Network([a, b], [{ ...LINK, mtu }], {
    seed: 1,
    record: (record) => records.push(record),
    handleInput: () => undefined,
  });
  network.start();
  return { network, records, a, b };
}

function ping(
  to: string,
  request: Partial<PingRequest> = {},
  mtu = 1500,
): PingResult & { records: NetworkRecord[] } {
  const { network, records } = build(mtu);
  const full = { destination: ip(to), count: 5, size: 100, timeout: seconds(2), ...request };
  network.onNode('a', (node, out) => node.ping(0, full, out));
  network.run();
  const done = records.find(isKind('ping-done'));
  if (done === undefined) throw new Error('the ping never ended');
  return { ...done.result, records };
}

test.each(['10.0.0.2', '2001:db8::2'])(
  'a host answers a ping to %s, each echo after the last reply',
  (to) => {
    const { marks, times, records } = ping(to);
    expect(marks).toBe('!!!!!');
    expect(times).toEqual([2000, 2000, 2000, 2000, 2000]);
    expect(records.filter(({ kind }) => kind === 'frame')).toHaveLength(10);
  },
);

test('echoes that get no answer time out one after the other', () => {
  const { marks, records } = ping('10.0.0.2', { size: 1400, count: 3 }, 1000);
  expect(marks).toBe('...');
  expect(records.at(-1)!.time).toBe(seconds(6));
});

test('without a gateway a host sends nothing beyond its subnets', () => {
  const { marks, records } = ping('192.0.2.1', { count: 2 });
  expect(marks).toBe('..');
  expect(records.some(({ kind }) => kind === 'frame')).toBe(false);
});

test('a ping from an address of the other family fails at once', () => {
  expect(ping('10.0.0.2', { source: ip('2001:db8::1'), count: 2 })).toMatchObject({ marks: 'UU', sent: 0 });
});

test('a host ignores what is not for it, and garbage', () => {
  const { network, a } = build();
  network.inject('a', 'eth0', Uint8Array.of(1, 2, 3));
  network.inject('a', 'eth0', new Uint8Array(0));
  network.run();
  expect(a.counters).toEqual({ answered: 0, taken: 0, ignored: 2 });
});

test('a host traces routes, and answers at once where nobody listens', () => {
  const { network, records, b } = build();
  const request = { destination: ip('10.0.0.2'), probes: 2, minTtl: 1, maxTtl: 9, timeout: seconds(1) };
  network.onNode('a', (node, out) => node.traceroute(0, request, out));
  network.run();
  const probe = { kind: 'reply', from: ip('10.0.0.2'), roundTrip: 2000 };
  expect(records.find(isKind('traceroute-done'))?.result).toEqual({
    request,
    hops: [{ ttl: 1, probes: [probe, probe] }],
  });
  expect(b.counters).toEqual({ answered: 2, taken: 0, ignored: 0 });
});

test('a traceroute to where a host has no address of the family ends with no hop', () => {
  const { network, records } = build();
  const request = { destination: ip('10.0.0.2'), source: ip('2001:db8::1'), probes: 1 };
  const full = { ...request, minTtl: 1, maxTtl: 9, timeout: seconds(1) };
  network.onNode('a', (node, out) => node.traceroute(0, full, out));
  expect(records.find(isKind('traceroute-done'))?.result.hops).toEqual([]);
});

test.each(['10.0.0.2', '2001:db8::2'])(
  'a ping of 3000 bytes to %s goes in fragments, there and back',
  (to) => {
    const { marks, records } = ping(to, { size: 3000, count: 2 });
    expect(marks).toBe('!!');
    expect(records.filter(({ kind }) => kind === 'frame').length).toBeGreaterThan(8);
  },
);

test('half a packet is ignored after 30 seconds, in a host that was saved meanwhile, too', () => {
  const { network, b } = build();
  const echo = buildIcmpPacket(
    { source: ip('10.0.0.1'), destination: ip('10.0.0.2'), ttl: 9 },
    { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(2000) },
  );
  network.inject('b', 'eth0', new Fragmenter().split(echo, 1500, true)[0]!);
  network.step();
  const copy = build().b;
  copy.restore(structuredClone(b.save()));
  expect(copy.nextDeadline()).toBe(network.now + seconds(30));
  network.run();
  expect(b.counters).toEqual({ answered: 0, taken: 0, ignored: 1 });
});

test('restoring a saved host in the middle of a ping goes on as if nothing had happened', () => {
  const { network, records } = build();
  const full = { destination: ip('10.0.0.2'), count: 5, size: 100, timeout: seconds(2) };
  network.onNode('a', (node, out) => node.ping(0, full, out));
  for (let i = 0; i < 5; i++) network.step();
  const state = network.save();
  const length = records.length;
  network.run();
  const first = JSON.stringify(records.slice(length));
  records.length = length;
  network.restore(state);
  network.run();
  expect(JSON.stringify(records.slice(length))).toBe(first);
});

test('the story of a ping between neighbours reads like one', () => {
  const { records } = ping('10.0.0.2', { count: 1 });
  const story = tellStory(records, [{ name: 'a-b', a: 'a', b: 'b' }]);
  expect(narrate(story)).toEqual([
    '  #1   0.000  a > b',
    '      10.0.0.1 > 10.0.0.2 ICMP echo request id 1 seq 0 ttl 255',
    '      a sends it',
    '  #2   0.001  b > a',
    '      10.0.0.2 > 10.0.0.1 ICMP echo reply id 1 seq 0 ttl 255',
    '      b answers',
  ]);
  expect(ladder(story, ['a', 'b'], { width: 80 })).toEqual([
    '                a                                                       b',
    '                |                                                       |',
    '  #1   0.000    |-------------- echo request to 10.0.0.2 -------------->|',
    '  #2   0.001    |<--------------- echo reply to 10.0.0.1 ---------------|',
    '                |                                                       |',
  ]);
});
