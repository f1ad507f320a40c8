import { describe, expect, it } from 'vitest';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';

const messages = (text: string): string[] =>
  read(text).warnings.map(({ line, message }) => `${line}: ${message}`);

describe('notices', () => {
  it('every normalised prefix has one, with its line', () => {
    const { notices } = read(`ip route 10.1.2.3 255.255.0.0 Null0
ipv6 route 2001:db8::1/32 Null0
router lisp
 database-mapping 192.168.1.1/24 10.0.1.2 priority 1 weight 1
 map-cache 192.168.2.1/24 drop
 ipv4 proxy-etr accept-source 172.16.0.1/12
 site a
  eid-prefix 2001:db8::1/48`);
    expect(notices).toEqual([
      { line: 1, message: '10.1.2.3/16 is taken as 10.1.0.0/16' },
      { line: 2, message: '2001:db8::1/32 is taken as 2001:db8::/32' },
      { line: 4, message: '192.168.1.1/24 is taken as 192.168.1.0/24' },
      { line: 5, message: '192.168.2.1/24 is taken as 192.168.2.0/24' },
      { line: 6, message: '172.16.0.1/12 is taken as 172.16.0.0/12' },
      { line: 8, message: '2001:db8::1/48 is taken as 2001:db8::/48' },
    ]);
  });

  it('every dialect has one for each prefix', () => {
    const { notices } = read(`ip lisp database-mapping 192.168.1.1/24 10.0.1.2 priority 1 weight 1
ipv6 lisp map-cache 2001:db8:1::1/48 drop
ip lisp proxy-etr accept-source 172.16.0.1/12
ip lisp proxy-itr advertise 172.17.0.1/16
lisp site a
 eid-prefix 10.1.0.1/16
 exit
router lisp
 locator-set R
  10.0.1.2 priority 1 weight 1
  exit
 eid-table default instance-id 1
  database-mapping 10.2.0.1/16 locator-set R
  map-cache 10.3.0.1/16 map-request
  exit
 service ipv6
  map-cache 2001:db8:2::1/48 2001:db8::9 priority 1 weight 1
  proxy-etr accept-source 2001:db8:3::1/48
  exit
 instance-id 2
  service ipv4
   database-mapping 10.4.0.1/16 locator-set R
   exit
  exit
 site b
  eid-record instance-id 3 10.5.0.1/16`);
    expect(notices.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '1: 192.168.1.1/24 is taken as 192.168.1.0/24',
      '2: 2001:db8:1::1/48 is taken as 2001:db8:1::/48',
      '3: 172.16.0.1/12 is taken as 172.16.0.0/12',
      '4: 172.17.0.1/16 is taken as 172.17.0.0/16',
      '6: 10.1.0.1/16 is taken as 10.1.0.0/16',
      '13: 10.2.0.1/16 is taken as 10.2.0.0/16',
      '14: 10.3.0.1/16 is taken as 10.3.0.0/16',
      '17: 2001:db8:2::1/48 is taken as 2001:db8:2::/48',
      '18: 2001:db8:3::1/48 is taken as 2001:db8:3::/48',
      '22: 10.4.0.1/16 is taken as 10.4.0.0/16',
      '26: 10.5.0.1/16 is taken as 10.5.0.0/16',
    ]);
  });

  it('what a pasted configuration holds beside ours is passed over, each line with one', () => {
    const { notices, options } = read(`Building configuration...
Current configuration : 1520 bytes
version 15.1
service timestamps debug datetime msec
no service password-encryption
hostname r
boot-start-marker
boot-end-marker
no aaa new-model
ip cef
no ip domain lookup
interface FastEthernet0/0
 description "to lisp1" ! there
 ip address 10.0.1.1 255.255.255.252
 duplex auto
 speed auto
 negotiation auto
 no mop enabled
ip forward-protocol nd
no ip http server
router lisp
 locator-table default
 no ipv4 map-cache-persistent
 ipv4 itr map-resolver 10.0.1.2
control-plane
line con 0
 logging synchronous
 unheard of
line vty 0 4
 login
end`);
    expect(notices.map(({ line }) => line)).toEqual([
      1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 22, 23, 25, 26, 29,
    ]);
    expect(notices[2]?.message).toBe('"version 15.1" changes nothing here and is ignored');
    const bare = `hostname r
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
router lisp
 ipv4 itr map-resolver 10.0.1.2`;
    expect(options).toEqual(read(bare).options);
  });

  it('a VRF has one: it is a name only', () => {
    const { notices, options } = read(
      'router lisp\n eid-table vrf RED instance-id 7\n  map-cache 10.0.0.0/8 drop',
    );
    expect(notices).toEqual([
      { line: 2, message: 'vrf RED is kept as a name: EIDs are told apart by their instance-id alone' },
    ]);
    expect(options.lisp?.staticEntries[0]?.eid.instanceId).toBe(7);
  });

  it('an exact prefix and an interface address have none', () => {
    expect(
      read(`interface lo0\n ip address 10.0.0.1 255.0.0.0\n ipv6 address 2001:db8::1/64`).notices,
    ).toEqual([]);
  });
});

