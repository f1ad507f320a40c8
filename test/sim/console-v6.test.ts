// The consoles of pxtr-v6: IPv6 EIDs behind IPv4 RLOCs, in the IPv6 forms of the commands.
import { expect, test } from 'vitest';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { openShell, session } from './shell-session.ts';

const SESSION = `! Both ends of the story, from an empty Map-Cache on.
show ipv6 lisp
show ipv6 lisp database
show ipv6 lisp map-cache
show ipv6 route
ping 2001:db8:4::4 source Loopback0
show ipv6 lisp map-cache
show ipv6 lisp map-cache 2001:db8:4::4
show ipv6 lisp forwarding
show lisp session
show ipv6 lisp statistics
! The IPv4 forms have nothing to tell.
show ip lisp map-cache
show ip lisp database
mapserver#show ipv6 lisp map-cache detail
mapserver#show lisp site
mapserver#show lisp site 2001:db8:1::1/128
mapserver#show lisp site summary
mapserver#show ipv6 interface brief
mapserver#show interfaces FastEthernet0/0
! One site to the other: LISP both ways.
ping 2001:db8:2::1 source Loopback0
show ipv6 lisp map-cache 2001:db8:2::/48
traceroute 2001:db8:4::4 source Loopback0 probe 1
lig self ipv6
lig 2001:db8:2::1
! What belongs to the other family is refused.
show ipv6 lisp map-cache 192.168.1.1
clear ipv6 lisp map-cache 192.168.1.0/24
ping ip 2001:db8:4::4
outsideworld#ping 2001:db8:1::1 source Loopback0
outsideworld#show ipv6 route static
! What was learned goes, what is configured stays.
mapserver#clear ipv6 lisp map-cache
mapserver#show ipv6 lisp map-cache
clear ipv6 lisp map-cache 2001:db8:4::/46
show ipv6 lisp map-cache
debug lisp control-plane all
ping 2001:db8:4::4 source Loopback0 repeat 2
`;

test('the session prints its golden', async () => {
  await expect(session(openShell('pxtr-v6'), SESSION)).toMatchFileSnapshot('goldens/shell-v6.txt');
});

test('on the engine it is the same as on the model', () => {
  const [model, engine] = [
    openShell('pxtr-v6'),
    openShell('pxtr-v6', { makeDataPlane: () => createEngineSync() }),
  ];
  expect(session(engine, SESSION)).toBe(session(model, SESSION));
  expect(engine.lab.logHash()).toBe(model.lab.logHash());
});
