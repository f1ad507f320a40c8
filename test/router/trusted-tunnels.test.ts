// What LISP headers say and are believed where the network is trusted, and that they say nothing elsewhere.
import { expect, it } from 'vitest';
import { formatIp, ip, cidr } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { minutes, seconds } from '../../src/base/time.ts';
import type { Marking, TunnelReport } from '../../src/engine/marking.ts';
import { ACTION_NO_ACTION } from '../../src/mapping/action.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import type { CacheEntry } from '../../src/roles/machine.ts';
import { TrustedTunnels } from '../../src/router/trusted-tunnels.ts';
import { isKind } from '../../src/sim/record.ts';
import { LISP_E, LISP_L, LISP_N } from '../../src/wire/lisp-data.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { locator } from '../ios/lab-view.ts';
import { example, type LabNet } from './lab-net.ts';

const near = locator('10.0.1.1');
const far = locator('10.0.2.1');
const OWN = locator('10.0.9.1');
const OTHER_OWN = { ...locator('10.0.9.2'), reachable: false };

function mapping(text: string, ...locators: Mapping['locators']): Mapping {
  const common = { ttlMinutes: 60, action: ACTION_NO_ACTION, authoritative: true, mapVersion: 0 };
  return { ...common, eid: eidPrefix(cidr(text)), locators };
}

const REMOTE: CacheEntry = {
  mapping: mapping('192.168.2.0/24', near, far),
  origin: 'map-reply',
  installed: 0,
  expires: minutes(60),
  canEcho: true,
};
const SITE = [mapping('192.168.1.0/24', OWN, OTHER_OWN)];

function report(from: string, { nonce, echo = false, locatorStatusBits }: Marking): TunnelReport {
  const n = nonce === undefined ? 0 : LISP_N | (echo ? LISP_E : 0);
  const l = locatorStatusBits === undefined ? 0 : LISP_L;
  return {
    source: ip(from),
    destination: OWN.address,
    innerSource: ip('192.168.2.1'),
    header: { flags: n | l, word0: nonce ?? 0, word1: locatorStatusBits ?? 0 },
  };
}

function tunnels(
  isOn: boolean,
  database: readonly Mapping[] = [],
): { trusted: TrustedTunnels; told: string[] } {
  const told: string[] = [];
  const trusted = new TrustedTunnels(new SeededRandom(1, 'trust'), {
    count: (name) => told.push(name),
    path: () => undefined,
  });
  trusted.configure(0, isOn, database, []);
  trusted.learn(0, REMOTE);
  return { trusted, told };
}

it('DP-26 the public profile says nothing and hears nothing', () => {
  const { trusted } = tunnels(false, SITE);
  expect(trusted.marking(near.address)).toBeUndefined();
  const isChanged = trusted.hear(
    1,
    report('10.0.1.1', { nonce: 5, echo: true, locatorStatusBits: 0 }),
    REMOTE,
  );
  expect(isChanged).toBe(false);
  expect(trusted.marking(near.address)).toBeUndefined();
  expect(trusted.isDown(REMOTE.mapping.eid, near)).toBe(false);
});

it('asks RLOCs that can echo for a nonce, a new one when it came back', () => {
  const { trusted } = tunnels(true);
  const asked = trusted.marking(near.address);
  expect(asked).toMatchObject({ echo: true });
  expect(asked?.nonce).not.toBe(trusted.marking(far.address)?.nonce);
  expect(trusted.hear(1, report('10.0.1.1', { nonce: asked?.nonce ?? 0 }), REMOTE)).toBe(true);
  expect(trusted.marking(near.address)?.nonce).not.toBe(asked?.nonce);
});

it('asks nothing of RLOCs whose Map-Reply had no E, and sends back what they ask for', () => {
  const { trusted } = tunnels(true);
  trusted.learn(1, { ...REMOTE, canEcho: false });
  expect(trusted.marking(near.address)).toBeUndefined();
  trusted.hear(2, report('10.0.1.1', { nonce: 77, echo: true }), REMOTE);
  expect(trusted.marking(near.address)).toEqual({ nonce: 77, echo: false });
});

it('takes an RLOC for down while packets come from it without the nonce, and for up when it comes', () => {
  const { trusted, told } = tunnels(true);
  const { eid } = REMOTE.mapping;
  const { nonce } = trusted.marking(near.address)!;
  trusted.hear(seconds(1), report('10.0.1.1', {}), REMOTE);
  expect(trusted.nextDeadline(seconds(1))).toBe(seconds(6));
  expect(trusted.tick(seconds(6), [REMOTE])).toBe(true);
  expect([trusted.isDown(eid, near), trusted.isDown(eid, far)]).toEqual([true, false]);
  trusted.hear(seconds(7), report('10.0.1.1', { nonce: nonce! }), REMOTE);
  expect(trusted.isDown(eid, near)).toBe(false);
  expect(told).toEqual(['echo-nonce-down', 'echo-nonce-up']);
});

