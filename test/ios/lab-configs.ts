/** The configurations of the four-router PxTR lab, as an operator types them. */
export const MAPSERVER = `
hostname mapserver
interface Loopback0
 ip address 10.0.255.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
interface FastEthernet1/0
 ip address 10.0.3.1 255.255.255.252
router lisp
 site site1
  authentication-key KEY1
  eid-prefix 192.168.1.0/24 accept-more-specifics
  exit
 site site2
  authentication-key KEY2
  eid-prefix 192.168.2.0/24 accept-more-specifics
  exit
 ipv4 map-server
 ipv4 map-resolver
 ipv4 proxy-etr
 ipv4 proxy-itr 10.0.255.1
 ipv4 itr map-resolver 10.0.255.1
 map-cache 192.168.1.0/24 map-request
 map-cache 192.168.2.0/24 map-request
 miss-policy drop                                         !+
 exit
ip route 0.0.0.0 0.0.0.0 10.0.3.2
`;

export const LISP1 = `
hostname lisp1
interface Loopback0
 ip address 192.168.1.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
router lisp
 database-mapping 192.168.1.1/32 10.0.1.2 priority 1 weight 100
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 ipv4 etr map-server 10.0.1.1 key KEY1
 ipv4 etr
 miss-policy hold                                         !+
 exit
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`;

export const LISP2 = `
hostname lisp2
interface Loopback0
 ip address 192.168.2.1 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.2.2 255.255.255.252
router lisp
 database-mapping 192.168.2.1/32 10.0.2.2 priority 1 weight 100
 ipv4 itr map-resolver 10.0.2.1
 ipv4 itr
 ipv4 etr map-server 10.0.2.1 key KEY2
 ipv4 etr
 miss-policy hold                                         !+
 exit
ip route 0.0.0.0 0.0.0.0 10.0.2.1
`;

export const OUTSIDEWORLD = `
hostname outsideworld
interface Loopback0
 ip address 4.4.4.4 255.255.255.255
interface FastEthernet0/0
 ip address 10.0.3.2 255.255.255.252
ip route 0.0.0.0 0.0.0.0 10.0.3.1
`;

export const LAB = { mapserver: MAPSERVER, lisp1: LISP1, lisp2: LISP2, outsideworld: OUTSIDEWORLD };
