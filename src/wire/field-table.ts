/** Every field name that filters and differences know. Names follow Wireshark where it has one. */
import type { FieldDefinition, FieldKind } from './field.ts';

type Row = Omit<FieldDefinition, 'name' | 'kind' | 'about'>;

function field(name: string, kind: FieldKind, about: string, more: Row = {}): FieldDefinition {
  return { name, kind, about, ...more };
}

/** Words of lisp.type, by message type. */
export const LISP_TYPE_WORDS: Readonly<Record<number, string>> = {
  1: 'map-request',
  2: 'map-reply',
  3: 'map-register',
  4: 'map-notify',
  5: 'map-notify-ack',
  6: 'map-referral',
  7: 'info',
  8: 'ecm',
};

/** Words of lisp.action, by ACT code (RFC 9301 §5.4, §12.3). */
export const ACTION_WORDS: readonly string[] = [
  'no-action',
  'natively-forward',
  'send-map-request',
  'drop',
  'drop-policy-denied',
  'drop-auth-failure',
];

/** Words of rip.command, by code (RFC 2453 §3.6). */
export const RIP_COMMAND_WORDS: Readonly<Record<number, string>> = { 1: 'request', 2: 'response' };

/** Words of icmp.type, whatever the family. */
const ICMP_TYPE_WORDS = ['echo-request', 'echo-reply', 'unreachable', 'time-exceeded', 'packet-too-big'];
const CHECKSUM_WORDS = ['good', 'bad', 'zero', 'unknown'];
/** Words of `expert`, mildest first; the number of the first is 1. */
export const SEVERITY_WORDS = ['chat', 'note', 'warn', 'error'] as const;
/** Words of ip.proto. */
export const PROTOCOL_WORDS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
};

/** What a capture file says of a frame, and what was found out about it. */
const FRAME: readonly FieldDefinition[] = [
  field('frame.number', 'number', 'number of the frame, from 1'),
  field('frame.time', 'number', 'seconds since the first frame', { aliases: ['frame.time_relative'] }),
  field('frame.len', 'number', 'bytes on the wire'),
  field('frame.cap_len', 'number', 'bytes captured'),
  field('frame.comment', 'text', 'comment of the frame'),
  field('frame.interface', 'text', 'interface or link it was captured on', {
    aliases: ['link', 'interface', 'frame.interface_name'],
  }),
  field('frame.link', 'bytes', 'link header before the IP packet'),
  field('expert', 'number', 'severity of an expert mark; bare: has any', { words: [...SEVERITY_WORDS] }),
  field('expert.id', 'text', 'name of an expert mark, such as ttl-in-seconds'),
  field('expert.message', 'text', 'text of an expert mark'),
  field('expert.requirement', 'text', 'requirement that an expert mark is about, such as CP-25'),
  field('response.in', 'number', 'frame that answers this one'),
  field('response.to', 'number', 'frame that this one answers'),
  field('response.time', 'number', 'seconds between the two'),
  field('response.missing', 'flag', 'an answer was due and is not in the capture', {
    aliases: ['unanswered'],
  }),
];

