// Anycast of an aggregate: the nearer PITR is used, and traffic moves when it withdraws and when it is back.
import { expect, test } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { isKind } from '../../src/sim/record.ts';
import { expectGolden, expectPassed, lab, numbered } from './support.ts';

function finished(): Lab {
  const run = lab('two-pitrs');
  run.run();
  return run;
}

/** Outer sources of the LISP data that reached lisp1 from a moment on: the PITRs in use. */
function pitrs(run: Lab, from: number, to: number): Set<string> {
  const data = numbered(run).filter(
    ({ facts, frame, to: node }) =>
      node === 'lisp1' &&
      facts?.inner !== undefined &&
      frame.time >= seconds(from) &&
      frame.time < seconds(to),
  );
  return new Set(data.map(({ facts }) => formatIp(facts!.source)));
}

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = finished();
  expectPassed(run);
  expectGolden('two-pitrs.txt', [...run.narration(), '', ...run.ladder()]);
});

test('IW-03 any PITR will do: packets of one conversation come through both', () => {
  const run = finished();
  expect([...pitrs(run, 0, 30)]).toEqual(['10.0.255.2']);
  expect([...pitrs(run, 30, 90)]).toEqual(['10.0.255.1']);
  expect([...pitrs(run, 90, 120)]).toEqual(['10.0.255.2']);
});

test('a withdrawal is heard at once, the other way within one interval', () => {
  const changes = finished()
    .timeline.records.filter(isKind('trace'))
    .filter(
      ({ node, time, trace }) =>
        node === 'outsideworld' && time >= seconds(30) && trace.fields['prefix'] === '192.168.0.0/16',
    )
    .map(({ time, trace }) => ({ time, text: `${trace.event} ${String(trace.fields['via'])}` }));
  const texts = changes.map(({ text }) => text);
  expect(texts.slice(0, 2)).toEqual(['route-lost 10.0.6.1', 'route-learned 10.0.4.1']);
  expect(texts.at(-1)).toBe('route-learned 10.0.6.1');
  expect(changes[0]!.time).toBe(seconds(30) + 1000);
  expect(changes[1]!.time).toBeLessThan(seconds(30 + 35));
  expect(changes.at(-1)!.time).toBe(seconds(90) + 1000);
});

test('IW-15 each PITR keeps its own discard route, whatever the other advertises', () => {
  const run = finished();
  const discard = 'l     192.168.0.0/16 is directly connected, Null0';
  for (const node of ['mapserver', 'pitr2']) expect(run.show(node, 'show ip route')).toContain(discard);
});
