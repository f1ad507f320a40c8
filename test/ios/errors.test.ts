import { describe, expect, it } from 'vitest';
import { formatConfigError } from '../../src/ios/config-error.ts';
import { LAB } from './lab-configs.ts';
import { errorsOf, read } from './read.ts';

/** Typical mistakes; the goldens show what the operator reads. */
const MISTAKES: Readonly<Record<string, string>> = {
  'misspelt-keyword': `router lisp
 ipv4 itr map-resolvr 10.0.1.1
 databse-mapping 192.168.1.1/32 10.0.1.2 priority 1 weight 100`,
  'wrong-mode': `hostname lisp1
eid-prefix 192.168.1.0/24
interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
 ipv4 itr`,
  'bad-mask': `interface FastEthernet0/0
 ip address 10.0.1.2 255.0.255.0
 ip address 10.0.1.2/30
ip route 10.0.0.0 0.0.0.255 10.0.1.1
ip route 10.0.0.0 255.0.0.0 10.0.1.256`,
  incomplete: `router lisp
 ipv4 etr map-server 10.0.1.1
 database-mapping 192.168.1.1/32 10.0.1.2 priority 1
 site site1
  authentication-key
interface`,
  ambiguous: `router lisp
 ipv itr
 ipv4 map-`,
  'out-of-range': `router lisp
 database-mapping 192.168.1.1/33 10.0.1.2 priority 1 weight 100
 database-mapping 192.168.1.1/32 10.0.1.2 priority 300 weight 100
interface lo0
 mtu 20`,
  'wrong-family': `interface lo0
 ip address 2001:db8::1 255.255.255.0
ipv6 route 2001:db8::/32 10.0.1.1
router lisp
 ipv4 proxy-itr 10.0.255.1 10.0.255.2
 ipv4 proxy-etr accept-source 2001:db8::/32`,
  'unknown-interface': `interface Foo0/0
 ip address 10.0.1.2 255.255.255.252
 ip adress 10.0.1.2 255.255.255.252
interface FastEthernet
interface Null0`,
  'route-to-unknown-interface': `interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
ip route 0.0.0.0 0.0.0.0 FastEthernet0/1`,
  'missing-key': `router lisp
 ipv4 etr map-server 10.0.1.1 proxy-reply`,
  'duplicate-site': `router lisp
 site site1
  authentication-key KEY1
  eid-prefix 192.168.1.0/24
  exit
 site site2
  eid-prefix 192.168.1.0/24
  exit
 site site1
  authentication-key KEY2`,
  'duplicate-address': `interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.1.2 255.255.255.252
interface Loopback0
 ip address 10.0.2.1 255.255.255.0 secondary`,
  'conflicting-map-cache': `router lisp
 map-cache 192.168.1.0/24 map-request
 map-cache 192.168.1.0/24 10.0.1.2 priority 1 weight 100
 map-cache 192.168.2.0/24 224.0.0.1 priority 1 weight 100`,
  'unsupported-protocol': `router eigrp 1
 version 2
 network 10.0.0.0
router rip
 version 1
 network 224.0.0.0
router lisp
 ipv4 proxy-itr advertise 0.0.0.0/0`,
  'given-twice': `router lisp
 ipv4 etr map-server 10.0.1.1 key KEY1 proxy-reply proxy-reply
 site "two words"
  eid-prefix 192.168.1.0/24 accept-more-specifics accept`,
  'global-form': `ip lisp itr map-resolvr 10.0.1.1
ip lisp database-mapping 2001:db8::/48 10.0.1.2 priority 1 weight 100
ipv6 lisp map-cache 10.1.0.0/16 map-request
ip lisp etr map-server 10.0.1.1
ip lisp use-petr 224.0.0.1
ip lisp proxy-itr 10.0.255.1 10.0.255.2
lisp site site1
 authentication-key
 eid-prefx 192.168.1.0/24
 exit
lisp site site1
 eid-prefix 192.168.1.0/24`,
  'xe-blocks': `router lisp
 locator-set RLOC1
  10.0.1.2 priority 1
  IPv4-interface Foo0/0 priority 1 weight 100
  224.0.0.1 priority 1 weight 100
  exit-locator-set
 eid-table default
  database-mapping 192.168.1.1/32 locator-set RLOC1
  exit-eid-table
 eid-table default instance-id 16777216
 instance-id 7
  service ipv4
   database-mapping 2001:db8::/48 locator-set RLOC1
   map-cache 0.0.0.0/0 map-reqest
   exit-service-ipv6
 service ipv5
 service ipv6
  itr map-resolver
  itr map-server 10.0.1.1
  ipv4-interface FastEthernet0/0 priority 1 weight 100`,
  'xe-references': `interface Loopback0
router lisp
 locator-set EMPTY
  exit
 locator-set RLOC1
  IPv4-interface FastEthernet0/0 priority 1 weight 100
  IPv6-interface Loopback0 priority 1 weight 100
  exit
 eid-table default instance-id 0
  database-mapping 192.168.1.1/32 locator-set RLOC2
  database-mapping 192.168.2.1/32 locator-set EMPTY
  database-mapping 192.168.3.1/32 locator-set RLOC1`,
  'rloc-twice': `interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
interface Loopback0
 ipv6 address 2001:db8::1/128
router lisp
 locator-set RLOC1
  IPv4-interface FastEthernet0/0 priority 1 weight 50
  10.0.1.2 priority 2 weight 50
  exit
 locator-set RLOC2
  IPv6-interface Loopback0 priority 1 weight 100
  exit
 locator-set RLOC3
  2001:db8::1 priority 1 weight 100
  exit
 database-mapping 192.168.1.0/24 10.0.1.2 priority 1 weight 50
 database-mapping 192.168.1.0/24 ipv4-interface FastEthernet0/0 priority 1 weight 100
 database-mapping 192.168.2.0/24 locator-set RLOC2
 database-mapping 192.168.2.0/24 locator-set RLOC3
 database-mapping 192.168.3.0/24 locator-set RLOC1`,
  'not-supported': `router ospf 1
 network 10.0.0.0 0.255.255.255 area 0
ip nat inside source list X interface FastEthernet0/0 overload
interface FastEthernet0/0
 ip address dhcp
 ip access-group X in
 encapsulation dot1Q 10
router lisp
 locator-set RLOC1
  auto-discover-rlocs
 ipv4 source-locator Loopback0
 ipv4 etr map-server 10.0.1.1 key 3 9125d59c18a9b015
 service ethernet
 service ipv4
  encapsulation vxlan
 eid-table vrf RED instance-id 7
  dynamic-eid HOSTS
   database-mapping 10.0.0.0/8 locator-set RLOC1
  ipv4 route-import map-cache bgp 65000`,
  'not-supported-global': `ip lisp itr-etr
ip lisp alt-vrf lisp
ipv6 lisp map-request-source 2001:db8::1
ip lisp database-mapping 10.0.0.0/8 auto-discover-rlocs
ip lisp database-mapping 10.0.0.0/8 10.9.0.1 priority 1 weight 100 down
ip lisp etr map-server 10.9.0.1 key 3 9125d59c18a9b015 hash-function sha1
ip lisp locator-vrf RED
lisp instance-id 7
lisp dynamic-eid HOSTS
lisp site a
 allowed-locator 224.0.0.1
 allowed-locators 10.9.0.1
 eid-prefix 10.0.0.0/8 route-tag 7
 eid-record instance-id 7 any-mac
 login`,
  'open-banner': `hostname r
banner motd ^C
Unauthorized access is prohibited.
!! hostname x
end`,
  tabs: `router lisp
\tipv4\titr\tmap-resolvr\t10.0.1.1`,
};

