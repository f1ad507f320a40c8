// What the story calls packets and nodes.
import { expect, test } from 'vitest';
import { parseIp } from '../../src/base/ip-text.ts';
import { encapsulatorOf } from '../../src/sim/node-roles.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { lab } from '../scenarios/support.ts';
import { smallLab } from './small-lab.ts';

function reasons(run: Lab, node: string): string[] {
  return run
    .story()
    .filter(({ from, facts }) => from === node && facts?.inner !== undefined)
    .map(({ why }) => why);
}

test('a PITR that never asked anybody is a PITR all the same', () => {
  const run = lab('pxtr', {
    'mapserver.ios': [
      ['map-cache 192.168.1.0/24 map-request', 'map-cache 192.168.1.0/24 10.0.1.2 priority 1 weight 1'],
    ],
  });
  run.run();
  const found = reasons(run, 'mapserver');
  expect(found.length).toBeGreaterThan(0);
  for (const why of found) expect(why).toMatch(/^PITR mapserver encapsulates /);
});

const BOTH = `interface Loopback0
 ip address 192.168.9.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.0.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.1.1 255.255.255.252
router lisp
 database-mapping 192.168.9.1/32 10.0.0.1 priority 1 weight 1
 map-cache 192.168.2.0/24 10.0.0.2 priority 1 weight 1
 ipv4 itr
 ipv4 proxy-itr 10.0.0.1
ip route 0.0.0.0 0.0.0.0 10.0.0.2
`;

const FAR = `interface FastEthernet0/0
 ip address 10.0.0.2 255.255.255.252
ip route 0.0.0.0 0.0.0.0 10.0.0.1
`;

const OUTSIDE = `interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`;

test('a router that is both encapsulates as ITR for its site and as PITR for others', () => {
  const run = smallLab(
    { both: BOTH, far: FAR, outside: OUTSIDE },
    ['both FastEthernet0/0 - far FastEthernet0/0', 'both FastEthernet0/1 - outside FastEthernet0/0'],
    'run:\n  - { at: 1s, node: both, command: ping 192.168.2.1 source Loopback0 repeat 1 }\n' +
      '  - { at: 5s, node: outside, command: ping 192.168.2.1 repeat 1 }\nuntil: 10s',
  );
  run.run();
  expect(reasons(run, 'both')).toEqual([
    'ITR both encapsulates it toward 10.0.0.2, where 192.168.2.1 is',
    'PITR both encapsulates it toward 10.0.0.2, where 192.168.2.1 is',
  ]);
});

test.each([
  ['ipv4 itr', 'ITR', undefined],
  ['ipv4 proxy-itr 10.0.0.1', 'PITR', undefined],
  ['ipv6 proxy-itr 2001:db8::1', undefined, 'PITR'],
  ['ipv4 etr', undefined, undefined],
])('%s encapsulates IPv4 as %s and IPv6 as %s', (line, v4, v6) => {
  const config = parseConfig(`router lisp\n ${line}\n`);
  if (!config.ok) throw new Error(config.error[0]?.message);
  const { lisp } = config.value.options;
  expect(encapsulatorOf(lisp, parseIp('4.4.4.4')!)).toBe(v4);
  expect(encapsulatorOf(lisp, parseIp('2001:db8::4')!)).toBe(v6);
  expect(encapsulatorOf(undefined, parseIp('4.4.4.4')!)).toBeUndefined();
});

// Two routers that have each other for default route: what neither knows dies between them.
const ring = (lisp: string, own: string): string => `interface FastEthernet0/0
 ip address 10.0.0.${own} 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.1.${own} 255.255.255.252
interface Loopback0
 ip address 192.168.${own}.1 255.255.255.255
${lisp}ip route 0.0.0.0 0.0.0.0 10.0.0.${own === '1' ? '2' : '1'}
`;

const LOST_RESOLVER = `router lisp
 database-mapping 192.168.1.1/32 10.0.0.1 priority 1 weight 1
 map-cache 5.5.5.0/24 10.9.9.8 priority 1 weight 1
 ipv4 itr map-resolver 10.9.9.9
 ipv4 itr
 ipv4 etr map-server 10.9.9.9 key KEY
 ipv4 etr
`;

test('an error about LISP says what it is about and is not taken for that', () => {
  const run = smallLab(
    { a: ring(LOST_RESOLVER, '1'), b: ring('', '2') },
    ['a FastEthernet0/0 - b FastEthernet0/0'],
    'run:\n  - { at: 1s, node: a, command: ping 4.4.4.4 source Loopback0 repeat 1 }\n' +
      '  - { at: 5s, node: a, command: ping 5.5.5.5 source Loopback0 repeat 1 }\nuntil: 6s',
  );
  run.run();
  const errors = run.story().filter(({ facts }) => facts?.icmp?.type === 'time-exceeded');
  const titles = new Set(errors.map(({ title }) => title));
  expect([...titles].sort()).toEqual([
    'time exceeded to 10.0.0.1 about ECM Map-Request 4.4.4.4/32',
    'time exceeded to 10.0.0.1 about LISP | echo request to 5.5.5.5',
    'time exceeded to 10.0.0.1 about Map-Register 192.168.1.1/32',
  ]);
  for (const { facts, why } of errors) {
    expect(facts).not.toHaveProperty('control');
    expect(facts).not.toHaveProperty('inner');
    expect(why).toMatch(/^b reports an error to 10\.0\.0\.1/);
  }
  // Registration is not part of the story, nor are errors about it.
  const numbered = errors.filter(({ number }) => number !== undefined);
  expect(numbered.map(({ title }) => title)).not.toContain(
    'time exceeded to 10.0.0.1 about Map-Register 192.168.1.1/32',
  );
});
