/** A router's state as `show` commands see it, made by hand: mapserver and lisp1 after scenario 1. */
import { cidr, ip } from '../../src/base/ip-text.ts';
import { minutes, NEVER, seconds, type Micros } from '../../src/base/time.ts';
import {
  ACTION_DROP_NO_REASON,
  ACTION_NATIVELY_FORWARD,
  ACTION_NO_ACTION,
  ACTION_SEND_MAP_REQUEST,
  type Action,
} from '../../src/mapping/action.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { Locator } from '../../src/mapping/locator.ts';
import type { Registration } from '../../src/mapping/store.ts';
import type { RouterOptions } from '../../src/router/options.ts';
import type { CacheEntryView, RouterView, SiteView } from '../../src/router/view.ts';
import { REASON_COUNT } from '../../assembly/layout.ts';

/** One hour after boot. */
export const NOW: Micros = minutes(60);

export const ago = (count: number): Micros => NOW - seconds(count);

export function locator(address: string, priority = 1, weight = 100): Locator {
  return {
    address: ip(address),
    priority,
    weight,
    multicastPriority: 255,
    multicastWeight: 0,
    local: true,
    reachable: true,
  };
}

export function staticEntry(prefix: string, action: Action): CacheEntryView {
  return entry(prefix, { action, origin: 'static', age: 616, expires: NEVER });
}

export function negativeEntry(prefix: string, action: Action, viaPetr = false): CacheEntryView {
  return { ...entry(prefix, { action, origin: 'map-reply', age: 12, expires: NOW + seconds(887) }), viaPetr };
}

export function positiveEntry(prefix: string, ...locators: readonly Locator[]): CacheEntryView {
  const base = entry(prefix, {
    action: ACTION_NO_ACTION,
    origin: 'map-reply',
    age: 10,
    expires: NOW + seconds(86_389),
    locators,
  });
  return { ...base, locators: locators.map((each) => ({ locator: each, state: 'up', since: ago(10) })) };
}

interface EntryParts {
  readonly action: Action;
  readonly origin: 'static' | 'map-reply';
  readonly age: number;
  readonly expires: Micros;
  readonly locators?: readonly Locator[];
}

function entry(prefix: string, { action, origin, age, expires, locators = [] }: EntryParts): CacheEntryView {
  return {
    entry: {
      mapping: {
        eid: eidPrefix(cidr(prefix)),
        ttlMinutes: 1440,
        action,
        authoritative: origin === 'map-reply',
        mapVersion: 0,
        locators,
      },
      origin,
      installed: ago(age),
      expires,
    },
    hits: 0,
    locators: [],
    viaPetr: false,
  };
}

export const registration: Registration = {
  xtr: '00112233445566778899aabbccddeeff',
  siteName: 'site1',
  etr: ip('10.0.1.2'),
  mapping: {
    eid: eidPrefix(cidr('192.168.1.1/32')),
    ttlMinutes: 1440,
    action: ACTION_NO_ACTION,
    authoritative: true,
    mapVersion: 0,
    locators: [locator('10.0.1.2')],
  },
  proxyReply: false,
  wantMapNotify: true,
  merge: false,
  securityCapable: false,
  algorithmId: 2,
  nonce: { hi: 0x01234567, lo: 0x89abcdef },
  siteId: '0000000000000000',
  firstRegistered: ago(1881),
  lastRegistered: ago(50),
  expires: NOW + seconds(130),
};

const site1: SiteView = {
  site: {
    name: 'site1',
    prefixes: [{ eid: eidPrefix(cidr('192.168.1.0/24')), acceptMoreSpecifics: true }],
    acceptStaleNonces: false,
  },
  prefixes: [
    {
      eid: eidPrefix(cidr('192.168.1.0/24')),
      acceptMoreSpecifics: true,
      registrations: [],
      authenticationFailures: 0,
      locatorMismatches: 0,
    },
    {
      eid: eidPrefix(cidr('192.168.1.1/32')),
      moreSpecificOf: eidPrefix(cidr('192.168.1.0/24')),
      acceptMoreSpecifics: false,
      registrations: [registration],
      authenticationFailures: 0,
      locatorMismatches: 0,
    },
  ],
};

