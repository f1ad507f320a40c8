// use-petr changes what the ITR does with a natively-forward entry, not what it is told.
import { expect, test } from 'vitest';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { encodeLispData } from '../../src/wire/lisp-data.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { counterOf } from '../../src/sim/lab-expect.ts';
import { expectGolden, expectPassed, lab, numbered, packet } from './support.ts';

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('pxtr-petr');
  run.run();
  expectPassed(run);
  expectGolden('pxtr-petr.txt', [...run.narration(), '', ...run.ladder()]);
});

test('packets 1, 2, 5 to 7, 10 and 11 are those of the lab without a PETR', () => {
  const [plain, petr] = [lab('pxtr'), lab('pxtr-petr')];
  for (const run of [plain, petr]) run.run();
  for (const number of [1, 2, 5, 6, 7, 10, 11]) {
    expect(numbered(petr)[number - 1]!.line).toBe(numbered(plain)[number - 1]!.line);
  }
});

test.each(['10.0.255.1', '10.0.1.1'])(
  'packets 3 and 8 go to the PETR %s with the TTL of the inner packet',
  (petr) => {
    const run = lab('pxtr-petr', { 'lisp1.ios': [['use-petr 10.0.255.1', `use-petr ${petr}`]] });
    run.run();
    for (const number of [3, 8]) {
      const facts = packet(run, number);
      expect([facts.source, facts.destination].map(formatIp)).toEqual(['10.0.1.2', petr]);
      expect([facts.packet.ip.ttl, facts.inner!.ip.ttl]).toEqual([255, 255]);
      expect(packet(run, number + 1).packet.ip.ttl).toBe(254);
    }
    expect(run.pings()[0]!.result.marks).toBe('.!!!!');
  },
);

test('the PETR drops and counts what comes from no served site', () => {
  const run = lab('pxtr-petr');
  run.run(seconds(5));
  const before = counterOf(run.router('mapserver')!, 'dropped');
  const inner = buildIcmpPacket(
    { source: ip('10.9.9.9'), destination: ip('4.4.4.4'), ttl: 64 },
    { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) },
  );
  const bytes = buildUdpPacket(
    {
      source: ip('10.0.1.2'),
      destination: ip('10.0.255.1'),
      ttl: 64,
      sourcePort: 50_000,
      destinationPort: 4341,
      checksum: 'zero',
    },
    Uint8Array.from([...encodeLispData({ flags: 0, word0: 0, word1: 0 }), ...inner]),
  );
  run.input(run.now, { kind: 'inject', node: 'mapserver', interfaceName: 'FastEthernet0/0', bytes });
  run.run(seconds(6));
  expect(counterOf(run.router('mapserver')!, 'dropped')).toBe(before + 1);
  expect(run.story().at(-1)!.outcome).toMatch(/^dropped by mapserver/);
});

test('explain on lisp1 names the PETR', () => {
  const run = lab('pxtr-petr');
  run.run();
  const bytes = packet(run, 3).inner!;
  const whole = numbered(run)[2]!.frame.bytes.subarray(bytes.start, bytes.end);
  const { phases } = run.router('lisp1')!.explain(whole, { interfaceIndex: 0, originated: true });
  expect(phases.map(({ phase }) => phase)).toContain('PETR override');
});
