// A PITR that serves 0.0.0.0/0 and has a default route only: whatever it sends meets its own Map-Cache entry, were it
// not for the control messages that fill the cache.
import { expect, test } from 'vitest';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { createLab, type Lab } from '../../src/sim/lab.ts';
import { smallLabFile } from '../sim/small-lab.ts';
import { makeModel } from './support.ts';

const PITR = `interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
interface FastEthernet0/1
 ip address 20.0.0.1 255.255.255.252
router lisp
 map-cache 0.0.0.0/0 map-request
 ipv4 proxy-itr 10.0.1.2
 ipv4 itr map-resolver 10.0.255.1
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`;

const SYSTEM = `interface Loopback0
 ip address 10.0.255.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
router lisp
 site one
  authentication-key KEY
  eid-prefix 192.168.1.0/24
 ipv4 map-server
 ipv4 map-resolver
 ipv4 proxy-etr
ip route 20.0.0.0 255.255.255.252 10.0.1.2
`;

const SITE = `interface Loopback0
 ip address 192.168.1.1 255.255.255.0
interface FastEthernet0/0
 ip address 10.0.2.2 255.255.255.252
router lisp
 database-mapping 192.168.1.0/24 10.0.2.2 priority 1 weight 100
 ipv4 itr map-resolver 10.0.255.1
 ipv4 itr
 ipv4 etr map-server 10.0.255.1 key KEY
 ipv4 etr
 ipv4 use-petr 10.0.255.1
ip route 0.0.0.0 0.0.0.0 10.0.2.1
`;

const OUTSIDE = `interface FastEthernet0/0
 ip address 20.0.0.2 255.255.255.252
ip route 0.0.0.0 0.0.0.0 20.0.0.1
`;

const FILE = smallLabFile(
  { outside: OUTSIDE, pitr: PITR, system: SYSTEM, site: SITE },
  [
    'outside FastEthernet0/0 - pitr FastEthernet0/1',
    'pitr FastEthernet0/0 - system FastEthernet0/0',
    'system FastEthernet0/1 - site FastEthernet0/0',
  ],
  'run:\n  - { at: 5s, node: outside, command: ping 192.168.1.1 repeat 5 }\n' +
    '  - { at: 20s, node: pitr, command: lig 192.168.1.1 }\nuntil: 30s',
);

test.each([
  ['Engine', () => createEngineSync()],
  ['Model', makeModel],
])('its Map-Requests go by the default route: %s', (_, makeDataPlane) => {
  const run: Lab = createLab(FILE, { makeDataPlane });
  const { pings, story } = run.run();
  expect(pings[0]!.result.marks).toMatch(/^\.*!!!+$/);
  const asked = story.find(({ from, facts }) => from === 'pitr' && facts?.isEcm === true);
  expect(asked).toMatchObject({ to: 'system', title: 'ECM Map-Request 192.168.1.1/32' });
  expect(run.transcripts().get('pitr')).toContain('192.168.1.0/24');
  // What it encapsulates is data; where its own messages go it does not ask.
  expect(
    story.some(({ from, title }) => from === 'pitr' && title === 'LISP | echo request to 192.168.1.1'),
  ).toBe(true);
  expect(story.some(({ title }) => title.includes('Map-Request 10.0.255.1'))).toBe(false);
});
