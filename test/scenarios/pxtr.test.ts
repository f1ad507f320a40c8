// The article's run, packet by packet: LISP site to the world through a PxTR and back.
import { beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { formatIp } from '../../src/base/ip-text.ts';
import { compareNonce, type Nonce } from '../../src/base/random.ts';
import { seconds } from '../../src/base/time.ts';
import { VERDICT_ENCAP, VERDICT_NATIVE, VERDICT_PUNT } from '../../src/engine/codes.ts';
import type { Lab } from '../../src/sim/lab.ts';
import type { PacketFacts } from '../../src/sim/packet-facts.ts';
import { formatLispAddress } from '../../src/wire/lisp-address.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import type { MapRequest } from '../../src/wire/map-request.ts';
import { checksumErrorsOf, errorsOf } from '../../src/wire/packet.ts';
import { expectGolden, expectPassed, lab, layers, numbered, packet, policies } from './support.ts';

let run: Lab;

beforeAll(() => {
  run = lab('pxtr');
  run.run();
});

function request(number: number): MapRequest {
  const { control } = packet(run, number);
  if (control?.type !== 'map-request') throw new Error(`packet ${number} is no Map-Request`);
  return control;
}

function reply(number: number): MapReply {
  const { control } = packet(run, number);
  if (control?.type !== 'map-reply') throw new Error(`packet ${number} is no Map-Reply`);
  return control;
}

function outer(facts: PacketFacts): string {
  return `${formatIp(facts.source)} > ${formatIp(facts.destination)}`;
}

function expectSameNonce(a: { nonce: Nonce }, b: { nonce: Nonce }): void {
  expect(compareNonce(a.nonce, b.nonce)).toBe(0);
}

test('everything the lab file expects comes out', () => {
  expectPassed(run);
});

test('the console shows what IOS would print', () => {
  const [ping, cache] = run
    .transcripts()
    .get('lisp1')!
    .split(/\n(?=lisp1#show)/);
  expect(cache).toMatch(/^lisp1#show ip lisp map-cache\nLISP IPv4 Mapping Cache [^]*, 2 entries\n/);
  expect(ping).toBe(
    [
      'lisp1#ping 4.4.4.4 source Loopback0',
      'Type escape sequence to abort.',
      'Sending 5, 100-byte ICMP Echos to 4.4.4.4, timeout is 2 seconds:',
      'Packet sent with a source address of 192.168.1.1',
      '.!!!!',
      'Success rate is 80 percent (4/5), round-trip min/avg/max = 4/4/4 ms',
    ].join('\n'),
  );
});

test('the story reads as it always did', () => {
  expectGolden('pxtr.txt', [...run.narration(), '', ...run.ladder()]);
});

test('show commands print what IOS would, times aside', () => {
  const shown = (node: string, command: string): string => {
    return run
      .show(node, command)
      .replace(/\d\d:\d\d:\d\d/g, 'hh:mm:ss')
      .replace(/0x[0-9A-F]{8}/g, '0x…');
  };
  const commands = [
    ['lisp1', 'show ip lisp map-cache'],
    ['mapserver', 'show ip lisp map-cache'],
    ['mapserver', 'show lisp site name site1'],
  ] as const;
  expectGolden(
    'pxtr-show.txt',
    commands.flatMap(([node, command]) => [`${node}#${command}`, shown(node, command), '']),
  );
});

test('every packet decodes without an error and with good checksums', () => {
  for (const { facts } of run.story()) {
    expect(errorsOf(facts!.packet)).toEqual([]);
    expect(checksumErrorsOf(facts!.packet)).toEqual([]);
  }
});

test('sites register at the start and about every minute, from port 4342 to port 4342', () => {
  const longRun = lab('pxtr');
  longRun.run(seconds(200));
  const registers = longRun
    .story()
    .filter(({ facts, from }) => facts?.control?.type === 'map-register' && from === 'lisp1');
  const times = registers.map(({ frame }) => frame.time / 1e6);
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(times[0]).toBeLessThan(1);
  for (const [i, time] of times.entries()) {
    if (i > 0) expect(Math.abs(time - times[i - 1]! - 60)).toBeLessThanOrEqual(15);
  }
  const facts = registers[0]!.facts!;
  expect(outer(facts)).toBe('10.0.1.2 > 10.0.1.1');
  expect(layers(facts, 'udp')[0]!.udp).toMatchObject({ sourcePort: 4342, destinationPort: 4342 });
});

test('packet 1: lisp1 asks for 4.4.4.4 in an ECM', () => {
  const facts = packet(run, 1);
  expect(numbered(run)[0]!.link).toBe('lisp1-mapserver');
  expect(outer(facts)).toBe('10.0.1.2 > 10.0.1.1');
  const [udp, innerUdp] = layers(facts, 'udp');
  expect(udp!.udp).toMatchObject({ destinationPort: 4342, checksum: 'good' });
  const [ecm] = layers(facts, 'control');
  expect(ecm!.message).toMatchObject({ type: 'ecm', ddt: false });
  expect(ecm!.message).not.toHaveProperty('securityData');
  const innerIp = layers(facts, 'ip')[1]!.ip;
  expect(formatIp(innerIp.source)).toBe('10.0.1.2');
  expect(formatIp(innerIp.destination)).toBe('4.4.4.4');
  expect(innerUdp!.udp).toMatchObject({ destinationPort: 4342, checksum: 'good' });
  const asked = request(1);
  expect(asked).toMatchObject({
    authoritative: false,
    probe: false,
    smr: false,
    pitr: false,
    smrInvoked: false,
  });
  expect(asked.itrRlocs.map(formatLispAddress)).toEqual(['10.0.1.2']);
  expect(asked.records.map(({ eid, maskBits }) => `${formatLispAddress(eid)}/${maskBits}`)).toEqual([
    '4.4.4.4/32',
  ]);
  expect(formatLispAddress(asked.sourceEid)).toBe('192.168.1.1');
  expect(asked.mapping).toBeUndefined();
});

test('packet 2: mapserver says 0.0.0.0/1 is no EID, to the inner source port of the request', () => {
  const facts = packet(run, 2);
  expect(numbered(run)[1]!.link).toBe('lisp1-mapserver');
  const [udp] = layers(facts, 'udp');
  expect(udp!.udp).toMatchObject({
    sourcePort: 4342,
    destinationPort: layers(packet(run, 1), 'udp')[1]!.udp.sourcePort,
  });
  expect(formatIp(facts.destination)).toBe('10.0.1.2');
  expectSameNonce(reply(2), request(1));
  const [record, ...more] = reply(2).records;
  expect(more).toEqual([]);
  expect(record).toMatchObject({
    ttlMinutes: 15,
    maskBits: 1,
    action: 1,
    authoritative: false,
    locators: [],
  });
  expect(formatLispAddress(record!.eid)).toBe('0.0.0.0');
});

test('packets 3 to 5: the first echo goes out natively and its answer is lost at mapserver', () => {
  const [sent, routed, answer] = [packet(run, 3), packet(run, 4), packet(run, 5)];
  expect([3, 4, 5].map((number) => numbered(run)[number - 1]!.link)).toEqual([
    'lisp1-mapserver',
    'mapserver-outsideworld',
    'mapserver-outsideworld',
  ]);
  expect(outer(sent)).toBe('192.168.1.1 > 4.4.4.4');
  expect(sent.inner).toBeUndefined();
  expect([sent, routed, answer].map(({ packet: { ip } }) => ip.ttl)).toEqual([255, 254, 255]);
  const [before, after] = [numbered(run)[2]!.frame.bytes.slice(), numbered(run)[3]!.frame.bytes.slice()];
  for (const bytes of [before, after]) bytes.fill(0, 8, 9).fill(0, 10, 12);
  expect(after).toEqual(before);
  expect(outer(answer)).toBe('4.4.4.4 > 192.168.1.1');
  expect(numbered(run)[4]!.outcome).toMatch(/^lost: mapserver must first ask where 192\.168\.1\.1 is/);
});

test('packet 6: the PITR asks; its way to the own resolver is on no link', () => {
  const facts = packet(run, 6);
  expect(numbered(run)[5]!).toMatchObject({ link: 'lisp1-mapserver', from: 'mapserver', to: 'lisp1' });
  expect(formatIp(facts.destination)).toBe('10.0.1.2');
  const asked = request(6);
  expect(asked.pitr).toBe(true);
  expect(asked.itrRlocs.map(formatLispAddress)).toEqual(['10.0.255.1']);
  expect(asked.records.map(({ eid, maskBits }) => `${formatLispAddress(eid)}/${maskBits}`)).toEqual([
    '192.168.1.1/32',
  ]);
  expect(formatLispAddress(asked.sourceEid)).toBe('4.4.4.4');
  expect(compareNonce(asked.nonce, request(1).nonce)).not.toBe(0);
});

test('packet 7: the ETR answers with its locator, to the PITR', () => {
  const facts = packet(run, 7);
  expect(formatIp(facts.destination)).toBe('10.0.255.1');
  expectSameNonce(reply(7), request(6));
  const [record, ...more] = reply(7).records;
  expect(more).toEqual([]);
  expect(record).toMatchObject({ ttlMinutes: 1440, maskBits: 32, authoritative: true });
  expect(formatLispAddress(record!.eid)).toBe('192.168.1.1');
  expect(record!.locators).toHaveLength(1);
  expect(record!.locators[0]).toMatchObject({ priority: 1, weight: 100, local: true, reachable: true });
  expect(formatLispAddress(record!.locators[0]!.rloc)).toBe('10.0.1.2');
});

describe('packets 8 to 11, and three times again', () => {
  test.each([0, 1, 2, 3])('round %i: out natively, back encapsulated', (round) => {
    const [out, routed, answer, back] = [8, 9, 10, 11].map((number) => packet(run, number + 4 * round));
    expect([out!, routed!, answer!].map(outer)).toEqual([
      '192.168.1.1 > 4.4.4.4',
      '192.168.1.1 > 4.4.4.4',
      '4.4.4.4 > 192.168.1.1',
    ]);
    expect([out!, routed!, answer!].map(({ packet: { ip } }) => ip.ttl)).toEqual([255, 254, 255]);
    const facts = back!;
    expect(outer(facts)).toBe('10.0.255.1 > 10.0.1.2');
    expect(facts.packet.ip).toMatchObject({
      ttl: 254,
      totalLength: 136,
      dontFragment: true,
      checksumOk: true,
    });
    const [udp] = layers(facts, 'udp');
    expect(udp!.udp).toMatchObject({ destinationPort: 4341, length: 116, checksumField: 0 });
    expect(layers(facts, 'lisp')[0]!.header).toEqual({ flags: 0, word0: 0, word1: 0 });
    expect(outer({ ...facts, source: facts.origin, destination: facts.target })).toBe(
      '4.4.4.4 > 192.168.1.1',
    );
    expect(facts.inner!.ip).toMatchObject({ ttl: 254, totalLength: 100 });
    const first = layers(packet(run, 11), 'udp')[0]!.udp.sourcePort;
    expect(udp!.udp.sourcePort).toBe(first);
  });

  test('there are 23 packets in all', () => {
    expect(numbered(run)).toHaveLength(23);
  });
});

describe('the miss policies decide what the first packets meet', () => {
  test.each([
    ['drop', 'drop', '..!!!'],
    ['hold', 'drop', '.!!!!'],
    ['hold', 'hold', '!!!!!'],
  ] as const)('%s at lisp1, %s at mapserver: %s', (site, proxy, marks) => {
    const other = lab('pxtr', policies({ lisp1: site, mapserver: proxy }));
    other.run();
    expect(other.pings().map(({ result }) => result.marks)).toEqual([marks]);
    const titles = (of: Lab): string[] => numbered(of).map(({ from, to, title }) => `${from} ${to} ${title}`);
    // With drop at lisp1 the first echo never leaves it; what is on the wire begins alike.
    if (proxy === 'drop') expect(titles(other).slice(0, 11)).toEqual(titles(run).slice(0, 11));
    else expect(titles(other)[7]).toBe('mapserver lisp1 LISP | echo reply to 192.168.1.1');
  });
});

test.each(['192.168.1.1/32', '192.168.1.0/24'])('a registration of %s serves', (prefix) => {
  const other = lab('pxtr', {
    'lisp1.ios': [['192.168.1.1/32', prefix]],
    'lab.yaml': [['192.168.1.1/32, 192', `${prefix}, 192`]],
  });
  other.run();
  expect(other.pings()[0]!.result.marks).toBe('.!!!!');
  expect(other.show('mapserver', 'show ip lisp map-cache')).toContain(prefix);
});

test('the source EID of packet 6 may be the PITR itself', () => {
  const other = lab('pxtr', {
    'mapserver.ios': [[' miss-policy drop', ' miss-policy drop\n proxy-itr source-eid rloc']],
  });
  other.run();
  const { control } = packet(other, 6);
  expect(control?.type === 'map-request' ? formatLispAddress(control.sourceEid) : '').toBe('10.0.255.1');
  expect(other.pings()[0]!.result.marks).toBe('.!!!!');
});

describe('explain says before a packet moves what will become of it', () => {
  /** The lab as it stood just before packet `number` was put on its link. */
  function before(number: number): Lab {
    const other = lab('pxtr');
    other.run();
    const { frame } = numbered(other)[number - 1]!;
    const sent = other.timeline.records.find((record) => record.kind === 'frame' && record.frame === frame)!;
    other.timeline.goTo(sent.event - 1);
    return other;
  }
  const echo = (number: number): Uint8Array => numbered(run)[number - 1]!.frame.bytes;

  test.each([
    [1, 'lisp1', 3, { interfaceIndex: 0, originated: true }, VERDICT_PUNT],
    [8, 'lisp1', 8, { interfaceIndex: 0, originated: true }, VERDICT_NATIVE],
    [6, 'mapserver', 5, { interfaceIndex: 3 }, VERDICT_PUNT],
    [11, 'mapserver', 10, { interfaceIndex: 3 }, VERDICT_ENCAP],
  ] as const)('before packet %i, on %s', (number, node, about, options, verdict) => {
    const explanation = before(number).router(node)!.explain(echo(about), options);
    expect(explanation.verdict).toBe(verdict);
    expect(explanation.phases.map(({ phase }) => phase)).toContain('map-cache lookup');
    expect(explanation.phases.every(({ rule }) => rule !== '')).toBe(true);
    if (verdict === VERDICT_ENCAP) expect(toHex(explanation.bytes)).toBe(toHex(echo(number)));
  });
});
