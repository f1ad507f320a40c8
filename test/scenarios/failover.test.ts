// A site with two providers: what its locators' state does, and what it does not.
import { expect, test } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { expectGolden, expectPassed, lab, numbered } from './support.ts';

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('failover');
  run.run();
  expectPassed(run);
  expectGolden('failover.txt', run.narration());
});

test('an interface that is shut down takes no packets', () => {
  const run = lab('failover');
  run.run(seconds(31));
  const toEdge = numbered(run).filter(({ to, frame }) => to === 'edge' && frame.time > seconds(20));
  expect(toEdge).toHaveLength(5);
  expect(new Set(toEdge.map(({ outcome }) => outcome))).toEqual(new Set(['dropped by edge: interface down']));
});

test('its locator is registered as unreachable at once, though a default route leads there', () => {
  const run = lab('failover');
  run.run(seconds(21));
  const [prefix] = run.router('mapserver')!.sites()[0]!.prefixes;
  const locators = prefix!.registrations[0]!.mapping.locators;
  expect(locators.map(({ address, reachable, local }) => [formatIp(address), reachable, local])).toEqual([
    ['10.0.1.2', false, false],
    ['10.0.2.2', true, true],
  ]);
});

test('with no shutdown everything is as it was, as soon as the Map-Cache entry ends', () => {
  const run = lab('failover');
  run.run(seconds(85));
  run.input(run.now, { kind: 'config', node: 'edge', lines: ['interface FastEthernet0/0', ' no shutdown'] });
  run.run(seconds(86));
  const [prefix] = run.router('mapserver')!.sites()[0]!.prefixes;
  expect(prefix!.registrations[0]!.mapping.locators.map(({ reachable }) => reachable)).toEqual([true, true]);
  run.run(seconds(140));
  run.type('branch', 'ping 192.168.1.1 source Loopback0');
  run.run(seconds(150));
  expect(run.pings().at(-1)!.result.marks).toBe('!!!!!');
  expect(run.show('branch', 'show ip lisp map-cache')).toMatch(/10\.0\.1\.2 .* up +1\/100/);
});

test('the uptime of a locator runs from its last change, not from the entry', () => {
  const run = lab('failover');
  const uptimes = (): string[] =>
    run
      .show('branch', 'show ip lisp map-cache detail')
      .split('\n')
      .filter((line) => /^ {2}10\.0/.test(line));
  const configure = (...lines: string[]): void =>
    run.input(run.now, { kind: 'config', node: 'branch', lines });
  run.run(seconds(15));
  expect(uptimes()).toEqual([
    '  10.0.1.2  00:00:04  up           1/100',
    '  10.0.2.2  00:00:04  up           2/100',
  ]);
  configure('no ip route 0.0.0.0 0.0.0.0 10.0.3.1', 'ip route 10.0.2.0 255.255.255.0 10.0.3.1');
  run.run(seconds(18));
  expect(uptimes()).toEqual([
    '  10.0.1.2  00:00:03  no-route     1/100',
    '  10.0.2.2  00:00:07  up           2/100',
  ]);
  const { event } = run.timeline;
  configure('ip route 0.0.0.0 0.0.0.0 10.0.3.1');
  run.run(seconds(25));
  expect(uptimes()).toEqual([
    '  10.0.1.2  00:00:07  up           1/100',
    '  10.0.2.2  00:00:14  up           2/100',
  ]);
  run.timeline.goTo(event);
  run.timeline.runUntil(seconds(17));
  expect(uptimes()).toEqual([
    '  10.0.1.2  00:00:02  no-route     1/100',
    '  10.0.2.2  00:00:06  up           2/100',
  ]);
});
