import { describe, expect, it } from 'vitest';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { runShow } from '../../src/ios/show/show.ts';
import type { RouterView, RouteView } from '../../src/router/view.ts';
import { REASON_COUNT, REASON_NO_ROUTE } from '../../assembly/layout.ts';
import { reasonName } from '../../src/engine/counters.ts';
import { LAB } from './lab-configs.ts';
import {
  LISP1_CACHE,
  locator,
  MAPSERVER_CACHE,
  NOW,
  OTHER_CACHE,
  positiveEntry,
  SITES,
  viewOf,
} from './lab-view.ts';
import { read } from './read.ts';

const lisp1 = viewOf(read(LAB.lisp1).options, { mapCache: (family) => (family === 4 ? LISP1_CACHE : []) });
const mapserver = viewOf(read(LAB.mapserver).options, {
  mapCache: (family) => (family === 4 ? MAPSERVER_CACHE : []),
  sites: () => SITES,
});

function show(view: RouterView, command: string): string {
  const result = runShow(view, NOW, command);
  if (!result.ok) throw new Error(`${result.error.message} ${result.error.hint}`);
  return result.value.join('\n');
}

describe('the lab', () => {
  it('lisp1 shows its Map-Cache', () => {
    expect(show(lisp1, 'show ip lisp map-cache')).toBe(
      `LISP IPv4 Mapping Cache for EID-table default (IID 0), 2 entries

0.0.0.0/0, uptime: 00:10:16, expires: never, via static send map-request
  Negative cache entry, action: send-map-request
0.0.0.0/1, uptime: 00:00:12, expires: 00:14:47, via map-reply, forward-native
  Negative cache entry, action: forward-native`,
    );
  });

  it('mapserver shows its Map-Cache', () => {
    expect(show(mapserver, 'show ip lisp map-cache')).toBe(
      `LISP IPv4 Mapping Cache for EID-table default (IID 0), 3 entries

192.168.1.0/24, uptime: 00:10:16, expires: never, via static send map-request
  Negative cache entry, action: send-map-request
192.168.1.1/32, uptime: 00:00:10, expires: 23:59:49, via map-reply, complete
  Locator   Uptime    State      Pri/Wgt
  10.0.1.2  00:00:10  up           1/100
192.168.2.0/24, uptime: 00:10:16, expires: never, via static send map-request
  Negative cache entry, action: send-map-request`,
    );
  });

  it('mapserver shows site1', () => {
    expect(show(mapserver, 'show lisp site name site1')).toBe(`Site name: site1
Allowed configured locators: any
Allowed EID-prefixes:
  EID-prefix: 192.168.1.0/24
    First registered:     never
    Routing table tag:    0
    Origin:               Configuration, accepting more specifics
    Registration errors:
      Authentication failures:   0
      Allowed locators mismatch: 0
    State:                no ETR registered for the prefix itself
  EID-prefix: 192.168.1.1/32
    First registered:     00:31:21
    Routing table tag:    0
    Origin:               Dynamic, more specific of 192.168.1.0/24
    Merge active:         No
    Proxy reply:          No
    TTL:                  1d00h
    State:                complete
    Registration errors:
      Authentication failures:   0
      Allowed locators mismatch: 0
    ETR 10.0.1.2, last registered 00:00:50, no proxy-reply, map-notify
                  TTL 1d00h, no merge, hash-function sha2, nonce 0x01234567-0x89ABCDEF
                  state complete, no security-capability
                  xTR-ID 0x00112233-0x44556677-0x8899AABB-0xCCDDEEFF
                  site-ID unspecified
      Locator   Local  State      Pri/Wgt
      10.0.1.2  yes    up           1/100`);
  });

  it('a PETR changes the second line only', () => {
    const petr = viewOf(lisp1.options, {
      mapCache: () => LISP1_CACHE.map((entry, i) => ({ ...entry, viaPetr: i === 1 })),
    });
    const lines = show(lisp1, 'show ip lisp map-cache').split('\n');
    expect(show(petr, 'show ip lisp map-cache').split('\n')).toEqual([
      ...lines.slice(0, -1),
      '  Encapsulating to proxy ETR',
    ]);
  });

  it('the running configuration is what renderConfig gives', () => {
    expect(`${show(mapserver, 'show running-config')}\n`).toBe(renderConfig(mapserver.options));
  });
});

