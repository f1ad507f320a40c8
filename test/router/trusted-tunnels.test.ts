// What LISP headers say and are believed where the network is trusted, and that they say nothing elsewhere.
import { expect, it } from 'vitest';
import { formatIp, cidr } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { minutes, NEVER, seconds, type Micros } from '../../src/base/time.ts';
import type { LocatorNonce, Marking } from '../../src/engine/marking.ts';
import { ACTION_NO_ACTION } from '../../src/mapping/action.ts';
import { eidKey, eidPrefix, type EidPrefix } from '../../src/mapping/eid.ts';
import type { Locator } from '../../src/mapping/locator.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import type { CacheEntry } from '../../src/roles/machine.ts';
import { TrustedTunnels } from '../../src/router/trusted-tunnels.ts';
import { isKind } from '../../src/sim/record.ts';
import { LISP_E, LISP_L, LISP_N } from '../../src/wire/lisp-data.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { locator } from '../ios/lab-view.ts';
import { example, type LabNet } from './lab-net.ts';
import { reportFrom } from './map-cache-reports.ts';

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

const EID = REMOTE.mapping.eid;
const remote = (eid: EidPrefix): CacheEntry | undefined => (eidKey(eid) === eidKey(EID) ? REMOTE : undefined);

/** Trusted tunnels and what they tell: headers by RLOC, and the rest in order. */
class Probe {
  readonly told: string[] = [];
  readonly nonces = new Map<string, LocatorNonce | undefined>();
  readonly trusted = new TrustedTunnels(new SeededRandom(1, 'trust'), {
    count: (name) => this.told.push(name),
    path: () => undefined,
    nonce: (rloc, nonce) => this.nonces.set(formatIp(rloc), nonce),
    status: (eid) => this.told.push(`status ${eidKey(eid)}`),
    marking: () => this.told.push('marking'),
  });

  constructor(isOn: boolean, database: readonly Mapping[] = []) {
    this.trusted.configure(0, isOn, database, []);
    this.trusted.learn(0, REMOTE);
  }

  /** Of headers to an RLOC. */
  nonce({ address }: Locator): LocatorNonce | undefined {
    return this.nonces.get(formatIp(address));
  }

  hear(now: Micros, marking: Marking, from = '10.0.1.1'): void {
    this.trusted.hear(now, reportFrom(from, marking), REMOTE);
  }
}

it('DP-26 the public profile says nothing and hears nothing', () => {
  const probe = new Probe(false, SITE);
  probe.hear(1, { nonce: 5, echo: true, locatorStatusBits: 0 });
  expect([...probe.nonces, ...probe.told]).toEqual([]);
  expect(probe.trusted.marking).toBeUndefined();
  expect(probe.trusted.isDown(EID, near)).toBe(false);
});

it('asks RLOCs that can echo for a nonce, and after a second for a new one when it came back', () => {
  const probe = new Probe(true);
  const asked = probe.nonce(near)!;
  expect(asked).toMatchObject({ echo: true });
  expect(asked.nonce).not.toBe(probe.nonce(far)?.nonce);
  probe.hear(seconds(1) - 1, { nonce: asked.nonce });
  expect(probe.nonce(near)).toEqual(asked);
  probe.hear(seconds(1), { nonce: asked.nonce });
  expect(probe.nonce(near)?.nonce).not.toBe(asked.nonce);
});

it('asks nothing of RLOCs whose Map-Reply had no E, and sends back what they ask for', () => {
  const probe = new Probe(true);
  probe.trusted.learn(1, { ...REMOTE, canEcho: false });
  expect(probe.nonce(near)).toBeUndefined();
  probe.hear(2, { nonce: 77, echo: true });
  expect(probe.nonce(near)).toEqual({ nonce: 77, echo: false });
});

it('sends nothing back to RLOCs that no entry has, and keeps nothing of them', () => {
  const probe = new Probe(true);
  const before = probe.trusted.save();
  for (let i = 0; i < 100; i++) probe.hear(1, { nonce: i, echo: true }, `10.9.0.${i}`);
  expect(probe.nonces.size).toBe(2);
  expect(probe.trusted.save()).toEqual(before);
});

it('takes an RLOC for down while packets come from it without the nonce, and for up when it comes', () => {
  const { trusted, told, ...probe } = new Probe(true);
  const { nonce } = probe.nonces.get('10.0.1.1')!;
  trusted.hear(seconds(1), reportFrom('10.0.1.1', {}), REMOTE);
  expect(trusted.nextDeadline(seconds(1))).toBe(seconds(6));
  trusted.tick(seconds(6), remote);
  expect([trusted.isDown(EID, near), trusted.isDown(EID, far)]).toEqual([true, false]);
  trusted.hear(seconds(7), reportFrom('10.0.1.1', { nonce }), REMOTE);
  expect(trusted.isDown(EID, near)).toBe(false);
  expect(told).toEqual(['echo-nonce-down', 'echo-nonce-up']);
});

