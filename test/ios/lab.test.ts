import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { SiteKey } from '../../src/mapping/site.ts';
import { noLisp, type LispOptions, type RouterOptions } from '../../src/router/options.ts';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

const port = (name: string, address: string, bits: number): RouterOptions['interfaces'][number] => ({
  name,
  shutdown: false,
  mtu: 1500,
  addresses: [{ address: ip(address), bits }],
});
const defaultVia = (gateway: string): RouterOptions['staticRoutes'][number] => ({
  prefix: cidr('0.0.0.0/0'),
  target: { kind: 'via', gateway: ip(gateway) },
  distance: 1,
});
const key = (secret: string): SiteKey => ({ keyId: 0, algorithmId: 2, secret });
const { itr, etr, proxyEtr, mapServer, mapResolver, proxyItr } = noLisp();

function xtr(name: string, n: number): RouterOptions {
  const lisp: LispOptions = {
    ...noLisp(),
    databaseMappings: [
      {
        eid: eidPrefix(cidr(`192.168.${n}.1/32`)),
        locators: [{ address: ip(`10.0.${n}.2`), priority: 1, weight: 100 }],
      },
    ],
    itr: { ...itr, ipv4: { enabled: true, mapResolvers: [ip(`10.0.${n}.1`)], usePetr: [] } },
    etr: {
      ...etr,
      ipv4: {
        enabled: true,
        mapServers: [{ address: ip(`10.0.${n}.1`), key: key(`KEY${n}`), proxyReply: false }],
        ttlMinutes: 1440,
      },
    },
    missPolicy: 'hold',
  };
  return {
    hostname: name,
    interfaces: [port('Loopback0', `192.168.${n}.1`, 32), port('FastEthernet0/0', `10.0.${n}.2`, 30)],
    staticRoutes: [defaultVia(`10.0.${n}.1`)],
    lisp,
  };
}

const mapserver: RouterOptions = {
  hostname: 'mapserver',
  interfaces: [
    port('Loopback0', '10.0.255.1', 32),
    port('FastEthernet0/0', '10.0.1.1', 30),
    port('FastEthernet0/1', '10.0.2.1', 30),
    port('FastEthernet1/0', '10.0.3.1', 30),
  ],
  staticRoutes: [defaultVia('10.0.3.2')],
  lisp: {
    ...noLisp(),
    sites: [1, 2].map((n) => ({
      name: `site${n}`,
      key: key(`KEY${n}`),
      prefixes: [{ eid: eidPrefix(cidr(`192.168.${n}.0/24`)), acceptMoreSpecifics: true }],
      acceptStaleNonces: false,
    })),
    mapServer: { ...mapServer, ipv4: true },
    mapResolver: { ...mapResolver, ipv4: true },
    proxyEtr: { ...proxyEtr, ipv4: { enabled: true, acceptSources: [] } },
    proxyItr: { ...proxyItr, ipv4: { advertise: [], rlocs: [ip('10.0.255.1')] } },
    itr: { ...itr, ipv4: { enabled: false, mapResolvers: [ip('10.0.255.1')], usePetr: [] } },
    staticEntries: [1, 2].map((n) => ({
      eid: eidPrefix(cidr(`192.168.${n}.0/24`)),
      action: 'map-request',
      locators: [],
    })),
    missPolicy: 'drop',
  },
};

const outsideworld: RouterOptions = {
  hostname: 'outsideworld',
  interfaces: [port('Loopback0', '4.4.4.4', 32), port('FastEthernet0/0', '10.0.3.2', 30)],
  staticRoutes: [defaultVia('10.0.3.1')],
};

describe('the configurations of the lab', () => {
  it.each([
    ['mapserver', mapserver],
    ['lisp1', xtr('lisp1', 1)],
    ['lisp2', xtr('lisp2', 2)],
    ['outsideworld', outsideworld],
  ] as const)('%s means these options, without a remark', (name, options) => {
    expect(read(LAB[name])).toEqual({ options, notices: [], warnings: [] });
  });

  it('scenario 2 changes the routes of lisp1 and adds a PETR', () => {
    const base = read(LAB.lisp1).options;
    const { options, warnings } = read(
      `no ip route 0.0.0.0 0.0.0.0 10.0.1.1
       ip route 10.0.255.1 255.255.255.255 10.0.1.1
       ip lisp use-petr 10.0.255.1`,
      { base },
    );
    expect(warnings).toEqual([]);
    expect(options.staticRoutes).toEqual([
      { prefix: cidr('10.0.255.1/32'), target: { kind: 'via', gateway: ip('10.0.1.1') }, distance: 1 },
    ]);
    const usePetr = [{ address: ip('10.0.255.1'), priority: 1, weight: 100 }];
    expect(options.lisp).toEqual({
      ...base.lisp!,
      itr: { ...base.lisp!.itr, ipv4: { ...base.lisp!.itr.ipv4, usePetr } },
    });
    expect(options.interfaces).toEqual(base.interfaces);
  });

  it('a base configuration is never changed', () => {
    const base = read(LAB.mapserver).options;
    const before = structuredClone(base);
    read('router lisp\n site site1\n  no authentication-key\n interface lo0\n  no ip address\n', { base });
    expect(base).toEqual(before);
  });
});

describe('the examples', () => {
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter(
    (f) => f.endsWith('.ios') && !f.startsWith('learn'),
  );
  /** Its warnings are what the lab is about. */
  const WARNED = 'eid-rloc-clash/mapserver.ios';

  it.each(files.filter((file) => file !== WARNED))('%s is read without a remark', (file) => {
    const { notices, warnings } = read(readFileSync(EXAMPLES + file, 'utf8'), { file });
    expect([...notices, ...warnings]).toEqual([]);
  });

  it('the clash of EIDs and RLOCs is read with a warning that names both prefixes', () => {
    const { notices, warnings } = read(readFileSync(EXAMPLES + WARNED, 'utf8'), { file: WARNED });
    expect(notices).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual(
      ['eid-prefix of site site2', 'map-cache'].map(
        (what) =>
          `EID space overlaps the underlay: ${what} 10.0.1.0/24 and interface FastEthernet0/0 10.0.1.0/30`,
      ),
    );
  });
});
