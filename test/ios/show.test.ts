import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cidr, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { runShow, runShowAt, SHOW_COMMANDS } from '../../src/ios/show/show.ts';
import { seconds } from '../../src/base/time.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { ForwardingEntryView, RouterView, RouteView } from '../../src/router/view.ts';
import { REASON_COUNT, REASON_NO_ROUTE } from '../../assembly/layout.ts';
import type { ConsoleFacts } from '../../src/ios/console-facts.ts';
import { draftOf } from '../../src/ios/draft.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { createLab } from '../../src/sim/lab.ts';
import { labFile } from '../scenarios/support.ts';
import { exampleNames } from '../sim/examples.ts';
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

  it.each([
    ['192.168.1.1', 'site1', '192.168.1.1/32'],
    ['192.168.1.77', 'site1', '192.168.1.0/24'],
    ['2001:db8:2::9 instance-id 7', 'site2', '[7] 2001:db8:2::/48'],
  ])('an EID is looked up among the prefixes of the sites, the longest wins: %s', (asked, site, prefix) => {
    const lines = show(mapserver, `show lisp site ${asked}`).split('\n');
    expect(lines.slice(0, 2)).toEqual([`Site name: ${site}`, `  EID-prefix: ${prefix}`]);
    expect(lines.filter((line) => line.includes('EID-prefix:'))).toHaveLength(1);
  });

  it.each(['172.16.0.1', '2001:db8:2::9', '192.168.1.1 instance-id 7'])(
    'an EID that no site has is said to be one: %s',
    (asked) => {
      expect(() => show(mapserver, `show lisp site ${asked}`)).toThrow('No site has this EID ');
    },
  );

  it('an EID-Prefix is looked up exactly', () => {
    expect(() => show(mapserver, 'show lisp site 192.168.1.0/25')).toThrow('No site has this EID-Prefix');
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
    expect(show(mapserver, 'sh run norm')).toBe(show(mapserver, 'sh run'));
  });

  it('the configuration of an interface is its part of the running configuration', () => {
    const one = show(mapserver, 'sh run int fa0/1');
    expect(one).toBe('interface FastEthernet0/1\n ip address 10.0.2.1 255.255.255.252\nend');
    expect(show(mapserver, 'show running-config')).toContain(one.replace(/\nend$/, '\n!'));
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

const target = {
  source: ip('10.0.1.2'),
  priority: 1,
  weight: 50,
  mtu: 1500,
  innerMtu: 1464,
  interfaceName: 'FastEthernet0/0',
};
const FORWARDING: readonly ForwardingEntryView[] = [
  { eid: eidPrefix(cidr('0.0.0.0/0')), action: 'send-map-request', targets: [], hits: 3 },
  {
    eid: eidPrefix(cidr('128.0.0.0/2')),
    action: 'natively-forward',
    targets: [{ ...target, destination: ip('10.0.255.1'), share: 1, gateway: ip('10.0.1.1') }],
    hits: 12,
  },
  { eid: eidPrefix(cidr('172.16.0.0/12')), action: 'drop', targets: [], hits: 0 },
  {
    eid: eidPrefix(cidr('192.168.9.0/24')),
    action: 'forward',
    targets: [
      { ...target, destination: ip('10.0.2.2'), share: 0.625, gateway: ip('10.0.1.1') },
      { ...target, destination: ip('10.0.1.1'), weight: 30, share: 0.375 },
      { ...target, destination: ip('192.0.2.1'), priority: 2, weight: 100, share: 0 },
    ],
    hits: 7,
  },
  {
    eid: eidPrefix(cidr('192.168.10.0/24')),
    action: 'forward',
    targets: [{ ...target, destination: ip('10.0.2.2'), share: 0 }],
    hits: 0,
  },
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
    interfaceCounts: (name) => ({
      input: { packets: 12, bytes: 1_200 },
      output: { packets: 9, bytes: 1_044 },
      inputDrops: 3,
      ...(name === 'Loopback0' ? {} : { clearedAt: NOW - seconds(75) }),
    }),
    mapServers: () => [
      {
        address: ip('10.0.1.1'),
        families: [4, 6],
        eids: 2,
        state: 'up',
        lastRegister: NOW - seconds(20),
        lastNotify: NOW - seconds(20),
        unacknowledged: 0,
      },
      { address: ip('10.0.255.1'), families: [4], eids: 1, state: 'down', unacknowledged: 4 },
    ],
    forwardingEntries: (family) => (family === 4 ? FORWARDING : []),
    packetTraces: () => [
      {
        time: NOW,
        interfaceName: 'FastEthernet0/0',
        packet: '10.0.1.1 > 192.168.1.1 ICMP echo request id 1 seq 0 ttl 64',
        explanation: {
          phases: [
            { phase: 'parse', table: '-', key: '100 bytes', result: 'IPv4', rule: '' },
            { phase: 'local address', table: 'routes', key: '192.168.1.1', result: 'own address', rule: '' },
            { phase: 'verdict', table: '-', key: '-', result: 'to the control plane', rule: '' },
          ],
          verdict: 3,
          reason: 1,
          outInterface: 0,
          bytes: new Uint8Array(),
        },
      },
    ],
  },
);

describe('show', () => {
  it.each([
    'show ip lisp map-cache',
    'show lisp instance-id 7 ipv6 map-cache',
    'show lisp instance-id 7 ipv6',
    'show lisp eid-table default ipv4 map-cache detail',
    'show lisp site',
    'show lisp site name site2',
    'show lisp site site2',
    'show ip route',
    'show ipv6 route',
    'show ip lisp database',
    'show ipv6 lisp database',
    'show ip lisp statistics',
    'show running-config',
    'show ip lisp',
    'show ipv6 lisp',
    'show ip lisp map-cache detail',
    'show ipv6 lisp map-cache 2001:db8:1::1',
    'show ip lisp forwarding',
    'show ip lisp forwarding detail',
    'show ip lisp forwarding eid remote 192.168.9.0/24',
    'show ip lisp database detail',
    'show ipv6 lisp forwarding',
    'show lisp session',
    'show lisp site detail',
    'show lisp site summary',
    'show lisp site 2001:db8:2::/48 instance-id 7',
    'show ip route 172.16.1.1',
    'show ipv6 route static',
    'show ip interface brief',
    'show ipv6 interface brief',
    'show interfaces',
    'show clock',
    'show version',
    'show trace',
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
    expect(extra[1]).toMatch(/^ {2}No route: +2$/);
  });

  it('the version is the one of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(show(rich, 'show version').split('\n')[0]).toBe(`pxtr Software, Version ${version}`);
  });

  it('the xTR-ID is what the router registers with, configured or not', () => {
    const id = (text: string): string =>
      /xTR-ID: +(\S+)/.exec(show(viewOf(read(text).options), 'show ip lisp'))![1]!;
    const configured = `${LAB.lisp1}\nrouter lisp\n xtr-id 00112233445566778899aabbccddeeff\n site-id 7\n`;
    expect(id(configured)).toBe('0x00112233-0x44556677-0x8899AABB-0xCCDDEEFF');
    expect(id(LAB.lisp1)).not.toBe(id(LAB.lisp2));
    const lab = createLab(labFile('pxtr'), { makeDataPlane: () => createEngineSync() });
    lab.run(seconds(5));
    const registered = /xTR-ID (\S+)/.exec(lab.show('mapserver', 'show lisp site name site1'))![1];
    expect(/xTR-ID: +(\S+)/.exec(lab.show('lisp1', 'show ip lisp'))![1]).toBe(registered);
  });

  it.each(['map-cache', 'database', 'forwarding'])(
    'of a %s an address is answered by the longest prefix that covers it, a prefix by itself alone',
    (table) => {
      const wide = eidPrefix(cidr('192.168.0.0/16'));
      const narrow = eidPrefix(cidr('192.168.9.0/24'));
      const locators = [locator('10.0.1.2')];
      // The database is in the order of its configuration.
      const view = viewOf(rich.options, {
        database: () => [narrow, wide].map((eid) => ({ eid, locators })),
        mapCache: () => [wide, narrow].map(({ prefix }) => positiveEntry(formatPrefix(prefix), ...locators)),
        forwardingEntries: () =>
          [wide, narrow].map((eid) => ({ eid, action: 'drop' as const, targets: [], hits: 0 })),
      });
      const found = (which: string): string[] =>
        show(view, `show ip lisp ${table} ${which}`).match(/^192\.168\.\d+\.0\/\d+/gm) ?? [];
      expect(found('192.168.9.1')).toEqual(['192.168.9.0/24']);
      expect(found('192.168.8.1')).toEqual(['192.168.0.0/16']);
      expect(found('192.168.0.0/16')).toEqual(['192.168.0.0/16']);
      expect(() => found('192.168.9.0/25')).toThrow('No such entry');
      expect(found('detail')).toHaveLength(2);
    },
  );

  it('the database in detail says who does not answer, and when nobody is told', () => {
    expect(show(rich, 'show ip lisp database detail')).toMatch(/10\.0\.255\.1 +never +never +No$/);
    expect(show(lisp1, 'show ip lisp database detail')).toContain('Registered with no Map-Server');
  });

  it('takes abbreviations', () => {
    expect(show(mapserver, 'sh ip lisp map-c')).toBe(show(mapserver, 'show ip lisp map-cache'));
    expect(show(mapserver, 'sh run')).toBe(show(mapserver, 'show running-config'));
    expect(show(mapserver, 'sh li si na site1')).toBe(show(mapserver, 'show lisp site name site1'));
    expect(show(mapserver, 'sh li si site1')).toBe(show(mapserver, 'show lisp site name site1'));
  });

  it.each([
    ['show lisp site name site9', 'configured are: site1, site2'],
    ['show lisp site site9', 'configured are: site1, site2'],
    ['show running-config interface fa9/9', 'interfaces are: Loopback0, FastEthernet0/0'],
    ['show ip', 'Incomplete command'],
    ['show versions', 'did you mean "version"'],
    ['show ip lisp map-cache 9.9.9.9', 'No such entry'],
    ['show ip lisp database 9.9.9.9', 'No such entry'],
    ['show ip lisp database 2001:db8::/48', 'an IPv4 EID is expected'],
    ['show ip lisp forwarding 9.0.0.0/8', 'No such entry'],
    ['show ipv6 lisp forwarding eid remote 9.0.0.0/8', 'an IPv6 EID is expected'],
    ['show ip lisp map-cache 2001:db8::1', 'an IPv4 EID is expected'],
    ['show ipv6 route 10.0.0.1', 'an IPv6 address is expected'],
    ['show lisp site 10.0.0.0/8', 'No site has this EID-Prefix'],
    ['show interfaces Serial0/0', 'interfaces are: Loopback0'],
    ['', 'Incomplete command'],
  ])('%j is refused: %s', (command, reason) => {
    expect(() => show(mapserver, command)).toThrow(reason);
  });
});

