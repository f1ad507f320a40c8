import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/ios/apply.ts';
import { enterConfigLine, promptOf, type ConfigState } from '../../src/ios/config-line.ts';
import { draftOf } from '../../src/ios/draft.ts';
import { errorsOf, read } from './read.ts';

/** What matters in `PASTED`. */
const BARE = `hostname edge
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
interface GigabitEthernet1
 description uplink ! not a comment
 ip address 10.0.1.2 255.255.255.252
router lisp
 locator-set RLOC1
  IPv4-interface Loopback0 priority 1 weight 100
  exit-locator-set
 service ipv4
  itr map-resolver 10.0.1.1
  itr
  exit-service-ipv4
 instance-id 4097
  service ipv4
   eid-table vrf RED
   database-mapping 172.16.1.0/24 locator-set RLOC1
   exit-service-ipv4
  exit-instance-id
 exit-router-lisp
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`;

/** The same inside all that surrounds it in a router of IOS XE; texts of banners look like commands. */
const PASTED = `Building configuration...

Current configuration : 4242 bytes
!
! Last configuration change at 12:00:00 UTC Mon Mar 1 1993
!
version 17.3
service timestamps log datetime msec
platform qfp utilization monitor load 80
!
hostname edge
!
boot-start-marker
boot-end-marker
!
vrf definition RED
 rd 1:4097
 !
 address-family ipv4
 exit-address-family
!
aaa new-model
aaa session-id common
ip domain name example.net
crypto pki certificate chain SLA
 certificate ca 01
  30820321 30820209 A0030201
  	quit
class-map match-any VOICE
 match dscp ef
!
interface LISP0
!
interface LISP0.4097
 ip address 192.0.2.1 255.255.255.0
!
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
!
interface GigabitEthernet1
 description uplink ! not a comment
 mac-address 0000.0c9f.f45f
 ip address 10.0.1.2 255.255.255.252
 no ip redirects
 ip tcp adjust-mss 1360
 negotiation auto
 no shutdown
 hold-queue 100 in
!
router lisp
 domain-id 561956669
 locator-table default
 locator-set RLOC1
  IPv4-interface Loopback0 priority 1 weight 100
  exit-locator-set
 !
 service ipv4
  encapsulation lisp
  map-cache-limit 1000
  itr map-resolver 10.0.1.1
  itr
  no map-cache away-eids send-map-request
  exit-service-ipv4
 !
 instance-id 4097
  remote-rloc-probe on-route-change
  service ipv4
   eid-table vrf RED
   database-mapping 172.16.1.0/24 locator-set RLOC1
   exit-service-ipv4
  !
  exit-instance-id
 !
 exit-router-lisp
!
ip forward-protocol nd
ip route 0.0.0.0 0.0.0.0 10.0.1.1
ip access-list standard VTY
 permit 10.0.0.0 0.255.255.255
!
banner exec #single#
banner motd ^C
!!! Unauthorized access is prohibited !!!
hostname stolen
no router lisp
^C
line vty 0 4
 access-class VTY in
 exit
!
end
`;

const START: ConfigState = {
  draft: draftOf({ hostname: 'Router', interfaces: [], staticRoutes: [] }),
  path: [],
};

function enter(state: ConfigState, ...lines: string[]): ConfigState {
  return lines.reduce((at, line) => {
    const outcome = enterConfigLine(at, line);
    expect(outcome.errors, line).toEqual([]);
    expect(outcome.left, line).toBe(false);
    return outcome.state;
  }, state);
}

describe('a pasted running configuration', () => {
  it('says what its lines about this router say', () => {
    expect(read(PASTED).options).toEqual(read(BARE).options);
  });

  it('typed at a console says the same', () => {
    const lines = PASTED.split('\n').filter((line) => line !== 'end');
    expect(optionsOf(enter(START, ...lines).draft)).toEqual(read(BARE).options);
  });

  it('without its indentation says the same', () => {
    const flat = PASTED.replace(/^ +/gm, '').replace(/\ncertificate[^]*?quit/, '');
    const flatBlocks = flat.replace(/\ninterface LISP0\.4097\nip address .*/, '');
    expect(read(flatBlocks).options).toEqual(read(BARE).options);
  });

  it('has a notice for each line that is passed over, and none for what is inside its block', () => {
    const lines = PASTED.split('\n');
    const told = read(PASTED).notices.map(({ line }) => lines[line - 1]!.trim());
    expect(told).toContain('vrf definition RED');
    expect(told).toContain('interface LISP0.4097');
    expect(told).toContain('banner motd ^C');
    expect(told).not.toContain('rd 1:4097');
    expect(told).not.toContain('hostname stolen');
    expect(told).toContain('domain-id 561956669');
  });
});

