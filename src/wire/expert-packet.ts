/** Expert rules about IP, UDP, ICMP, LISP data headers and what cannot be decoded. */
import { formatIp } from '../base/ip-text.ts';
import { isMulticast } from '../base/ip.ts';
import { CONTROL_PORT } from './control.ts';
import { formatWireError } from './error.ts';
import { expertRule, when, type ExpertRule, type RuleContext } from './expert-rule.ts';
import { isIcmpError } from './icmp.ts';
import { isFragment } from './ip-packet.ts';
import {
  DATA_PORT,
  keyIdOf,
  LISP_E,
  LISP_I,
  LISP_L,
  LISP_N,
  LISP_P,
  LISP_V,
  mapVersionsOf,
  nonceOf,
  echoRequested,
} from './lisp-data.ts';
import type { IpLayer, UdpLayer } from './packet.ts';

const CONTROL_BYTES_V4 = 576;
const CONTROL_BYTES_V6 = 1280;
const ENCAPSULATED_BYTES = 1500;
const LISP_HEADERS = 2;
const ECN_NOT_CAPABLE = 0;
const ECN_CE = 3;

const IP_RULES: readonly ExpertRule[] = [
  expertRule('ip', 'warn', 'bad-ip-checksum', 'RFC 791 §3.1', ({ ip }, { range }) =>
    when(!ip.checksumOk, 'wrong IPv4 header checksum: routers drop this packet', range('ip.checksum')),
  ),
  expertRule('ip', 'warn', 'ttl-zero', 'RFC 1122 §3.2.1.7', ({ ip }, { range }) =>
    when(ip.ttl === 0, 'TTL 0 is never sent', range('ip.ttl')),
  ),
  expertRule('ip', 'warn', 'source-not-unicast', 'RFC 1122 §3.2.1.3', ({ ip }, { range }) =>
    when(isMulticast(ip.source), `source ${formatIp(ip.source)} is a multicast address`, range('ip.src')),
  ),
  expertRule('ip', 'chat', 'fragment', 'RFC 791 §3.2', (layer, { range }) =>
    when(isFragment(layer.ip), 'a fragment: upper layers are not decoded', range('ip.frag_offset')),
  ),
  expertRule('ip', 'note', 'outer-df-clear', 'DP-19 RFC 9300 §7.1', (layer, context) =>
    when(
      lispInside(context) !== undefined && layer.ip.family === 4 && !layer.ip.dontFragment,
      'outer header with DF=0: the encapsulated packet may be fragmented on the way',
      context.range('ip.df'),
    ),
  ),
  expertRule('ip', 'note', 'encapsulated-too-long', 'DP-19 RFC 9300 §7.1', ({ ip }, context) =>
    when(
      lispInside(context) !== undefined && ip.totalLength > ENCAPSULATED_BYTES,
      `encapsulated packet of ${ip.totalLength} bytes: more than ${ENCAPSULATED_BYTES}`,
      context.range('ip.len'),
    ),
  ),
  expertRule('ip', 'note', 'outer-dscp-differs', 'DP-13 RFC 9300 §5.3', ({ ip }, context) => {
    const inner = lispInside(context);
    const differs = inner !== undefined && inner.ip.dscp !== ip.dscp;
    return when(
      differs,
      `outer DSCP ${ip.dscp}, inner DSCP ${inner?.ip.dscp}: an ITR copies it`,
      context.range('ip.dscp'),
    );
  }),
  expertRule('ip', 'note', 'outer-ttl-exceeds-inner', 'DP-13 RFC 9300 §5.3', ({ ip }, context) => {
    const inner = lispInside(context);
    const exceeds = inner !== undefined && ip.ttl > inner.ip.ttl;
    return when(
      exceeds,
      `outer TTL ${ip.ttl} exceeds inner TTL ${inner?.ip.ttl}: an ITR copies it`,
      context.range('ip.ttl'),
    );
  }),
  expertRule('ip', 'warn', 'ecn-ce-on-not-capable', 'DP-16 RFC 6040 §4.2', ({ ip }, context) => {
    const inner = lispInside(context);
    const isLost = inner !== undefined && ip.ecn === ECN_CE && inner.ip.ecn === ECN_NOT_CAPABLE;
    return when(
      isLost,
      'outer CE with an inner Not-ECT packet: the decapsulating router drops it',
      context.range('ip.ecn'),
    );
  }),
  expertRule('ip', 'note', 'control-too-long', 'CP-03 RFC 9301 §5', ({ ip }, context) => {
    const most = ip.family === 4 ? CONTROL_BYTES_V4 : CONTROL_BYTES_V6;
    const isControl = context.index === 0 && context.layers[2]?.kind === 'control';
    return when(
      isControl && ip.totalLength > most,
      `control packet of ${ip.totalLength} bytes: at most ${most} while the path MTU is unknown`,
      context.range('ip.len'),
    );
  }),
];

