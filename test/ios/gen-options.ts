/** Arbitraries of router options that a configuration can say. */
import fc from 'fast-check';
import { ipv4, ipv6, prefix, type Family, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import { formatIp } from '../../src/base/ip-text.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { isUnicastRloc } from '../../src/mapping/locator.ts';
import type { Site, SiteKey } from '../../src/mapping/site.ts';
import {
  noLisp,
  type DatabaseLocator,
  type InterfaceOptions,
  type LispOptions,
  type PerFamily,
  type RipOptions,
  type RouterOptions,
  type StaticMapCacheEntry,
  type StaticRoute,
} from '../../src/router/options.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const address4: fc.Arbitrary<IpAddress> = u32.map(ipv4);
const address6: fc.Arbitrary<IpAddress> = fc.tuple(u32, u32, u32, u32).map((w) => ipv6(...w));
const addressOf = (family: Family): fc.Arbitrary<IpAddress> => (family === 4 ? address4 : address6);
const address = fc.oneof(address4, address6);
const rloc = address.filter(isUnicastRloc);

const prefixOf = (family: Family): fc.Arbitrary<IpPrefix> =>
  fc
    .tuple(addressOf(family), fc.integer({ min: 0, max: family === 4 ? 32 : 128 }))
    .map(([at, bits]) => prefix(at, bits));
const eid: fc.Arbitrary<EidPrefix> = fc.record({
  instanceId: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xff_ffff })),
  prefix: fc.oneof(prefixOf(4), prefixOf(6)),
});

/** Any text at all: it is quoted when it has to be. Words of the grammar and numbers are the dangerous ones. */
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '0',
    '6',
    '7',
    'key',
    'hash-function',
    'sha1',
    'key-id',
    'no',
    'exit',
    '!x',
    '"',
    '',
    'a b',
  ),
);

const key: fc.Arbitrary<SiteKey> = fc.record({
  keyId: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })),
  algorithmId: fc.constantFrom(1, 2, 3),
  secret: word,
});

const preference = { priority: fc.integer({ min: 0, max: 255 }), weight: fc.integer({ min: 0, max: 255 }) };
const locators = (minLength: number): fc.Arbitrary<DatabaseLocator[]> =>
  fc.uniqueArray(fc.record({ address: rloc, ...preference }), {
    minLength,
    maxLength: 3,
    selector: (locator) => formatIp(locator.address),
  });

const small = fc.integer({ min: 0, max: 3 });
const interfaceName = fc.oneof(
  fc.tuple(fc.constantFrom('Loopback', 'Tunnel', 'Vlan'), small).map(([type, n]) => `${type}${n}`),
  fc
    .tuple(fc.constantFrom('FastEthernet', 'GigabitEthernet', 'TenGigabitEthernet', 'Serial'), small, small)
    .map(([type, slot, port]) => `${type}${slot}/${port}`),
  fc.constantFrom('Ethernet7', 'GigabitEthernet0/0.100', 'GigabitEthernet1/0/2'),
);

const interfaces: fc.Arbitrary<InterfaceOptions[]> = fc
  .uniqueArray(
    fc.record({
      name: interfaceName,
      shutdown: fc.boolean(),
      mtu: fc.oneof(fc.constant(1500), fc.integer({ min: 68, max: 65_535 })),
      addresses: fc.array(
        fc.oneof(
          fc.record({ address: address4, bits: fc.integer({ min: 1, max: 32 }) }),
          fc.record({ address: address6, bits: fc.integer({ min: 0, max: 128 }) }),
        ),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 4, selector: ({ name }) => name },
  )
  .map((ports) => {
    const seen = new Set<string>();
    return ports.map((port) => ({
      ...port,
      addresses: port.addresses.filter(
        ({ address: own }) => !seen.has(formatIp(own)) && seen.add(formatIp(own)),
      ),
    }));
  });

function routes(ports: readonly InterfaceOptions[]): fc.Arbitrary<StaticRoute[]> {
  const targets = (family: Family): fc.Arbitrary<StaticRoute['target']> =>
    fc.oneof(
      addressOf(family).map((gateway) => ({ kind: 'via' as const, gateway })),
      fc.constant({ kind: 'discard' as const }),
      ...ports.map(({ name }) => fc.constant({ kind: 'interface' as const, name })),
    );
  const distance = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 255 }));
  const route = (family: Family): fc.Arbitrary<StaticRoute> =>
    fc.record({ prefix: prefixOf(family), target: targets(family), distance });
  return fc.uniqueArray(fc.oneof(route(4), route(6)), {
    maxLength: 5,
    selector: (r) => JSON.stringify([r.prefix, r.target]),
  });
}

const both = <T>(of: (family: Family) => fc.Arbitrary<T>): fc.Arbitrary<PerFamily<T>> =>
  fc.record({ ipv4: of(4), ipv6: of(6) });
