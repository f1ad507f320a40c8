// The two questions under the article: who advertises the EIDs, and what becomes of those that nobody has.
import { describe, expect, test } from 'vitest';
import { formatIp, formatPrefix } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { isKind } from '../../src/sim/record.ts';
import { RIP_RESPONSE, ripPrefix } from '../../src/wire/rip.ts';
import { expectGolden, expectPassed, lab, layers, numbered } from './support.ts';

function finished(): Lab {
  const run = lab('reader-questions');
  run.run();
  return run;
}

/** Prefixes that RIP packets of a node told as reachable. */
function told(run: Lab, node: string): Set<string> {
  const prefixes = run
    .story()
    .filter(({ from }) => from === node)
    .flatMap(({ facts }) => (facts?.rip?.command === RIP_RESPONSE ? facts.rip.entries : []))
    .flatMap((entry) => (entry.kind === 'route' && entry.metric < 16 ? [ripPrefix(entry)!] : []));
  return new Set(prefixes.map(formatPrefix));
}

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = finished();
  expectPassed(run);
  expectGolden('reader-questions.txt', [
    ...run.narration({ showUpkeep: true }),
    '',
    ...run.ladder(),
    '',
    run.show('mapserver', 'show ip rip database'),
    '',
    run.show('core', 'show ip protocols'),
  ]);
});

test('IW-01 the PITR announces the aggregate, and no prefix of a site', () => {
  const prefixes = [...told(finished(), 'mapserver')].filter((text) => text.startsWith('192.168.'));
  expect(prefixes).toEqual(['192.168.0.0/16']);
});

test('routes of RIP are upkeep: not one of them has a number', () => {
  const rip = finished()
    .story()
    .filter(({ facts }) => facts?.rip !== undefined);
  expect(rip.length).toBeGreaterThan(20);
  expect(rip.every(({ number }) => number === undefined)).toBe(true);
});

test('the aggregate is known everywhere within one interval of being configured', () => {
  const run = finished();
  const learned = run.timeline.records
    .filter(isKind('trace'))
    .filter(({ trace }) => trace.event === 'route-learned' && trace.fields['prefix'] === '192.168.0.0/16');
  expect(learned.map(({ node, time }) => [node, time])).toEqual([
    ['core', 30_001_000],
    ['outsideworld', 30_002_000],
  ]);
});

describe('IW-15 a packet for a hole in the aggregate', () => {
  test('goes to mapserver and no further, and its sender is told', () => {
    const run = finished();
    const ways = numbered(run)
      .filter(({ facts }) => facts !== undefined && formatIp(facts.destination) === '192.168.3.1')
      .map(({ from, to }) => `${from} > ${to}`);
    expect(ways).toEqual(Array.from({ length: 3 }, () => ['outsideworld > core', 'core > mapserver']).flat());
    const errors = numbered(run).filter(
      ({ facts, from }) => from === 'mapserver' && facts?.icmp?.type === 'unreachable',
    );
    expect(errors.map(({ facts }) => layers(facts!, 'icmp')[0]!.message)).toMatchObject([
      { type: 'unreachable', code: 1 },
      { type: 'unreachable', code: 1 },
    ]);
  });

  test('without the discard route it goes round between mapserver and core until its TTL ends', () => {
    // core attracts the EIDs for mapserver, which then holds no aggregate.
    const run = lab('reader-questions', {
      'lab.yaml': [["      - ' ipv4 proxy-itr advertise 192.168.0.0/16'\n", '']],
      'core.ios': [
        ['router rip\n', 'ip route 192.168.0.0 255.255.0.0 10.0.3.1\nrouter rip\n redistribute static\n'],
      ],
    });
    run.run();
    expect(run.pings()[2]!.result.marks).toBe('.&&');
    const crossings = numbered(run).filter(({ from, to, facts }) => {
      return (
        [from, to].every((name) => ['core', 'mapserver'].includes(name)) &&
        facts?.icmp?.type === 'echo-request'
      );
    });
    expect(crossings.length).toBeGreaterThan(500);
  });
});

test('debug ip rip at a console tells what the router hears and learns', () => {
  const run = lab('reader-questions');
  run.run(seconds(29));
  run.type('outsideworld', 'debug ip rip');
  run.run(seconds(31));
  const lines = run.timeline.records
    .filter(isKind('console'))
    .filter(({ node, time }) => node === 'outsideworld' && time >= seconds(29))
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.includes('RIP'));
  expect(lines[0]).toBe('RIP protocol debugging is on');
  expect(lines).toContain(
    '*Mar  1 00:00:30.002: RIP: received v2 update from 10.0.4.1 on FastEthernet0/0, routes 4',
  );
  expect(lines).toContain('*Mar  1 00:00:30.002: RIP: 192.168.0.0/16 via 10.0.4.1 in 2 hops');
});
