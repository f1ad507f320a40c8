// A PITR sends from the address of its proxy-itr line, or not at all.
import { describe, expect, test } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { lab, makeModel, type Edits } from './support.ts';

/** mapserver resolves at an address that stays up, so that only the outer source is missing. */
const RESOLVER: readonly (readonly [string, string])[] = [
  ['ipv4 itr map-resolver 10.0.255.1', 'ipv4 itr map-resolver 10.0.1.1'],
];
const DOWN: Edits = {
  'mapserver.ios': [
    ...RESOLVER,
    ['ip address 10.0.255.1 255.255.255.255', 'ip address 10.0.255.1 255.255.255.255\n shutdown'],
  ],
};
const MISSING: Edits = {
  'mapserver.ios': [...RESOLVER, ['ipv4 proxy-itr 10.0.255.1', 'ipv4 proxy-itr 10.0.255.7']],
};
const STATIC: Edits = {
  'mapserver.ios': [
    ...DOWN['mapserver.ios']!,
    ['map-cache 192.168.1.0/24 map-request', 'map-cache 192.168.1.0/24 10.0.1.2 priority 1 weight 1'],
  ],
};

const PLANES = [
  ['Engine', () => createEngineSync()],
  ['Model', makeModel],
] as const;

function sources(run: Lab): string[] {
  const data = run.story().filter(({ from, facts }) => from === 'mapserver' && facts?.inner !== undefined);
  return [...new Set(data.map(({ facts }) => formatIp(facts!.source)))];
}

describe.each(PLANES)('%s', (_, makeDataPlane) => {
  test.each([
    ['is down', DOWN, 'Loopback0 is shut down', '10.0.255.1 belongs to Loopback0, which is shut down: '],
    ['is missing', MISSING, 'no address of this router', '10.0.255.7 is no address of this router: '],
  ])('an address that %s encapsulates nothing, and that is said and counted', (__, edits, shown, warned) => {
    const run = lab('pxtr', edits, { makeDataPlane });
    run.run();
    expect(sources(run)).toEqual([]);
    expect(run.router('mapserver')!.control().get('drop:no-itr-rloc')).toBeGreaterThan(0);
    expect(run.show('mapserver', 'show ip lisp')).toMatch(
      new RegExp(`PITR local RLOC: .*, not in use: ${shown}`),
    );
    expect(run.file.warnings.map(({ message }) => message)).toContain(
      `${warned}nothing is encapsulated from it`,
    );
  });

  test('nor does a mapping that is there without asking', () => {
    const run = lab('pxtr', STATIC, { makeDataPlane });
    run.run();
    expect(sources(run)).toEqual([]);
    expect(run.router('mapserver')!.control().get('packet:no-usable-rloc')).toBeGreaterThan(0);
  });

  test('when the interface is up again, so is the PITR', () => {
    const run = lab('pxtr', DOWN, { makeDataPlane });
    run.input(seconds(5), {
      kind: 'config',
      node: 'mapserver',
      lines: ['interface Loopback0', 'no shutdown'],
    });
    run.run();
    expect(sources(run)).toEqual(['10.0.255.1']);
    expect(run.show('mapserver', 'show ip lisp')).toMatch(/PITR local RLOC: +10\.0\.255\.1$/m);
  });
});

test('a router that is an ITR as well falls back to an RLOC of its site, as the warning says', () => {
  const run = lab('pxtr', {
    'mapserver.ios': [
      ...STATIC['mapserver.ios']!,
      [
        'ipv4 map-server',
        'database-mapping 192.168.9.0/24 10.0.1.1 priority 1 weight 1\n ipv4 itr\n ipv4 map-server',
      ],
    ],
  });
  run.run();
  expect(sources(run)).toEqual(['10.0.1.1']);
  expect(run.file.warnings.map(({ message }) => message)).toContain(
    '10.0.255.1 belongs to Loopback0, which is shut down: an RLOC of the site is the outer source instead',
  );
});