const NETWORK: readonly FieldDefinition[] = [
  field('ip', 'protocol', 'an IP header of either family'),
  field('ipv4', 'protocol', 'an IPv4 header'),
  field('ipv6', 'protocol', 'an IPv6 header'),
  field('ip.version', 'number', '4 or 6'),
  field('ip.hdr_len', 'number', 'bytes of the header with options or extension headers'),
  field('ip.dscp', 'number', 'differentiated services code point', {
    aliases: ['ip.dsfield.dscp', 'ipv6.tclass.dscp'],
  }),
  field('ip.ecn', 'number', 'explicit congestion notification', {
    aliases: ['ip.dsfield.ecn', 'ipv6.tclass.ecn'],
  }),
  field('ip.len', 'number', 'bytes of header and payload'),
  field('ip.id', 'number', 'identification'),
  field('ip.df', 'flag', 'IPv4: do not fragment', { aliases: ['ip.flags.df'] }),
  field('ip.mf', 'flag', 'more fragments follow', { aliases: ['ip.flags.mf'] }),
  field('ip.frag_offset', 'number', 'fragment offset in bytes'),
  field('ip.flow', 'number', 'IPv6: flow label', { aliases: ['ipv6.flow'] }),
  field('ip.ttl', 'number', 'TTL or hop limit', { aliases: ['ipv6.hlim'] }),
  field('ip.proto', 'number', 'upper-layer protocol', {
    aliases: ['ipv6.nxt'],
    words: Object.values(PROTOCOL_WORDS),
  }),
  field('ip.checksum', 'number', 'IPv4: header checksum'),
  field('ip.checksum.status', 'text', 'IPv4: good or bad', { words: CHECKSUM_WORDS }),
  field('ip.src', 'address', 'source address', { aliases: ['ipv6.src'] }),
  field('ip.dst', 'address', 'destination address', { aliases: ['ipv6.dst'] }),
  field('ip.addr', 'address', 'source or destination address', {
    aliases: ['ipv6.addr'],
    anyOf: ['ip.src', 'ip.dst'],
  }),
  field('ip.options', 'bytes', 'IPv4: options'),
  field('ip.extensions', 'bytes', 'IPv6: extension headers'),
  field('udp', 'protocol', 'a UDP header'),
  field('udp.srcport', 'number', 'source port'),
  field('udp.dstport', 'number', 'destination port'),
  field('udp.port', 'number', 'source or destination port', { anyOf: ['udp.srcport', 'udp.dstport'] }),
  field('udp.length', 'number', 'bytes of header and payload'),
  field('udp.checksum', 'number', 'checksum as received'),
  field('udp.checksum.status', 'text', 'good, bad, zero or unknown', { words: CHECKSUM_WORDS }),
  field('icmp', 'protocol', 'ICMP of either family'),
  field('icmp.type', 'number', 'type', { aliases: ['icmpv6.type'], words: ICMP_TYPE_WORDS }),
  field('icmp.code', 'number', 'code', { aliases: ['icmpv6.code'] }),
  field('icmp.checksum', 'number', 'checksum as received'),
  field('icmp.checksum.status', 'text', 'good, bad or unknown', { words: CHECKSUM_WORDS }),
  field('icmp.ident', 'number', 'identifier of an echo'),
  field('icmp.seq', 'number', 'sequence number of an echo'),
  field('icmp.mtu', 'number', 'next-hop MTU of an error'),
  field('icmp.unused', 'number', 'unused word of an error'),
  field('icmp.data', 'bytes', 'data of an echo, body of an unknown type'),
  field('ethernet', 'protocol', 'an Ethernet frame inside LISP-GPE', { aliases: ['eth'] }),
  field('ethernet.header', 'bytes', 'addresses, tags and type of that frame'),
  field('data', 'protocol', 'bytes that are not looked into'),
  field('data.what', 'text', 'whose bytes they are'),
  field('data.len', 'number', 'how many'),
  field('data.bytes', 'bytes', 'the bytes', { aliases: ['data.data'] }),
  field('malformed', 'protocol', 'a part that could not be decoded', { aliases: ['_ws.malformed'] }),
  field('malformed.what', 'text', 'the protocol of that part'),
  field('malformed.code', 'text', 'why: truncated, bad-length, bad-value ...'),
  field('malformed.field', 'text', 'the field that was refused'),
  field('malformed.bytes', 'bytes', 'the bytes of that part'),
];

const LISP_DATA: readonly FieldDefinition[] = [
  field('lisp-data', 'protocol', 'a LISP data header'),
  field('lisp-data.flags', 'number', 'the byte NLEVI P KK'),
  field('lisp-data.n', 'flag', 'N: nonce present', { aliases: ['lisp-data.flags.nonce'] }),
  field('lisp-data.l', 'flag', 'L: Locator-Status-Bits in use', { aliases: ['lisp-data.flags.lsb'] }),
  field('lisp-data.e', 'flag', 'E: echo-nonce request', { aliases: ['lisp-data.flags.enr'] }),
  field('lisp-data.v', 'flag', 'V: map-versions present', { aliases: ['lisp-data.flags.mv'] }),
  field('lisp-data.i', 'flag', 'I: Instance ID present', { aliases: ['lisp-data.flags.iid'] }),
  field('lisp-data.p', 'flag', 'P: LISP-GPE next protocol'),
  field('lisp-data.kk', 'number', 'key ID, 0 for clear text'),
  field('lisp-data.nonce', 'number', 'nonce, 24 bits'),
  field('lisp-data.srcmapver', 'number', 'source map-version', { aliases: ['lisp-data.mapver.src'] }),
  field('lisp-data.dstmapver', 'number', 'destination map-version', { aliases: ['lisp-data.mapver.dst'] }),
  field('lisp-data.next', 'number', 'LISP-GPE next protocol'),
  field('lisp-data.iid', 'number', 'Instance ID'),
  field('lisp-data.lsb', 'number', 'Locator-Status-Bits'),
  field('lisp-data.word0', 'number', 'the 24 bits after the flags when no flag gives them a meaning'),
  field('lisp-data.word1', 'number', 'Locator-Status-Bits that L=0 tells to ignore'),
];