const ROUTES: readonly RouteView[] = [
  {
    prefix: cidr('0.0.0.0/0'),
    source: 'static',
    distance: 1,
    gateway: ip('10.0.1.1'),
    interfaceName: 'FastEthernet0/0',
  },
  { prefix: cidr('10.0.1.0/30'), source: 'connected', distance: 0, interfaceName: 'FastEthernet0/0' },
  { prefix: cidr('10.0.1.2/32'), source: 'local', distance: 0, interfaceName: 'FastEthernet0/0' },
  {
    prefix: cidr('172.16.0.0/12'),
    source: 'learned',
    distance: 120,
    gateway: ip('10.0.1.1'),
    interfaceName: 'FastEthernet0/0',
  },
  { prefix: cidr('192.168.0.0/16'), source: 'static', distance: 254 },
];
const ROUTES6: readonly RouteView[] = [
  {
    prefix: cidr('::/0'),
    source: 'static',
    distance: 1,
    gateway: ip('2001:db8:f1::1'),
    interfaceName: 'FastEthernet0/0',
  },
  { prefix: cidr('2001:db8:f1::/64'), source: 'connected', distance: 0, interfaceName: 'FastEthernet0/0' },
  { prefix: cidr('2001:db8:f1::2/128'), source: 'local', distance: 0, interfaceName: 'FastEthernet0/0' },
  { prefix: cidr('fd00::/8'), source: 'static', distance: 1 },
];

const rich = viewOf(
  read(`${LAB.lisp1}
router lisp
 database-mapping 192.168.1.1/32 2001:db8::9 priority 255 weight 0
 database-mapping 2001:db8:1::/48 10.0.1.2 priority 1 weight 50`).options,
  {
    mapCache: (family) =>
      family === 4 ? OTHER_CACHE : [positiveEntry('2001:db8:1::/48', locator('10.0.1.2'))],
    sites: () => SITES,
    routes: (family) => (family === 4 ? ROUTES : ROUTES6),
    forwarding: () => ({
      received: { packets: 12, bytes: 1_200 },
      native: { packets: 5, bytes: 500 },
      encapsulated: { packets: 4, bytes: 544 },
      decapsulated: { packets: 0, bytes: 0 },
      punted: 2,
      dropped: 3,
      byReason: [],
    }),
    control: () =>
      new Map([
        ['map-request-sent', 3],
        ['drop:bad-nonce', 1],
        ['map-reply-received', 2],
      ]),
  },
);

describe('show', () => {
  it.each([
    'show ip lisp map-cache',
    'show lisp instance-id 7 ipv6 map-cache',
    'show lisp site',
    'show lisp site name site2',
    'show ip route',
    'show ipv6 route',
    'show ip lisp database',
    'show ipv6 lisp database',
    'show ip lisp statistics',
    'show running-config',
  ])('%s prints its golden', async (command) => {
    await expect(`${show(rich, command)}\n`).toMatchFileSnapshot(
      `goldens/${command.replace(/\W+/g, '-')}.txt`,
    );
  });

  it('of an empty router prints a table without lines', () => {
    const empty = viewOf(read('').options);
    expect(show(empty, 'show ipv6 lisp map-cache')).toBe(
      'LISP IPv6 Mapping Cache for EID-table default (IID 0), 0 entries\n',
    );
    expect(show(empty, 'show ip route')).toContain('Gateway of last resort is not set');
  });

  it('statistics name the reasons that occurred, and no others', () => {
    const byReason = Array.from({ length: REASON_COUNT }, (_, reason) =>
      reason === REASON_NO_ROUTE ? 2 : 0,
    );
    const view = viewOf(rich.options, { forwarding: () => ({ ...rich.forwarding(), byReason }) });
    const lines = show(view, 'show ip lisp statistics').split('\n');
    const extra = lines.filter((line) => !show(rich, 'show ip lisp statistics').split('\n').includes(line));
    expect(extra).toEqual(['Data packets by reason:', expect.stringMatching(/: +2$/)]);
    expect(extra[1]).toContain(reasonName(REASON_NO_ROUTE));
  });

  it('takes abbreviations', () => {
    expect(show(mapserver, 'sh ip lisp map-c')).toBe(show(mapserver, 'show ip lisp map-cache'));
    expect(show(mapserver, 'sh run')).toBe(show(mapserver, 'show running-config'));
    expect(show(mapserver, 'sh li si na site1')).toBe(show(mapserver, 'show lisp site name site1'));
  });

  it.each([
    ['show lisp site name site9', 'configured are: site1, site2'],
    ['show ip', 'Incomplete command'],
    ['show version', 'expected one of'],
    ['', 'Incomplete command'],
  ])('%j is refused: %s', (command, reason) => {
    expect(() => show(mapserver, command)).toThrow(reason);
  });
});