describe('a block that is passed over', () => {
  it('is left by exit, and by any command', () => {
    let state = enter(START, 'line vty 0 4', 'login', 'exit');
    expect(promptOf(state)).toBe('(config)');
    expect(enterConfigLine(state, 'exit').left).toBe(true);
    state = enter(START, 'line vty 0 4', 'hostname r');
    expect(enterConfigLine(state, 'exit').left).toBe(true);
    expect(enterConfigLine(enter(START, 'line vty 0 4'), 'end').left).toBe(true);
  });

  it('has lines that are commands nowhere else', () => {
    expect(enterConfigLine(START, 'login').errors).toHaveLength(1);
    expect(enterConfigLine(enter(START, 'router lisp', 'site a'), 'password K').errors).toHaveLength(1);
    expect(enterConfigLine(enter(START, 'line con 0'), 'password K').errors).toEqual([]);
  });

  it('a banner takes every line up to its delimiter, and is no comment', () => {
    for (const first of ['banner motd ^C', 'banner login #', 'banner @ Welcome to', 'banner motd ^Chello'])
      expect(errorsOf(`${first}\nhostname x\nfoo`)[0]?.message).toContain('does not end');
    const text = 'banner motd %\n!! hostname x %\nhostname y';
    expect(read(text).options.hostname).toBe('y');
    expect(read('banner motd ^Chello^C\nhostname y').options.hostname).toBe('y');
  });
});

describe('a line that is known but does nothing', () => {
  it('is the same in the global form and in "router lisp"', () => {
    for (const detail of [
      'map-cache-limit 1000',
      'etr accept-map-request-mapping verify',
      'locator-vrf default',
    ])
      for (const text of [
        `ip lisp ${detail}`,
        `ipv6 lisp ${detail}`,
        `router lisp\n ipv4 ${detail}`,
        `router lisp\n service ipv6\n  ${detail}`,
      ]) {
        const { notices, options } = read(text);
        expect(notices.map(({ message }) => message)).toEqual([
          `"${text.split('\n').at(-1)!.trim()}" changes nothing here and is ignored`,
        ]);
        expect(options).toEqual(read(text.split('\n').slice(0, -1).join('\n')).options);
      }
  });

  it('whose effect is missed has a warning, unless it is taken back', () => {
    for (const line of ['loc-reach-algorithm rloc-probing', 'remote-rloc-probe on-route-change']) {
      for (const text of [
        `lisp ${line}`,
        `router lisp\n ${line}`,
        `router lisp\n instance-id 7\n  ${line}`,
      ]) {
        const { notices, warnings } = read(text);
        expect(notices).toEqual([]);
        expect(warnings.map(({ message }) => message)).toEqual([
          expect.stringContaining('RLOCs are not probed'),
        ]);
      }
      expect(read(`router lisp\n no ${line}`).warnings).toEqual([]);
    }
  });

  it('authentication servers, tracks, VLANs and encryption that nothing uses are passed over', () => {
    const text = `tacacs-server host 10.0.0.9
tacacs server T
 address ipv4 10.0.0.9
radius-server host 10.0.0.9 key K
radius server R
 key K
aaa group server tacacs+ G
 server name T
track 1 ip sla 1 reachability
 delay down 5
vlan 20
 name users
vlan internal allocation policy ascending
crypto isakmp policy 10
 encr aes
crypto isakmp key K address 10.0.0.9
crypto ipsec transform-set T esp-aes
 mode tunnel
crypto map M 10 ipsec-isakmp
 set peer 10.0.0.9
hostname r`;
    const { notices, options } = read(text);
    expect(notices.map(({ line }) => line)).toEqual([1, 2, 4, 5, 7, 9, 11, 13, 14, 16, 17, 19]);
    expect(options).toEqual(read('hostname r').options);
    expect(errorsOf('interface FastEthernet0/0\n crypto map M')[0]?.hint).toContain('not encrypted');
  });

  it('stays in the mode that lists it', () => {
    const inside = 'interface FastEthernet0/0\n duplex auto\n ip address 10.0.0.1 255.0.0.0\n';
    expect(read(inside).options.interfaces[0]?.addresses).toHaveLength(1);
    expect(errorsOf('router rip\n version 1\n network 224.0.0.0')).toHaveLength(2);
  });
});
