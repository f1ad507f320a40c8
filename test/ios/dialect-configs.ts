/** The routers of the lab in the two further dialects, as an operator pastes them: same options as in lab-configs.ts. */
import { LAB } from './lab-configs.ts';

/** The PETR step of the lab. */
const PETR = ' ipv4 use-petr 10.0.255.1\n';

const LISP1_WITH_PETR = LAB.lisp1.replace(' miss-policy', `${PETR} miss-policy`);

const MAPSERVER_UNDERLAY = `hostname mapserver
!
interface Loopback0
 ip address 10.0.255.1 255.255.255.255
!
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
!
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
!
interface FastEthernet1/0
 ip address 10.0.3.1 255.255.255.252
!
`;

const MAPSERVER_GLOBAL = `${MAPSERVER_UNDERLAY}lisp site site1
 authentication-key KEY1
 eid-prefix 192.168.1.0/24 accept-more-specifics
 exit
!
lisp site site2
 authentication-key KEY2
 eid-prefix 192.168.2.0/24 accept-more-specifics
 exit
!
ip lisp map-server
ip lisp map-resolver
ip lisp proxy-etr
ip lisp proxy-itr 10.0.255.1
ip lisp itr map-resolver 10.0.255.1
ip lisp map-cache 192.168.1.0/24 map-request
ip lisp map-cache 192.168.2.0/24 map-request
lisp miss-policy drop
!
ip route 0.0.0.0 0.0.0.0 10.0.3.2
`;

const MAPSERVER_XE = `${MAPSERVER_UNDERLAY}router lisp
 locator-table default
 !
 service ipv4
  encapsulation lisp
  itr map-resolver 10.0.255.1
  map-server
  map-resolver
  proxy-etr
  proxy-itr 10.0.255.1
  exit-service-ipv4
 !
 instance-id 0
  service ipv4
   eid-table default
   map-cache 192.168.1.0/24 map-request
   map-cache 192.168.2.0/24 map-request
   exit-service-ipv4
  !
  exit-instance-id
 !
 site site1
  description first site
  authentication-key KEY1
  eid-record 192.168.1.0/24 accept-more-specifics
  exit-site
 !
 site site2
  authentication-key KEY2
  eid-record 192.168.2.0/24 accept-more-specifics
  exit-site
 !
 miss-policy drop
 exit-router-lisp
!
ip route 0.0.0.0 0.0.0.0 10.0.3.2
`;

/** `n` is the number of the site: 1 or 2. */
function siteUnderlay(n: number): string {
  return `hostname lisp${n}
!
interface Loopback0
 ip address 192.168.${n}.1 255.255.255.255
!
interface FastEthernet0/0
 ip address 10.0.${n}.2 255.255.255.252
!
`;
}

function siteGlobal(n: number, petr = ''): string {
  return `${siteUnderlay(n)}ip lisp database-mapping 192.168.${n}.1/32 10.0.${n}.2 priority 1 weight 100
ip lisp itr map-resolver 10.0.${n}.1
ip lisp itr
ip lisp etr map-server 10.0.${n}.1 key KEY${n}
ip lisp etr
${petr}lisp miss-policy hold
!
ip route 0.0.0.0 0.0.0.0 10.0.${n}.1
`;
}

/** IOS XE 3: an EID table, and lines with the family directly in `router lisp`. */
function siteXe3(n: number, petr = ''): string {
  return `Building configuration...

Current configuration : 1520 bytes
!
version 15.4
service timestamps debug datetime msec
service timestamps log datetime msec
no service password-encryption
!
${siteUnderlay(n)}boot-start-marker
boot-end-marker
!
no ip domain lookup
ip cef
!
router lisp
 locator-set RLOC1
  10.0.${n}.2 priority 1 weight 100
  exit
 !
 eid-table default instance-id 0
  database-mapping 192.168.${n}.1/32 locator-set RLOC1
  exit
 !
 ipv4 itr map-resolver 10.0.${n}.1
 ipv4 itr
 ipv4 etr map-server 10.0.${n}.1 key KEY${n}
 ipv4 etr
${petr} no ipv4 map-cache-persistent
 exit
!
ip route 0.0.0.0 0.0.0.0 10.0.${n}.1
!
control-plane
!
line con 0
 exec-timeout 0 0
 logging synchronous
line vty 0 4
 login
 transport input all
!
end
`;
}

/** IOS XE 16: services, the one of an instance inside it. */
function siteXe16(n: number, petr = ''): string {
  return `${siteUnderlay(n).replace(
    ` ip address 10.0.${n}.2`,
    ` description to mapserver
 negotiation auto
 ip address 10.0.${n}.2`,
  )}router lisp
 locator-table default
 locator-set RLOC1
  IPv4-interface FastEthernet0/0 priority 1 weight 100
  exit-locator-set
 !
 service ipv4
  encapsulation lisp
  itr map-resolver 10.0.${n}.1
  itr
  etr map-server 10.0.${n}.1 key KEY${n}
  etr
${petr}  no map-cache-persistent
  exit-service-ipv4
 !
 instance-id 0
  service ipv4
   eid-table default
   database-mapping 192.168.${n}.1/32 locator-set RLOC1
   exit-service-ipv4
  !
  exit-instance-id
 !
 exit-router-lisp
!
ip route 0.0.0.0 0.0.0.0 10.0.${n}.1
`;
}

/** By router: the configuration of the lab, then the same in the other dialects. */
export const DIALECTS: Readonly<
  Record<string, { readonly lab: string; readonly others: Readonly<Record<string, string>> }>
> = {
  mapserver: { lab: LAB.mapserver, others: { global: MAPSERVER_GLOBAL, xe: MAPSERVER_XE } },
  lisp1: { lab: LAB.lisp1, others: { global: siteGlobal(1), xe3: siteXe3(1), xe16: siteXe16(1) } },
  lisp2: { lab: LAB.lisp2, others: { global: siteGlobal(2), xe3: siteXe3(2), xe16: siteXe16(2) } },
  'lisp1-petr': {
    lab: LISP1_WITH_PETR,
    others: {
      global: siteGlobal(1, 'ip lisp use-petr 10.0.255.1\n'),
      xe3: siteXe3(1, PETR),
      xe16: siteXe16(1, '  use-petr 10.0.255.1\n'),
    },
  },
};

/** Each configuration with its name. */
export const DIALECT_TEXTS: readonly (readonly [name: string, text: string])[] = Object.entries(
  DIALECTS,
).flatMap(([router, { others }]) =>
  Object.entries(others).map(([dialect, text]) => [`${router}-${dialect}`, text] as const),
);