const LISP_CONTROL: readonly FieldDefinition[] = [
  field('lisp', 'protocol', 'a LISP control message'),
  field('ecm', 'protocol', 'an Encapsulated Control Message'),
  field('lisp.type', 'number', 'message type', { words: Object.values(LISP_TYPE_WORDS) }),
  field('lisp.nonce', 'nonce', 'nonce, 64 bits'),
  field('lisp.records', 'number', 'record count', { aliases: ['lisp.recordcount'] }),
  field('lisp.probe', 'flag', 'P of Map-Request and Map-Reply: RLOC-probe'),
  field('lisp.smr', 'flag', 'S of a Map-Request: solicit'),
  field('lisp.smr_invoked', 'flag', 's of a Map-Request: sent because of an SMR'),
  field('lisp.pitr', 'flag', 'p of a Map-Request: sent by a PITR'),
  field('lisp.local_xtr', 'flag', 'L of a Map-Request'),
  field('lisp.dont_reply', 'flag', 'D of a Map-Request'),
  field('lisp.request.authoritative', 'flag', 'A of a Map-Request'),
  field('lisp.has_mapping', 'flag', 'M of a Map-Request: a mapping is appended'),
  field('lisp.subscribe', 'flag', 'N of a record of a Map-Request'),
  field('lisp.source_eid', 'address', 'source EID of a Map-Request'),
  field('lisp.itr_rloc', 'address', 'ITR-RLOC of a Map-Request'),
  field('lisp.echo_nonce', 'flag', 'E of a Map-Reply: echo-nonce capable'),
  field('lisp.proxy_reply', 'flag', 'P of a Map-Register'),
  field('lisp.security_capable', 'flag', 'S of a Map-Register'),
  field('lisp.eid_notify', 'flag', 'E of a Map-Register'),
  field('lisp.use_ttl', 'flag', 'T of a Map-Register'),
  field('lisp.merge', 'flag', 'a of a Map-Register'),
  field('lisp.want_notify', 'flag', 'M of a Map-Register'),
  field('lisp.key_id', 'number', 'Key ID'),
  field('lisp.algorithm', 'number', 'Algorithm ID'),
  field('lisp.auth_data', 'bytes', 'Authentication Data'),
  field('lisp.reserved', 'number', 'reserved bits of a Map-Notify'),
  field('lisp.trailer', 'bytes', 'bytes after the records of a Map-Notify'),
  field('lisp.xtr_id', 'bytes', 'xTR-ID'),
  field('lisp.site_id', 'bytes', 'Site-ID'),
  field('lisp.security_data', 'bytes', 'LISP-SEC authentication data'),
  field('lisp.eid', 'prefix', 'EID-Prefix of a record'),
  field('lisp.mask_len', 'number', 'mask-len of an EID-Prefix'),
  field('lisp.iid', 'number', 'Instance ID of an EID-Prefix'),
  field('lisp.ttl', 'number', 'TTL of a record in minutes'),
  field('lisp.action', 'number', 'ACT of a record', { words: ACTION_WORDS }),
  field('lisp.authoritative', 'flag', 'A of a record'),
  field('lisp.map_version', 'number', 'Map-Version of a record'),
  field('lisp.locators', 'number', 'locator count of a record'),
  field('lisp.rloc', 'address', 'locator'),
  field('lisp.priority', 'number', 'priority of a locator'),
  field('lisp.weight', 'number', 'weight of a locator'),
  field('lisp.m_priority', 'number', 'multicast priority of a locator'),
  field('lisp.m_weight', 'number', 'multicast weight of a locator'),
  field('lisp.rloc.local', 'flag', 'L of a locator'),
  field('lisp.rloc.probed', 'flag', 'p of a locator'),
  field('lisp.rloc.reachable', 'flag', 'R of a locator'),
  field('lisp.unknown', 'bytes', 'a message of a type without a decoder'),
  field('ecm.ddt', 'flag', 'D of an ECM'),
  field('ecm.to_etr', 'flag', 'E of an ECM'),
  field('ecm.to_ms', 'flag', 'M of an ECM'),
];

const RIP: readonly FieldDefinition[] = [
  field('rip', 'protocol', 'a RIP message'),
  field('rip.command', 'number', 'command', { words: Object.values(RIP_COMMAND_WORDS) }),
  field('rip.version', 'number', 'version'),
  field('rip.routing_domain', 'number', 'two bytes that must be zero'),
  field('rip.family', 'number', 'address family of an entry: 2 IP, 0 the whole table, 65535 authentication'),
  field('rip.route_tag', 'number', 'tag of a route'),
  field('rip.route', 'prefix', 'address and mask of a route as a prefix'),
  field('rip.ip', 'address', 'address of a route'),
  field('rip.netmask', 'address', 'mask of a route'),
  field('rip.next_hop', 'address', 'next hop of a route, 0.0.0.0 for the sender'),
  field('rip.metric', 'number', 'metric of a route; 16 is not reachable'),
  field('rip.auth.type', 'number', 'type of authentication'),
  field('rip.auth.data', 'bytes', 'data of authentication', { aliases: ['rip.authentication_data'] }),
  field('rip.unknown', 'bytes', 'an entry of an unknown address family', {
    aliases: ['rip.unknown_address_family'],
  }),
];

/** All fields, by protocol from the outside in. */
export const FIELD_TABLE: readonly FieldDefinition[] = [
  ...FRAME,
  ...NETWORK,
  ...LISP_DATA,
  ...LISP_CONTROL,
  ...RIP,
];

const BY_NAME = new Map<string, FieldDefinition>();
for (const definition of FIELD_TABLE) {
  BY_NAME.set(definition.name, definition);
  for (const alias of definition.aliases ?? []) BY_NAME.set(alias, definition);
}

/** The field of this name or alias. */
export function findField(name: string): FieldDefinition | undefined {
  return BY_NAME.get(name);
}

/** Every name and alias: what a misspelt name is compared with. */
export function fieldNames(): string[] {
  return [...BY_NAME.keys()];
}