it('a second mapping with an RLOC that is asked already changes no header', () => {
  const trusted = new TrustedTunnels(new SeededRandom(1, 'trust'), {
    count: () => undefined,
    path: () => undefined,
  });
  trusted.configure(0, true, [], []);
  expect(trusted.learn(0, REMOTE)).toBe(true);
  const before = trusted.marking(near.address);
  expect(trusted.learn(1, { ...REMOTE, mapping: mapping('192.168.3.0/24', near) })).toBe(false);
  expect(trusted.marking(near.address)).toEqual(before);
});

it("headers carry the bits of the site's own locators", () => {
  const { trusted } = tunnels(true, SITE);
  expect(trusted.marking(near.address)?.locatorStatusBits).toBe(0b01);
});

it('believes status bits of a site from its own RLOCs only', () => {
  const { trusted, told } = tunnels(true);
  const { eid } = REMOTE.mapping;
  expect(trusted.hear(1, report('10.0.7.7', { locatorStatusBits: 0b01 }), REMOTE)).toBe(false);
  expect(trusted.hear(2, report('10.0.1.1', { locatorStatusBits: 0b01 }), REMOTE)).toBe(true);
  expect([trusted.isDown(eid, near), trusted.isDown(eid, far)]).toEqual([false, true]);
  expect(told).toEqual(['locator-status-changed']);
  // Anew in the cache, nothing is known of it.
  trusted.learn(3, REMOTE);
  expect(trusted.isDown(eid, far)).toBe(false);
});

it('forgets the RLOCs that no entry has, and everything when the profile is public again', () => {
  const { trusted } = tunnels(true, SITE);
  trusted.forget(1, REMOTE.mapping.eid, [{ ...REMOTE, mapping: mapping('192.168.3.0/24', near) }]);
  expect(trusted.marking(near.address)).toMatchObject({ echo: true });
  expect(trusted.marking(far.address)).toEqual({ locatorStatusBits: 1 });
  trusted.configure(2, false, SITE, [REMOTE]);
  expect(trusted.marking(near.address)).toBeUndefined();
});

it('goes on after a restore as it would have', () => {
  const { trusted } = tunnels(true, SITE);
  trusted.hear(seconds(1), report('10.0.1.1', { locatorStatusBits: 0b01 }), REMOTE);
  const saved = structuredClone(trusted.save());
  const { trusted: other } = tunnels(false);
  other.restore(saved);
  expect(other.save()).toEqual(saved);
  for (const each of [trusted, other]) each.tick(seconds(6), [REMOTE]);
  expect(other.save()).toEqual(trusted.save());
  expect(other.isDown(REMOTE.mapping.eid, near)).toBe(true);
});

/** LISP headers of the frames of record `from` on: who sent them, N, L, E and the nonce. */
function headers(net: LabNet, from: number): string[] {
  return net.records
    .slice(from)
    .filter(isKind('frame'))
    .flatMap(({ frame }) => {
      const packet = decodePacket(frame.bytes);
      const udp = packet.ok ? packet.value.payload : undefined;
      const lisp = udp?.kind === 'udp' ? udp.payload : undefined;
      if (!packet.ok || lisp?.kind !== 'lisp') return [];
      const { flags, word0, word1 } = lisp.header;
      const said = [flags & LISP_N ? 'N' : '', flags & LISP_E ? 'E' : '', flags & LISP_L ? `L${word1}` : ''];
      return [`${formatIp(packet.value.ip.source)} ${said.join('')} ${word0}`];
    });
}

function trusting(...names: string[]): LabNet {
  const edit = [['miss-policy drop', 'miss-policy hold\n profile trusted']] as const;
  return example('two-sites', Object.fromEntries(names.map((name) => [`${name}.ios`, edit])));
}

it('two sites that trust each other ask for nonces, send them back, and tell the state of their locators', () => {
  const net = trusting('lisp1', 'lisp2');
  net.ping('lisp1', '192.168.2.1', '192.168.1.1');
  const start = net.records.length;
  net.ping('lisp1', '192.168.2.1', '192.168.1.1');
  const said = headers(net, start);
  expect(said.length).toBeGreaterThan(0);
  expect(said.every((each) => each.includes('L1'))).toBe(true);
  const asked = new Set(said.filter((each) => each.includes('NE')).map((each) => each.split(' ')[2]));
  const answered = said.filter((each) => each.includes('NL')).map((each) => each.split(' ')[2]);
  expect(answered.length).toBeGreaterThan(0);
  expect(answered.every((nonce) => asked.has(nonce))).toBe(true);
});

it('a site that does not is asked for nothing', () => {
  const net = trusting('lisp1');
  net.ping('lisp1', '192.168.2.1', '192.168.1.1');
  const start = net.records.length;
  expect(net.ping('lisp1', '192.168.2.1', '192.168.1.1').marks).toBe('!!!!!');
  const said = headers(net, start);
  expect(said.filter((each) => each.startsWith('10.0.1.2'))[0]).toMatch(/ L1 /);
  expect(said.filter((each) => each.startsWith('10.0.2.2')).every((each) => each.includes('  0'))).toBe(true);
});