const UDP_RULES: readonly ExpertRule[] = [
  expertRule('udp', 'warn', 'bad-control-checksum', 'CP-01 RFC 9301 §5', (layer, { range }) =>
    when(
      carries(layer) === 'control' && layer.udp.checksum === 'bad',
      'wrong UDP checksum: the message is dropped',
      range('udp.checksum'),
    ),
  ),
  expertRule('udp', 'warn', 'zero-control-checksum', 'CP-01 RFC 9301 §5', (layer, { range }) =>
    when(
      carries(layer) === 'control' && layer.udp.checksum === 'zero',
      'control message without UDP checksum',
      range('udp.checksum'),
    ),
  ),
  expertRule('udp', 'warn', 'bad-data-checksum', 'DP-06 RFC 9300 §5.3', (layer, { range }) =>
    when(
      carries(layer) === 'lisp' && layer.udp.checksum === 'bad',
      'wrong outer UDP checksum: the packet is dropped silently',
      range('udp.checksum'),
    ),
  ),
  expertRule('udp', 'chat', 'data-checksum-present', 'DP-04 RFC 9300 §5.3', (layer, { range }) =>
    when(
      carries(layer) === 'lisp' && layer.udp.checksum === 'good',
      'outer UDP checksum computed: ITRs usually send 0',
      range('udp.checksum'),
    ),
  ),
  expertRule('udp', 'warn', 'bad-udp-checksum', 'RFC 768', (layer, { range }) =>
    when(
      carries(layer) === 'other' && layer.udp.checksum === 'bad',
      'wrong UDP checksum',
      range('udp.checksum'),
    ),
  ),
  expertRule('udp', 'warn', 'zero-checksum-over-ipv6', 'RFC 8200 §8.1', (layer, context) =>
    when(
      carries(layer) === 'other' && layer.udp.checksum === 'zero' && enclosingIp(context)?.ip.family === 6,
      'UDP over IPv6 without checksum',
      context.range('udp.checksum'),
    ),
  ),
];

const ICMP_RULES: readonly ExpertRule[] = [
  expertRule('icmp', 'warn', 'bad-icmp-checksum', 'RFC 792', ({ checksum }, { range }) =>
    when(checksum === 'bad', 'wrong ICMP checksum', range('icmp.checksum')),
  ),
  expertRule('icmp', 'note', 'icmp-error', 'RFC 1812 §4.3', ({ message }, context) => {
    const { start } = context.range('icmp.type');
    const { family } = enclosingIp(context)?.ip ?? { family: 4 as const };
    const text =
      'mtu' in message && message.mtu > 0
        ? `ICMP error: only ${message.mtu} bytes fit the next hop`
        : `ICMP error: ${message.type === 'unknown' ? `type ${message.icmpType}` : message.type} code ${'code' in message ? message.code : 0}`;
    return when(isIcmpError(family, message), text, { start, end: start + 2 });
  }),
];

