import { describe, expect, it } from 'vitest';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { mappingAnswer, type MappingAnswer } from '../../src/cli/mapping-answer.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import { MemoryStore } from '../../src/mapping/memory-store.ts';
import type { Registration } from '../../src/mapping/store.ts';
import { MapServer } from '../../src/roles/map-server.ts';
import type { SitePrefixView, SiteView } from '../../src/router/view.ts';

const NONCE = { hi: 0, lo: 1 };

function registration(siteName: string, eid: string, etr: string, proxyReply = false): Registration {
  const locator = {
    address: ip(etr),
    priority: 1,
    weight: 100,
    multicastPriority: 255,
    multicastWeight: 0,
    local: true,
    reachable: true,
  };
  return {
    xtr: etr,
    siteName,
    etr: ip(etr),
    mapping: {
      eid: eidPrefix(cidr(eid)),
      ttlMinutes: 1440,
      action: 0,
      authoritative: true,
      mapVersion: 0,
      locators: [locator],
    },
    proxyReply,
    wantMapNotify: true,
    merge: false,
    securityCapable: false,
    algorithmId: 2,
    nonce: NONCE,
    siteId: '',
    firstRegistered: 0,
    lastRegistered: 0,
    expires: 1,
  };
}

function siteView(name: string, configured: string, ...registrations: readonly Registration[]): SiteView {
  const eid = eidPrefix(cidr(configured));
  const row = (each: Registration): SitePrefixView => ({
    eid: each.mapping.eid,
    moreSpecificOf: eid,
    acceptMoreSpecifics: false,
    registrations: [each],
    authenticationFailures: 0,
    locatorMismatches: 0,
  });
  const own: SitePrefixView = {
    eid,
    acceptMoreSpecifics: true,
    registrations: [],
    authenticationFailures: 0,
    locatorMismatches: 0,
  };
  return {
    site: { name, prefixes: [{ eid, acceptMoreSpecifics: true }], acceptStaleNonces: false },
    prefixes: [own, ...registrations.map(row)],
  };
}

const SITES = [
  siteView('site1', '192.168.1.0/24', registration('site1', '192.168.1.1/32', '10.0.1.2')),
  siteView('site2', '192.168.2.0/24', registration('site2', '192.168.2.1/32', '10.0.2.2')),
];

/** The words about what a Map-Server with these sites decides. */
function ask(eid: string, sites: readonly SiteView[] = SITES): MappingAnswer {
  const store = new MemoryStore();
  store.setSites(sites.map(({ site }) => site));
  const registrations = sites.flatMap(({ prefixes }) => prefixes.flatMap((each) => each.registrations));
  for (const [opId, each] of registrations.entries()) store.apply({ kind: 'put', opId, registration: each });
  Array.from(store.events());
  const server = new MapServer({ families: [4, 6], underlay: [4], replyLimit: 'eid-prefix' }, store);
  const decision = server.answerFor({ instanceId: 0, address: ip(eid) });
  return mappingAnswer({ name: 'mapserver', sites, decision }, ip(eid));
}

describe('what a Map-Server would answer', () => {
  it.each([
    ['4.4.4.4', '0.0.0.0/1'],
    ['10.0.3.2', '0.0.0.0/1'],
    ['172.16.1.1', '128.0.0.0/2'],
    ['200.1.1.1', '200.0.0.0/5'],
    ['192.169.1.1', '192.169.0.0/16'],
    ['192.168.3.1', '192.168.3.0/24'],
  ])('%s is no EID: the widest hole is %s, for 15 minutes', (eid, hole) => {
    expect(ask(eid)).toMatchObject({
      kind: 'negative',
      eid: hole,
      action: 'natively-forward',
      ttlMinutes: 15,
    });
  });

  it('an unregistered EID of a configured site is a hole of that site, for 1 minute', () => {
    const answer = ask('192.168.2.77');
    expect(answer).toMatchObject({ kind: 'negative', eid: '192.168.2.64/26', ttlMinutes: 1 });
    expect(answer.how.join('\n')).toContain('of site site2, and nobody registered it');
  });

  it('says which prefix keeps the hole from being wider', () => {
    expect(ask('4.4.4.4').how[1]).toBe(
      '0.0.0.0/1 is the widest prefix around it that overlaps no known EID-Prefix: ' +
        '0.0.0.0/0 would overlap 192.168.1.0/24, 192.168.2.0/24',
    );
    const [site1] = SITES;
    const nobody = { ...site1!, prefixes: [site1!.prefixes[0]!] };
    expect(ask('192.168.1.9', [nobody]).how[1]).toBe(
      'none is registered, so the hole is all of 192.168.1.0/24',
    );
    expect(ask('2001:db8::1').how[1]).toBe(
      'there are no EID-Prefixes of this family: the hole is everything',
    );
  });

  it('a registered EID is answered by its ETR', () => {
    expect(ask('192.168.1.1')).toMatchObject({
      kind: 'mapping',
      eid: '192.168.1.1/32',
      locators: ['10.0.1.2 priority 1 weight 100'],
      ttlMinutes: 1440,
      answeredBy: 'ETR 10.0.1.2',
    });
  });

  it('or by the Map-Server when the ETR asked for proxy replies', () => {
    const sites = [
      siteView('site1', '192.168.1.0/24', registration('site1', '192.168.1.0/24', '10.0.1.2', true)),
    ];
    expect(ask('192.168.1.7', sites)).toMatchObject({ kind: 'mapping', answeredBy: 'mapserver' });
  });
});
