// Two default routes that point at each other, and a packet for nobody between them.
import { expect, test } from 'vitest';
import { expectGolden, expectPassed, lab, numbered } from './support.ts';

test('the story comes out as the lab file expects, and begins as it always did', () => {
  const run = lab('loop-lesson');
  run.run();
  expectPassed(run);
  // Up to the echo request that goes round, and two rounds of it.
  const lines = run.narration();
  const end = lines.findIndex((line) => line.trimStart().startsWith('#39 '));
  expectGolden('loop-lesson.txt', lines.slice(0, end));
});

test('every hop takes one from the TTL, and the last one tells the sender', () => {
  const run = lab('loop-lesson');
  run.run();
  const round = numbered(run).filter(({ frame }) => frame.time >= 30_000_000);
  expect(round.slice(0, -1).map(({ facts }) => facts!.packet.ip.ttl)).toEqual(
    Array.from({ length: 255 }, (_, i) => 255 - i),
  );
  expect(round.at(-1)!.title).toBe('time exceeded to 4.4.4.4');
});

test('IW-15 a discard route on mapserver ends it', () => {
  const fixed = 'ip route 0.0.0.0 0.0.0.0 10.0.3.2';
  const run = lab('loop-lesson', {
    'mapserver.ios': [[fixed, `${fixed}\nip route 192.168.0.0 255.255.0.0 Null0`]],
  });
  run.run();
  expect(run.pings().map(({ result }) => result.marks)).toEqual(['.!', 'U']);
});

test('probes of a traceroute that answer one another are not taken for one packet on its way', () => {
  const run = lab('loop-lesson');
  run.run();
  const third = numbered(run).find(({ title }) => title === 'UDP 33436 to 192.168.3.1')!;
  expect(third.why).toBe('outsideworld sends it');
});
