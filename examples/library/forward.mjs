// Forwarding through the engine: a packet from one site to another leaves with a LISP header.
import { ACTION_FORWARD, cidr, createEngineSync, eidPrefix, ip, POLICY_ITR_SOURCE, verdictText } from 'pxtr';
import { decodePacket, describePacket } from 'pxtr/pcap';
import { buildIcmpPacket } from 'pxtr/wire';

// The underlay: everything leaves by interface 1. The site here: 192.168.1.0/24. The other one lies behind 10.0.2.2.
const engine = createEngineSync();
const nextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('10.0.1.1'), mtu: 1500 };
const target = { source: ip('10.0.1.2'), destination: ip('10.0.2.2'), priority: 1, weight: 100, nextHop };
engine.setRoute(0, cidr('0.0.0.0/0'), nextHop);
engine.setPolicy(eidPrefix(cidr('192.168.1.0/24')), POLICY_ITR_SOURCE);
engine.setEntry({ eid: eidPrefix(cidr('192.168.2.0/24')), action: ACTION_FORWARD, targets: [target] });
engine.publish();

const addresses = { source: ip('192.168.1.5'), destination: ip('192.168.2.7'), ttl: 64 };
const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(56) };
engine.inject(buildIcmpPacket(addresses, echo), { interfaceIndex: 0 });
engine.process();
engine.collect((fate, bytes) => console.log(verdictText(fate), describePacket(decodePacket(bytes).value)));
