// EID to EID: two xTRs find each other through the Map-Server.
import { expect, test } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { expectGolden, expectPassed, lab, layers, numbered, packet, policies } from './support.ts';

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('two-sites');
  run.run();
  expectPassed(run);
  expectGolden('two-sites.txt', [...run.narration(), '', ...run.ladder()]);
});

test('the request reaches the ETR unmodified inside, and the ETR answers the ITR directly', () => {
  const run = lab('two-sites');
  run.run();
  const [asked, forwarded, answer, routed] = [1, 2, 3, 4].map((number) => packet(run, number));
  expect(forwarded!.control).toEqual(asked!.control);
  expect([answer!.source, answer!.destination].map(formatIp)).toEqual(['10.0.2.2', '10.0.1.2']);
  expect(answer!.control).toMatchObject({
    type: 'map-reply',
    records: [{ authoritative: true, maskBits: 32 }],
  });
  expect(routed!.packet.ip.ttl).toBe(answer!.packet.ip.ttl - 1);
});

test('on the way the outer TTL goes down by one, and inside stands the lesser of both', () => {
  const run = lab('two-sites');
  run.run();
  const [sent, routed] = [packet(run, 5), packet(run, 6)];
  expect([sent.packet.ip.ttl, routed.packet.ip.ttl]).toEqual([255, 254]);
  expect([sent.inner!.ip.ttl, routed.inner!.ip.ttl]).toEqual([255, 255]);
  for (const number of [5, 11, 13]) {
    expect(layers(packet(run, number), 'lisp')[0]!.header).toEqual({ flags: 0, word0: 0, word1: 0 });
  }
});

test('with hold on both xTRs nothing is lost', () => {
  const run = lab('two-sites', policies({ lisp1: 'hold', lisp2: 'hold' }, 'two-sites'));
  run.run();
  expect(run.pings()[0]!.result.marks).toBe('!!!!!');
  expect(numbered(run).filter(({ title }) => title.startsWith('ECM'))).toHaveLength(4);
});