const site2: SiteView = {
  site: {
    name: 'site2',
    prefixes: [
      { eid: eidPrefix(cidr('192.168.2.0/24')), acceptMoreSpecifics: false },
      { eid: eidPrefix(cidr('2001:db8:2::/48'), 7), acceptMoreSpecifics: false },
    ],
    allowedLocators: [ip('10.0.1.2'), ip('10.0.2.2'), ip('2001:db8::2')],
    acceptStaleNonces: false,
  },
  prefixes: [
    {
      eid: eidPrefix(cidr('192.168.2.0/24')),
      acceptMoreSpecifics: false,
      registrations: [],
      authenticationFailures: 3,
      locatorMismatches: 1,
    },
    {
      eid: eidPrefix(cidr('2001:db8:2::/48'), 7),
      acceptMoreSpecifics: false,
      registrations: [
        {
          ...registration,
          xtr: '10.0.2.2',
          etr: ip('2001:db8::2'),
          proxyReply: true,
          merge: true,
          securityCapable: true,
          wantMapNotify: false,
          algorithmId: 1,
          siteId: '0000000000000007',
          mapping: {
            ...registration.mapping,
            locators: [
              { ...locator('10.0.2.2', 1, 50), local: false },
              { ...locator('2001:db8::2', 255, 0), reachable: false },
            ],
          },
        },
        { ...registration, merge: true },
      ],
      authenticationFailures: 0,
      locatorMismatches: 0,
    },
  ],
};

/** An empty router of these options; `parts` says what is not empty. */
export function viewOf(options: RouterOptions, parts: Partial<RouterView> = {}): RouterView {
  const none = { packets: 0, bytes: 0 };
  return {
    options,
    firstName: options.hostname,
    mapCache: () => [],
    database: (family) =>
      (options.lisp?.databaseMappings ?? []).filter(({ eid }) => eid.prefix.address.family === family),
    sites: () => [],
    routes: () => [],
    mapServers: () => [],
    forwardingEntries: () => [],
    packetTraces: () => [],
    forwarding: () => ({
      received: none,
      native: none,
      encapsulated: none,
      decapsulated: none,
      punted: 0,
      dropped: 0,
      byReason: new Array<number>(REASON_COUNT).fill(0),
    }),
    rip: () => undefined,
    control: () => new Map(),
    interfaceCounts: () => ({ input: none, output: none, inputDrops: 0 }),
    ...parts,
  };
}

export const SITES: readonly SiteView[] = [site1, site2];

export const LISP1_CACHE: readonly CacheEntryView[] = [
  staticEntry('0.0.0.0/0', ACTION_SEND_MAP_REQUEST),
  negativeEntry('0.0.0.0/1', ACTION_NATIVELY_FORWARD),
];

export const MAPSERVER_CACHE: readonly CacheEntryView[] = [
  staticEntry('192.168.1.0/24', ACTION_SEND_MAP_REQUEST),
  positiveEntry('192.168.1.1/32', locator('10.0.1.2')),
  staticEntry('192.168.2.0/24', ACTION_SEND_MAP_REQUEST),
];

/** One entry of each other kind. */
export const OTHER_CACHE: readonly CacheEntryView[] = [
  staticEntry('10.0.0.0/8', ACTION_NATIVELY_FORWARD),
  negativeEntry('128.0.0.0/2', ACTION_NATIVELY_FORWARD, true),
  negativeEntry('172.16.0.0/12', ACTION_DROP_NO_REASON),
  positiveEntry(
    '192.168.9.0/24',
    locator('10.0.2.2', 1, 50),
    locator('2001:db8::2', 10, 5),
    locator('192.0.2.111', 255, 0),
  ),
];