describe('warnings', () => {
  it('a PETR without any accepted source has one', () => {
    expect(messages('router lisp\n ipv4 proxy-etr')).toEqual([
      '2: ipv4 proxy-etr accepts no source: configure sites or "ipv4 proxy-etr accept-source"',
    ]);
    expect(messages('router lisp\n ipv4 proxy-etr\n ipv4 proxy-etr accept-source any')).toEqual([]);
    const site = (prefix: string): string =>
      `router lisp\n ipv4 proxy-etr\n site a\n  authentication-key K\n  eid-prefix ${prefix}`;
    expect(messages(site('10.0.0.0/8'))).toEqual([]);
    expect(messages(site('2001:db8::/32'))).toHaveLength(1);
  });

  it('EID space that overlaps the underlay names both', () => {
    expect(
      messages(`interface fa0/0
 ip address 192.168.1.9 255.255.255.0
ip route 192.168.2.128 255.255.255.128 192.168.1.1
router lisp
 map-cache 192.168.0.0/16 map-request
 site a
  authentication-key K
  eid-prefix 192.168.2.0/24`),
    ).toEqual([
      '5: EID space overlaps the underlay: map-cache 192.168.0.0/16 and interface FastEthernet0/0 192.168.1.0/24',
      '5: EID space overlaps the underlay: map-cache 192.168.0.0/16 and route 192.168.2.128/25',
      '8: EID space overlaps the underlay: eid-prefix of site a 192.168.2.0/24 and route 192.168.2.128/25',
    ]);
  });

  it('EID space that holds an RLOC names both', () => {
    expect(messages('router lisp\n database-mapping 10.0.0.0/8 10.0.1.2 priority 1 weight 100')).toEqual([
      '2: EID space overlaps the underlay: database-mapping 10.0.0.0/8 and RLOC 10.0.1.2',
    ]);
  });

  it('EID space that holds an RLOC is named whatever the dialect', () => {
    const clash = 'EID space overlaps the underlay: database-mapping 10.0.0.0/8 and RLOC 10.0.1.2';
    const mapping = 'database-mapping 10.0.0.0/8';
    expect(messages(`ip lisp ${mapping} 10.0.1.2 priority 1 weight 100`)).toEqual([`1: ${clash}`]);
    const set = 'router lisp\nlocator-set R\n10.0.1.2 priority 1 weight 1\nexit\n';
    expect(messages(`${set}eid-table default instance-id 0\n${mapping} locator-set R`)).toEqual([
      `6: ${clash}`,
    ]);
    expect(messages(`${set}service ipv4\n${mapping} locator-set R`)).toEqual([`6: ${clash}`]);
    // Another instance is another world.
    expect(messages(`${set}instance-id 4\n${mapping} locator-set R`)).toEqual([]);
    expect(
      messages(
        'ip lisp map-cache 10.0.0.0/8 drop\nrouter lisp\nservice ipv4\nitr map-resolver 10.0.0.1\nitr',
      ),
    ).toEqual(['1: EID space overlaps the underlay: map-cache 10.0.0.0/8 and map-resolver 10.0.0.1']);
  });

  it('a default route, a discard route, another instance and the own site overlap nothing', () => {
    expect(
      messages(`interface lo0
 ip address 192.168.1.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 10.0.0.1
ip route 172.16.0.0 255.240.0.0 Null0
router lisp
 database-mapping 192.168.1.0/24 10.0.1.2 priority 1 weight 100
 map-cache 0.0.0.0/0 map-request
 map-cache 172.16.0.0/16 map-request
 map-cache instance-id 5 10.0.0.0/8 map-request`),
    ).toEqual([]);
  });

  it('the site side of a router that is xTR and Map-Server at once overlaps nothing', () => {
    expect(
      messages(`interface lo0
 ip address 192.168.1.1 255.255.255.0
router lisp
 database-mapping 192.168.1.0/24 10.0.1.2 priority 1 weight 100
 site a
  authentication-key K
  eid-prefix 192.168.1.0/24`),
    ).toEqual([]);
  });

  it('sha1 is legacy', () => {
    expect(messages('router lisp\n ipv4 etr map-server 10.0.0.1 key K hash-function sha1')).toEqual([
      '2: hash-function sha1 is for legacy peers only',
    ]);
  });

  it('roles that lack what they need have one each', () => {
    expect(messages('router lisp\n ipv4 itr\n ipv6 etr\n ipv4 proxy-itr 192.0.2.1\n site a')).toEqual([
      '2: ipv4 itr has nobody to ask: "ipv4 itr map-resolver" is not configured',
      '3: ipv6 etr registers nowhere: "ipv6 etr map-server" is not configured',
      '4: ipv4 proxy-itr has nobody to ask: "ipv4 itr map-resolver" is not configured',
      '4: 192.0.2.1 is no address of this router: an RLOC of the site is the outer source instead',
      '5: site a has no authentication-key: nothing can register',
    ]);
  });

  it('aggregates that nobody hears of, or that end here, have one each', () => {
    const pitr = 'interface lo0\n ip address 10.0.255.1 255.255.255.255\n ipv6 address 2001:db8::1/128\n';
    const lisp = 'router lisp\n ipv4 proxy-itr 10.0.255.1\n ipv4 itr map-resolver 10.0.255.1\n';
    const rip = 'router rip\n network 10.0.0.0\n';
    const advertise = ' ipv4 proxy-itr advertise 192.168.0.0/16\n';
    const cache = ' map-cache 192.168.1.0/24 map-request\n';
    expect(messages(pitr + lisp + advertise + cache + rip)).toEqual([]);
    expect(messages(pitr + lisp + advertise + cache)).toEqual([
      '7: nothing advertises 192.168.0.0/16: "router rip" with a "network" is not configured',
    ]);
    expect(messages(pitr + lisp + advertise + rip)).toEqual([
      '7: ipv4 proxy-itr advertise 192.168.0.0/16 attracts packets that end here: no "map-cache" entry asks for EIDs in it',
    ]);
    expect(messages(`${pitr}router lisp\n${advertise}${cache}${rip}`)).toEqual([
      '5: ipv4 proxy-itr advertise 192.168.0.0/16 is without effect: "ipv4 proxy-itr" is not configured',
    ]);
    const six = ` ipv6 proxy-itr 2001:db8::1\n ipv6 itr map-resolver 10.0.255.1\n ipv6 proxy-itr advertise 2001:db8:1::/48\n map-cache 2001:db8:1::/48 map-request\n`;
    expect(messages(`${pitr}router lisp\n${six}${rip}`)).toEqual([
      '7: nothing advertises 2001:db8:1::/48: RIP tells IPv4 routes only, there is no RIPng',
    ]);
  });

  it('a network without an address of the router has one', () => {
    expect(
      messages('interface lo0\n ip address 10.0.255.1 255.255.255.255\nrouter rip\n network 11.0.0.0'),
    ).toEqual(['4: network 11.0.0.0/8 holds no address of this router: RIP speaks nowhere in it']);
  });

  it('the lab has none', () => {
    for (const text of Object.values(LAB)) expect(messages(text)).toEqual([]);
  });
});