describe('what belongs to a console', () => {
  const facts: ConsoleFacts = {
    draft: draftOf(rich.options),
    history: ['show clock', 'conf t'],
    debugging: ['control-plane messages'],
    capture: { startedAt: NOW - seconds(5), interfaceName: 'FastEthernet0/0', packets: 3, bytes: 300 },
  };

  it.each([
    ['show history', '  show clock'],
    ['show debugging', 'LISP control-plane messages debugging is on'],
    ['show monitor capture', 'Status: active'],
  ])('%s is printed at one, and refused politely elsewhere', (command, first) => {
    const at = runShowAt(facts, rich, NOW, command);
    expect(at.ok && at.value[0]).toBe(first);
    expect(show(rich, command)).toBe('% Only at a console.');
  });

  it('the running configuration is the one that was entered there', () => {
    const draft = draftOf(rich.options);
    draft.interfaces[0]!.description = 'to the core';
    const at = (command: string): readonly string[] | undefined => {
      const printed = runShowAt({ ...facts, draft }, rich, NOW, command);
      return printed.ok ? printed.value : undefined;
    };
    const { name } = draft.interfaces[0]!;
    expect(at(`show running-config interface ${name}`)?.[1]).toBe(' description to the core');
    expect(at('show running-config')).toContain(' description to the core');
    expect(at('show running-config normalized')).toContain(' description to the core');
    draft.lisp!.sites.push({ ...draftOf(mapserver.options).lisp!.sites[0]!, description: 'the "first" one' });
    const { name: siteName } = draft.lisp!.sites.at(-1)!;
    expect(at(`show lisp site ${siteName}`)?.slice(0, 2)).toEqual([
      `Site name: ${siteName}`,
      'Description: the "first" one',
    ]);
  });

  it('a stopped capture says when', () => {
    const stopped = { ...facts, capture: { ...facts.capture!, stoppedAt: NOW } };
    const at = runShowAt(stopped, rich, NOW, 'show monitor capture');
    expect(at.ok && at.value).toContain('Status: inactive');
  });
});