describe('errors', () => {
  it.each(Object.entries(MISTAKES))('%s reads as in its golden', async (name, text) => {
    const errors = errorsOf(text).map((error) => formatConfigError(error, `${name}.ios`));
    await expect(`${errors.join('\n\n')}\n`).toMatchFileSnapshot(`goldens/error-${name}.txt`);
  });

  it('the span of every error lies in its line', () => {
    for (const text of Object.values(MISTAKES)) {
      for (const error of errorsOf(text)) {
        expect(error.text).toBe(text.split('\n')[error.line - 1]);
        expect(error.column).toBeGreaterThanOrEqual(1);
        expect(error.column + error.length).toBeLessThanOrEqual(error.text.length + 1);
        expect(error.hint === '' || error.hint.trim() === error.hint).toBe(true);
      }
    }
  });

  it('every bad line of a file is reported, in order, and no good one', () => {
    const lines = LAB.mapserver.split('\n');
    const bad = [3, 9, 15, 20, 26];
    for (const at of bad) lines[at] = lines[at]!.replace(/^( *)(\S+)/, '$1x$2x');
    expect(errorsOf(lines.join('\n')).map(({ line }) => line - 1)).toEqual(bad);
  });

  it('the lines of a block that was not opened are still read', () => {
    expect(
      errorsOf('router lisp\n site\n  authentication-key K\n  eid-prefx 10.0.0.0/8').map((e) => e.line),
    ).toEqual([2, 4]);
  });

  it('what is missing because of an error is not reported as missing', () => {
    const text = 'interface FastEthernet0/1x\nip route 0.0.0.0 0.0.0.0 FastEthernet0/1';
    expect(errorsOf(text).map(({ line }) => line)).toEqual([1]);
  });

  it('carry the name of the file', () => {
    const [error] = errorsOf('nonsense', { file: 'a.ios' });
    expect(formatConfigError(error!)).toMatch(/^a\.ios:1:1\n/);
  });

  it('a configuration with an error gives no options', () => {
    expect(() => read('hostname x\nnonsense')).toThrow('Invalid input');
  });
});
