/** Packets to start from: the JSON that `pxtr encode --template` prints. */
import { cidr, ip } from '../../base/ip-text.ts';
import { NO_ADDRESS, lispIp } from '../../wire/lisp-address.ts';
import type { MapRequest } from '../../wire/map-request.ts';
import type { EidRecord } from '../../wire/eid-record.ts';
import type { ControlMessage } from '../../wire/control.ts';
import { RIP_AFI_IP, RIP_RESPONSE, RIP_VERSION, type RipMessage } from '../../wire/rip.ts';
import { controlMessage } from './control.ts';
import { ripMessage } from './rip.ts';
import type { Json } from './shape.ts';

const NONCE = { hi: 0x11223344, lo: 0x55667788 };
const RLOCS = { source: '10.0.1.2', destination: '10.0.1.1', ttl: 255 };
const ECHO = {
  ip: { source: '192.168.1.1', destination: '192.168.2.1', ttl: 64 },
  icmp: { type: 'echo-request', identifier: 1, sequence: 1, data: 'abcd'.repeat(8) },
};

const request: MapRequest = {
  type: 'map-request',
  nonce: NONCE,
  sourceEid: lispIp(ip('192.168.1.1')),
  itrRlocs: [lispIp(ip('10.0.1.2'))],
  records: [{ eid: lispIp(ip('192.168.2.1')), maskBits: 32, subscribe: false }],
  authoritative: false,
  probe: false,
  smr: false,
  pitr: false,
  smrInvoked: false,
  localXtr: false,
  dontReply: false,
};

const record: EidRecord = {
  eid: lispIp(cidr('192.168.1.0/24').address),
  maskBits: 24,
  ttlMinutes: 1440,
  action: 0,
  authoritative: true,
  mapVersion: 0,
  locators: [
    {
      rloc: lispIp(ip('10.0.1.2')),
      priority: 1,
      weight: 100,
      multicastPriority: 255,
      multicastWeight: 0,
      local: true,
      probed: false,
      reachable: true,
    },
  ],
};

const authentication = { keyId: 0, algorithmId: 2, data: new Uint8Array(16) };

const MESSAGES: Readonly<Record<string, ControlMessage>> = {
  'map-request': request,
  ecm: {
    type: 'ecm',
    ddt: false,
    toEtr: false,
    toMapServer: false,
    inner: {
      source: ip('10.0.1.2'),
      destination: ip('192.168.2.1'),
      ttl: 255,
      sourcePort: 4342,
      destinationPort: 4342,
    },
    message: request,
  },
  'map-reply': { type: 'map-reply', probe: false, echoNonceCapable: false, nonce: NONCE, records: [record] },
  'negative-map-reply': {
    type: 'map-reply',
    probe: false,
    echoNonceCapable: false,
    nonce: NONCE,
    records: [
      {
        ...record,
        eid: lispIp(ip('0.0.0.0')),
        maskBits: 1,
        ttlMinutes: 15,
        action: 1,
        authoritative: false,
        locators: [],
      },
    ],
  },
  'map-register': {
    type: 'map-register',
    nonce: NONCE,
    authentication,
    records: [record],
    proxyReply: false,
    securityCapable: false,
    eidNotify: false,
    useTtlForTimeout: false,
    merge: false,
    wantMapNotify: true,
  },
  'map-notify': {
    type: 'map-notify',
    nonce: NONCE,
    authentication,
    records: [record],
    trailer: new Uint8Array(),
    reservedBits: 0,
  },
  smr: { ...request, smr: true, sourceEid: NO_ADDRESS },
};

const announcement: RipMessage = {
  command: RIP_RESPONSE,
  version: RIP_VERSION,
  reserved: 0,
  entries: [
    {
      kind: 'route',
      afi: RIP_AFI_IP,
      tag: 0,
      address: ip('192.168.0.0'),
      mask: 0xffff_0000,
      nextHop: ip('0.0.0.0'),
      metric: 1,
    },
  ],
};

/** Every template by name. */
export const TEMPLATES: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(
    Object.entries(MESSAGES).map(([name, message]) => [
      name,
      { ip: RLOCS, udp: { sourcePort: 4342, destinationPort: 4342 }, control: controlMessage.write(message) },
    ]),
  ),
  echo: ECHO,
  rip: {
    ip: { source: '10.0.1.1', destination: '224.0.0.9', ttl: 2 },
    udp: { sourcePort: 520, destinationPort: 520 },
    rip: ripMessage.write(announcement),
  },
  'lisp-data': {
    ip: { ...RLOCS, destination: '10.0.2.2', ttl: 64, dontFragment: true },
    udp: { sourcePort: 61_441, destinationPort: 4341, checksum: 'zero' },
    lisp: { flags: 0, word0: 0, word1: 0 },
    inner: ECHO,
  },
};