describe('on the routers of the examples', () => {
  const VALUES: Readonly<Record<string, string>> = {
    instance: '0',
    address: '10.0.1.2',
    eid: '192.168.1.0/24',
    name: 'site1',
    vrf: 'RED',
  };
  /** Where one value does not fit all commands that take it. */
  const OTHER: Readonly<Record<string, string>> = {
    'name:interface': 'FastEthernet0/0',
    'name:interface-name': 'FastEthernet0/0',
  };

  /** Every way through a pattern: without what may be left out, and with each alternative of it. */
  function ways(text: string): string[] {
    const [whole, inside] = /\[([^[\]]*)\]|\([^()]*\)/.exec(text) ?? [];
    if (whole === undefined) return [text];
    const alternatives =
      inside === undefined ? whole.slice(1, -1).split(/ \| /) : ['', ...inside.split(/ \| /)];
    return alternatives.flatMap((each) => ways(text.replace(whole, each)));
  }

  function filled(text: string): string[] {
    const words = text
      .replace(/<([a-z]+):([^>]*)>/g, (parameter, name: string, type: string) =>
        name === 'family' ? parameter : (OTHER[`${name}:${type}`] ?? VALUES[name] ?? ''),
      )
      .replace(/ +/g, ' ')
      .trim();
    const [family, types] = /<family:([^>]*)>/.exec(words) ?? [];
    return family === undefined ? [words] : types!.split('|').map((type) => words.replace(family, type));
  }

  const commands = [...new Set(SHOW_COMMANDS.flatMap(({ pattern }) => ways(pattern.text).flatMap(filled)))];
  /** Printed only at a console, or for the other address family, or of what no example has. */
  const NOWHERE =
    /^show (debugging|ipv6 route 10\.|lisp eid-table vrf|(ipv6 lisp|lisp .* ipv6) (map-cache|database|forwarding( eid remote)?) (10|192)\.)/;

  it('each show command, in each of its forms, prints something at one of them at least', () => {
    const printed = new Set<string>();
    for (const name of exampleNames()) {
      const lab = createLab(labFile(name), { makeDataPlane: () => createEngineSync() });
      lab.run();
      for (const node of labFile(name).nodes.filter(({ kind }) => kind === 'router'))
        for (const command of commands) {
          const shown = lab.show(node.name, command);
          if (shown !== '' && !/^( *\^\n)?%/.test(shown)) printed.add(command);
        }
    }
    expect(commands.filter((command) => !printed.has(command) && !NOWHERE.test(command))).toEqual([]);
    expect(commands.filter((command) => printed.has(command) && NOWHERE.test(command))).toEqual([]);
  });

  it('forwarding in detail says what fits, on links of any MTU; the database who acknowledged', () => {
    const edits = {
      'lisp1.ios': [[' ip address 10.0.1.2', ' ip mtu 1400\n ip address 10.0.1.2']],
    } as const;
    for (const [lab, mtu] of [
      [createLab(labFile('pxtr-petr'), { makeDataPlane: () => createEngineSync() }), 1500],
      [createLab(labFile('pxtr-petr', edits), { makeDataPlane: () => createEngineSync() }), 1400],
    ] as const) {
      lab.run();
      const text = lab.show('lisp1', 'show ip lisp forwarding 4.4.4.4');
      expect(text).toContain(`IPv4 outside, path MTU ${mtu}, packets up to ${mtu - 36} bytes`);
      expect(lab.show('lisp1', 'show ip lisp database 192.168.1.1')).toMatch(/10\.0\.1\.1 .* Yes$/);
    }
  });

  it('statistics count the control messages of the article', () => {
    const lab = createLab(labFile('pxtr'), { makeDataPlane: () => createEngineSync() });
    lab.run();
    const counts = (node: string): string[] =>
      lab
        .show(node, 'show ip lisp statistics')
        .split('\n')
        .map((line) => line.trim().replace(/ +/g, ' '));
    expect(counts('lisp1')).toEqual(
      expect.arrayContaining([
        'Map-Requests sent: 1',
        'Map-Replies received: 1',
        'Map-Replies sent: 1',
        'Map-Registers sent: 1',
        'Map-Notifies received: 1',
      ]),
    );
    expect(counts('mapserver')).toEqual(
      expect.arrayContaining([
        'Map-Register records accepted: 2',
        'Map-Notifies sent: 2',
        'Negative Map-Replies sent: 1',
        'Map-Requests forwarded to ETRs: 1',
      ]),
    );
  });
});