const LISP_RULES: readonly ExpertRule[] = [
  expertRule('lisp', 'warn', 'nonce-and-version', 'DP-07 RFC 9300 §5.3', ({ header: { flags } }, { range }) =>
    when(
      has(flags, LISP_N) && has(flags, LISP_V),
      'N=1 together with V=1: the field is read as a nonce',
      range('lisp-data.flags'),
    ),
  ),
  expertRule('lisp', 'warn', 'echo-without-nonce', 'DP-08 RFC 9300 §5.3', ({ header }, { range }) =>
    when(
      has(header.flags, LISP_E) && !echoRequested(header) && !has(header.flags, LISP_P),
      'E=1 without N: ignored',
      range('lisp-data.flags'),
    ),
  ),
  expertRule('lisp', 'warn', 'gpe-with-nonce', 'DP-40 RFC 9305 §3', ({ header: { flags } }, { range }) =>
    when(
      has(flags, LISP_P) && (flags & (LISP_N | LISP_E | LISP_V)) !== 0,
      'P=1 together with N, E or V: these are ignored',
      range('lisp-data.flags'),
    ),
  ),
  expertRule('lisp', 'chat', 'gpe', 'RFC 9305 §3', ({ header: { flags } }, { range }) =>
    when(has(flags, LISP_P), 'LISP-GPE header', range('lisp-data.flags')),
  ),
  expertRule(
    'lisp',
    'warn',
    'nonce-field-not-zero',
    'DP-10 RFC 9300 §5.3',
    ({ header: { flags, word0 } }, { range }) =>
      when(
        (flags & (LISP_N | LISP_V | LISP_P)) === 0 &&
          keyIdOf({ flags, word0, word1: 0 }) === 0 &&
          word0 !== 0,
        'N=V=0, and the nonce field is not 0',
        range('lisp-data.word0'),
      ),
  ),
  expertRule(
    'lisp',
    'warn',
    'status-bits-not-zero',
    'DP-11 RFC 9300 §5.3',
    ({ header: { flags, word1 } }, { range }) => {
      const bits = !has(flags, LISP_I) ? word1 : word1 & 0xff;
      return when(
        !has(flags, LISP_L) && bits !== 0,
        'L=0, and the Locator-Status-Bits are not 0',
        range('lisp-data.word1'),
      );
    },
  ),
  expertRule('lisp', 'chat', 'not-for-the-internet', 'DP-25 RFC 9300 §4.1', ({ header }, { range }) => {
    const used = [
      ...(nonceOf(header) === undefined ? [] : ['nonce']),
      ...(has(header.flags, LISP_L) ? ['Locator-Status-Bits'] : []),
      ...(mapVersionsOf(header) === undefined ? [] : ['map-versions']),
    ];
    return when(
      used.length > 0,
      `${used.join(', ')}: not for use on the public Internet`,
      range('lisp-data.flags'),
    );
  }),
  expertRule('lisp', 'chat', 'encrypted', 'RFC 8061 §6', ({ header }, { range }) =>
    when(keyIdOf(header) !== 0, `encrypted with key ${keyIdOf(header)}`, range('lisp-data.kk')),
  ),
  expertRule('lisp', 'note', 'lisp-in-lisp', 'DP-32 RFC 9300 §4', (layer, { layers, index }) => {
    const count = layers.slice(0, index + 1).filter(({ kind }) => kind === 'lisp').length;
    return when(
      count > LISP_HEADERS,
      `LISP header number ${count}: more than ${LISP_HEADERS} are not decapsulated`,
      { start: layer.start, end: layer.headerEnd },
    );
  }),
];

const OTHER_RULES: readonly ExpertRule[] = [
  expertRule('broken', 'error', 'unsupported-afi', 'CP-04 RFC 9301 §5.1', (layer) =>
    when(
      layer.error.code === 'unsupported-afi',
      `${layer.what}: unknown address family, the message is dropped (${formatWireError(layer.error)})`,
      {
        start: layer.error.offset,
        end: layer.error.offset + 2,
      },
    ),
  ),
  expertRule('broken', 'error', 'malformed', 'decoder', (layer) =>
    when(layer.error.code !== 'unsupported-afi', `malformed ${layer.what}: ${formatWireError(layer.error)}`, {
      start: layer.error.offset,
      end: Math.max(layer.error.offset, layer.end),
    }),
  ),
];

export const EXPERT_PACKET_RULES: readonly ExpertRule[] = [
  ...IP_RULES,
  ...UDP_RULES,
  ...ICMP_RULES,
  ...LISP_RULES,
  ...OTHER_RULES,
];

function carries({ payload, udp }: UdpLayer): 'control' | 'lisp' | 'other' {
  if (payload.kind === 'control' || payload.kind === 'lisp') return payload.kind;
  if (udp.destinationPort === DATA_PORT) return 'lisp';
  return udp.sourcePort === CONTROL_PORT || udp.destinationPort === CONTROL_PORT ? 'control' : 'other';
}

/** The inner IP layer right behind the LISP header that this IP layer carries. */
function lispInside({ layers, index }: RuleContext): IpLayer | undefined {
  const inner = layers[index + 3];
  return layers[index + 2]?.kind === 'lisp' && inner?.kind === 'ip' ? inner : undefined;
}

function enclosingIp({ layers, index }: RuleContext): IpLayer | undefined {
  const outer = layers[index - 1];
  return outer?.kind === 'ip' ? outer : undefined;
}

function has(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}