it('a second mapping with an RLOC that is asked already changes no header', () => {
  const probe = new Probe(true);
  const before = new Map(probe.nonces);
  probe.nonces.clear();
  probe.trusted.learn(1, { ...REMOTE, mapping: mapping('192.168.3.0/24', near) });
  expect(before.size).toBe(2);
  expect(probe.nonces.size).toBe(0);
});

it("headers carry the bits of the site's own locators, and none for a while after one was added", () => {
  const { trusted, told } = new Probe(true, SITE);
  expect(trusted.marking).toEqual({ locatorStatusBits: 0b01 });
  trusted.configure(1, true, [mapping('192.168.1.0/24', OWN)], []);
  expect(trusted.marking).toBeUndefined();
  const then = trusted.nextDeadline(1);
  trusted.tick(then - 1, remote);
  expect(told).toEqual([]);
  trusted.tick(then, remote);
  expect([trusted.marking, told]).toEqual([{ locatorStatusBits: 0b1 }, ['marking']]);
});

it('believes status bits of a site from its own RLOCs only', () => {
  const { trusted, told, ...probe } = new Probe(true);
  expect(probe.nonces.size).toBe(2);
  trusted.hear(1, reportFrom('10.0.7.7', { locatorStatusBits: 0b01 }), REMOTE);
  expect(told).toEqual([]);
  trusted.hear(2, reportFrom('10.0.1.1', { locatorStatusBits: 0b01 }), REMOTE);
  expect([trusted.isDown(EID, near), trusted.isDown(EID, far)]).toEqual([false, true]);
  expect(told).toEqual(['locator-status-changed', `status ${eidKey(EID)}`]);
  // Anew in the cache, nothing is known of it.
  trusted.learn(3, REMOTE);
  expect(trusted.isDown(EID, far)).toBe(false);
});

it('DP-27 acts on bits of a site every ten seconds, then on the latest', () => {
  const { trusted } = new Probe(true);
  trusted.learn(0, { ...REMOTE, canEcho: false });
  for (const [now, bits] of [0b01, 0b00, 0b10].entries())
    trusted.hear(now, reportFrom('10.0.1.1', { locatorStatusBits: bits }), REMOTE);
  expect([trusted.isDown(EID, near), trusted.isDown(EID, far)]).toEqual([false, true]);
  expect(trusted.nextDeadline(3)).toBe(seconds(10));
  trusted.tick(seconds(10), remote);
  expect([trusted.isDown(EID, near), trusted.isDown(EID, far)]).toEqual([true, false]);
  expect(trusted.nextDeadline(seconds(10))).toBe(NEVER);
});

it('forgets the RLOCs that no entry has, and everything when the profile is public again', () => {
  const probe = new Probe(true, SITE);
  probe.trusted.leave(1, [far.address]);
  expect(probe.nonce(near)).toMatchObject({ echo: true });
  expect(probe.nonce(far)).toBeUndefined();
  probe.trusted.configure(2, false, SITE, [REMOTE]);
  expect(probe.nonce(near)).toBeUndefined();
  expect(probe.trusted.marking).toBeUndefined();
  expect(probe.trusted.save().echo).toEqual([]);
});

it('what is due for other RLOCs is told when one is forgotten', () => {
  const { trusted, told } = new Probe(true);
  trusted.hear(seconds(1), reportFrom('10.0.1.1', {}), REMOTE);
  trusted.leave(seconds(6), [far.address]);
  expect(trusted.isDown(EID, near)).toBe(true);
  expect(told).toEqual(['echo-nonce-down']);
  trusted.tick(seconds(66), remote);
  expect(trusted.isDown(EID, near)).toBe(false);
  expect(told).toEqual(['echo-nonce-down', 'echo-nonce-retry']);
});

it('goes on after a restore as it would have', () => {
  const probe = new Probe(true, SITE);
  probe.hear(seconds(1), { locatorStatusBits: 0b01 });
  probe.hear(seconds(1), { nonce: 3, echo: true }, '10.0.2.1');
  const saved = structuredClone(probe.trusted.save());
  const other = new Probe(false);
  other.trusted.restore(saved);
  expect(other.trusted.save()).toEqual(saved);
  expect(other.nonces).toEqual(probe.nonces);
  for (const each of [probe, other]) {
    expect(each.trusted.nextDeadline(seconds(1))).toBe(seconds(6));
    for (const now of [6, 11]) each.trusted.tick(seconds(now), remote);
  }
  expect(other.trusted.save()).toEqual(probe.trusted.save());
  expect(other.nonces).toEqual(probe.nonces);
  expect(other.trusted.isDown(EID, near)).toBe(true);
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