const addresses = fc.uniqueArray(rloc, { maxLength: 3, selector: formatIp });

/** An EID-Prefix belongs to one site. */
const sites: fc.Arbitrary<Site[]> = fc
  .uniqueArray(
    fc.record(
      {
        name: word,
        key,
        prefixes: fc.array(fc.record({ eid, acceptMoreSpecifics: fc.boolean() }), { maxLength: 3 }),
        allowedLocators: fc.uniqueArray(rloc, { minLength: 1, maxLength: 3, selector: formatIp }),
        acceptStaleNonces: fc.boolean(),
      },
      { requiredKeys: ['name', 'prefixes', 'acceptStaleNonces'] },
    ),
    { maxLength: 3, selector: ({ name }) => name },
  )
  .map((all) => {
    const seen = new Set<string>();
    return all.map((site) => ({
      ...site,
      prefixes: site.prefixes.filter((each) => !seen.has(eidKey(each.eid)) && seen.add(eidKey(each.eid))),
    }));
  });

const staticEntry: fc.Arbitrary<StaticMapCacheEntry> = fc.oneof(
  fc.record({
    eid,
    action: fc.constantFrom('map-request' as const, 'native-forward' as const, 'drop' as const),
    locators: fc.constant([]),
  }),
  fc.record({ eid, action: fc.constant('locators' as const), locators: locators(1) }),
);

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((values) => values.map((value) => value.toString(16)).join(''));

const lisp: fc.Arbitrary<LispOptions> = fc.record(
  {
    databaseMappings: fc.uniqueArray(fc.record({ eid, locators: locators(1) }), {
      maxLength: 3,
      selector: (mapping) => eidKey(mapping.eid),
    }),
    itr: both(() => fc.record({ enabled: fc.boolean(), mapResolvers: addresses, usePetr: locators(0) })),
    etr: both(() =>
      fc.record({
        enabled: fc.boolean(),
        mapServers: fc.uniqueArray(fc.record({ address: rloc, key, proxyReply: fc.boolean() }), {
          maxLength: 3,
          selector: (server) => formatIp(server.address),
        }),
        ttlMinutes: fc.oneof(fc.constant(1440), fc.integer({ min: 1, max: 525_600 })),
      }),
    ),
    proxyItr: both((family) =>
      fc.record({
        rlocs: fc.uniqueArray(rloc, { maxLength: 2, selector: ({ family: of }) => of }),
        advertise: fc.uniqueArray(
          prefixOf(family).filter(({ bits }) => bits > 0),
          { maxLength: 2, selector: (p) => JSON.stringify(p) },
        ),
      }),
    ),
    proxyEtr: both((family) =>
      fc.record({
        enabled: fc.boolean(),
        acceptSources: fc.uniqueArray(prefixOf(family), { maxLength: 2, selector: (p) => JSON.stringify(p) }),
      }),
    ),
    mapServer: both(() => fc.boolean()),
    mapResolver: both(() => fc.boolean()),
    sites,
    staticEntries: fc.uniqueArray(staticEntry, { maxLength: 4, selector: (entry) => eidKey(entry.eid) }),
    missPolicy: fc.constantFrom('drop', 'hold'),
    pitrSourceEid: fc.constantFrom('host', 'rloc'),
    profile: fc.constantFrom('public', 'trusted'),
    xtrId: hex(32),
    siteId: hex(16),
  },
  { requiredKeys: Object.keys(noLisp()) as (keyof LispOptions)[] },
);

const seconds = fc.integer({ min: 1, max: 1000 });

/** Class A, B and C networks. */
const rip: fc.Arbitrary<RipOptions> = fc.record({
  networks: fc.uniqueArray(
    fc.oneof(
      fc.integer({ min: 1, max: 127 }).map((a) => prefix(ipv4(a * 2 ** 24), 8)),
      fc.integer({ min: 0x8000, max: 0xbfff }).map((b) => prefix(ipv4(b * 2 ** 16), 16)),
      fc.integer({ min: 0xc00000, max: 0xdfffff }).map((c) => prefix(ipv4(c * 2 ** 8), 24)),
    ),
    { maxLength: 3, selector: (p) => JSON.stringify(p) },
  ),
  passiveInterfaces: fc.uniqueArray(fc.constantFrom('Loopback0', 'FastEthernet0/0', 'GigabitEthernet1/0')),
  redistributeStatic: fc.boolean(),
  originateDefault: fc.boolean(),
  timers: fc
    .tuple(seconds, seconds, seconds)
    .map(([update, more, most]) => ({ update, invalid: update + more, flush: update + more + most })),
});

export const routerOptions: fc.Arbitrary<RouterOptions> = interfaces.chain((ports) =>
  fc.record(
    { hostname: word, interfaces: fc.constant(ports), staticRoutes: routes(ports), rip, lisp },
    { requiredKeys: ['hostname', 'interfaces', 'staticRoutes'] },
  ),
);
