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

  it('keys that look encrypted are named', () => {
    expect(messages('router lisp\n ipv4 etr map-server 10.0.0.1 key 6 K')[0]).toContain('type 6');
    expect(messages('router lisp\n site a\n  authentication-key 6 K')[0]).toContain('key ID');
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
      '4: 192.0.2.1 is no address of this router',
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
