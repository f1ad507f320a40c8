import { expect, test } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import type { LinkCounters } from '../../src/sim/link.ts';
import { logHash } from '../../src/sim/log.ts';
import { Network } from '../../src/sim/network.ts';
import type { NetworkRecord } from '../../src/sim/record.ts';
import { Chatter, ring } from './toy.ts';

interface Built {
  network: Network<string>;
  records: NetworkRecord[];
  inputs: string[];
}

function build(seed: number, { packets = 200, loss = 0, mtu = 1500, size = 4 } = {}): Built {
  const records: NetworkRecord[] = [];
  const inputs: string[] = [];
  const { nodes, links } = ring(size, packets, { loss, mtu }, seed);
  const network = new Network<string>(nodes, links, {
    seed,
    record: (record) => records.push(record),
    handleInput: (input, now) => inputs.push(`${now} ${input}`),
  });
  network.start();
  return { network, records, inputs };
}

function counters(network: Network<string>): LinkCounters[] {
  return network.links.flatMap((link) => [link.counters(0), link.counters(1)]);
}

function sum(of: readonly LinkCounters[], field: keyof LinkCounters): number {
  return of.reduce((total, each) => total + each[field], 0);
}

test('every packet put on a link is delivered, lost, too big, cut off or in flight: after every event', () => {
  const { network, records } = build(7, { packets: 60, loss: 0.2, mtu: 1200 });
  let steps = 0;
  while (network.step()) {
    if (++steps === 100) network.changeLink('l1', { up: false });
    if (steps === 150) network.changeLink('l1', { up: true });
    for (const c of counters(network)) {
      expect(c.sent).toBe(c.delivered + c.lost + c.tooBig + c.down + c.inFlight);
    }
  }
  const all = counters(network);
  expect(sum(all, 'inFlight')).toBe(0);
  expect(sum(all, 'lost')).toBeGreaterThan(0);
  expect(sum(all, 'tooBig')).toBeGreaterThan(0);
  expect(sum(all, 'down')).toBeGreaterThan(0);
  expect(sum(all, 'sent')).toBe(records.filter(({ kind }) => kind === 'frame').length);
  const received = network.nodes.reduce(
    (total, node) => total + (node instanceof Chatter ? node.received : 0),
    0,
  );
  expect(sum(all, 'delivered')).toBe(received);
});

test('packets of one direction arrive in order, each after the delay of its link', () => {
  const { network, records } = build(3);
  network.run();
  const sentAt = new Map<number, number>();
  const last = new Map<string, number>();
  for (const record of records) {
    if (record.kind === 'frame') sentAt.set(record.frame.number, record.time);
    if (record.kind !== 'arrival') continue;
    const frame = records.find((r) => r.kind === 'frame' && r.frame.number === record.frame);
    if (frame?.kind !== 'frame') throw new Error('an arrival without its frame');
    const { link, direction, number } = frame.frame;
    expect(record.time - sentAt.get(number)!).toBe(1000 + link);
    const key = `${link} ${direction}`;
    expect(number).toBeGreaterThan(last.get(key) ?? 0);
    last.set(key, number);
  }
});

test('time never goes back, and records carry the event and time at which they were made', () => {
  const { network, records } = build(5, { loss: 0.1 });
  network.run();
  for (const [i, record] of records.entries()) {
    expect(record.time).toBeGreaterThanOrEqual(records[i - 1]?.time ?? 0);
    expect(record.event).toBeGreaterThanOrEqual(records[i - 1]?.event ?? 0);
  }
});

test('equal seeds give equal logs; another seed gives another one', () => {
  const hash = (seed: number): string => {
    const { network, records } = build(seed, { loss: 0.3 });
    network.run();
    return logHash(records);
  };
  expect(hash(42)).toBe(hash(42));
  expect(hash(42)).not.toBe(hash(43));
});

test.each([0, 0.01, 0.2, 0.5, 1])('a loss of %f loses that share of the packets', (loss) => {
  const { network } = build(11, { packets: 3000, loss });
  network.run();
  const all = counters(network);
  const share = sum(all, 'lost') / (sum(all, 'sent') - sum(all, 'tooBig'));
  expect(Math.abs(share - loss)).toBeLessThan(0.02);
});

test('inputs are handled at their time, in the order in which they were queued, before deadlines of that time', () => {
  const { network, inputs } = build(1, { packets: 0 });
  network.schedule(seconds(2), 'c');
  network.schedule(seconds(1), 'a');
  network.schedule(seconds(1), 'b');
  expect(network.nextTime()).toBe(seconds(1));
  network.runUntil(seconds(1));
  expect(inputs).toEqual(['1000000 a', '1000000 b']);
  network.runUntil(seconds(10));
  expect(inputs.at(-1)).toBe('2000000 c');
  expect(network.now).toBe(seconds(10));
  expect(network.step()).toBe(false);
});

test('a packet out of an interface on no link is counted and recorded', () => {
  const records: NetworkRecord[] = [];
  const network = new Network([new Chatter('alone', 1, 3, 1)], [], {
    seed: 1,
    record: (record) => records.push(record),
    handleInput: () => undefined,
  });
  network.start();
  network.run();
  expect(network.unconnected).toBe(3);
  expect(records.filter(({ kind }) => kind === 'unconnected')).toHaveLength(3);
});

test('an injected packet travels the link like any other', () => {
  const { network, records } = build(1, { packets: 0 });
  network.inject('n1', 'e0', Uint8Array.of(0, 1, 2));
  network.run();
  expect(network.link('l0').counters(0)).toMatchObject({ sent: 1, delivered: 1, deliveredBytes: 3 });
  const frame = records.find(({ kind }) => kind === 'frame');
  expect(frame).toMatchObject({ node: 'n0', frame: { injected: true, fate: 'sent' } });
});

test('a link that goes down cuts off what is under way, even when it comes up again before', () => {
  const { network } = build(1, { packets: 0 });
  network.inject('n1', 'e0', Uint8Array.of(0));
  network.changeLink('l0', { up: false });
  network.changeLink('l0', { up: true });
  network.run();
  expect(network.link('l0').counters(0)).toMatchObject({ sent: 1, delivered: 0, down: 1, inFlight: 0 });
});
