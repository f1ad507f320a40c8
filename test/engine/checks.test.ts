// What a data plane refuses to be told: nothing of it is kept, and the next publish works.
import { describe, expect, it } from 'vitest';
import { ACTION_FORWARD, POLICY_ITR_SOURCE, VERDICT_ENCAP } from '../../assembly/layout.ts';
import { ip } from '../../src/base/ip-text.ts';
import { hostPrefix, ipv4, prefix, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import type { DataPlane, EncapTarget, NextHop } from '../../src/engine/data-plane.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { Model } from '../../src/engine/model.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';
import { ENGINE_BUILDS, makeEngine } from './engine-builds.ts';
import {
  connected,
  opened,
  packetOf,
  RLOC,
  send,
  SITE,
  siteRouter,
  targetTo,
  toPeer,
  via,
} from './forwarding-support.ts';

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['model', () => new Model()],
  ...ENGINE_BUILDS.map((build) => [build, () => makeEngine(build)] as const),
];
const EID: EidPrefix = { instanceId: 7, prefix: prefix(ip('10.9.0.0'), 16) };
const HALF = 2.5;
const NO_U8 = [-1, 256, 300, HALF, NaN, Infinity];
const NO_U16 = [-1, 0x1_0000, HALF, NaN, Infinity];
const NO_U32 = [-1, 2 ** 32, HALF, NaN, Infinity];
const NO_INSTANCE = [-1, 2 ** 24, 2 ** 24 + 5, HALF, NaN];
const NO_PREFIXES: readonly (readonly [field: string, IpPrefix])[] = [
  ['bits', { address: ip('10.0.0.0'), bits: 33 }],
  ['bits', { address: ip('2001:db8::'), bits: 129 }],
  ['bits', { address: ip('10.0.0.0'), bits: -1 }],
  ['bits', { address: ip('10.0.0.0'), bits: NaN }],
  ['address', { address: ip('10.0.0.1'), bits: 8 }],
  ['address', { address: ip('2001:db8::1'), bits: 127 }],
  ['address', { address: { ...ip('10.0.0.0'), w3: 1 }, bits: 8 }],
  ['address', { address: { ...ip('10.0.0.0'), w0: -1 }, bits: 32 }],
  ['family', { address: { ...ip('10.0.0.0'), family: 5 as 4 }, bits: 8 }],
];
const NO_ADDRESSES: readonly IpAddress[] = [
  { ...ip('192.0.2.1'), w0: 2 ** 32 },
  { ...ip('192.0.2.1'), w1: 1 },
  { ...ip('192.0.2.1'), w0: NaN },
  { ...ip('192.0.2.1'), family: 0 as 4 },
  { ...ip('2001:db8::1'), w2: -5 },
];

interface Bad {
  readonly field: string;
  readonly got: unknown;
  readonly tell: (plane: DataPlane) => void;
}

const badHops: readonly (readonly [field: string, NextHop])[] = [
  ...NO_U16.map((index) => ['interfaceIndex', connected(index)] as const),
  ...NO_U32.map((mtu) => ['mtu', connected(1, mtu)] as const),
  ...NO_ADDRESSES.map((gateway) => ['gateway', via(gateway)] as const),
  ['gateway', { kind: 'via', interfaceIndex: 1, mtu: 1500 }],
  ['kind', { ...connected(1), kind: 'tunnel' as 'via' }],
];
const badTargets: readonly (readonly [field: string, Partial<EncapTarget>])[] = [
  ...NO_U8.map((priority) => ['priority', { priority }] as const),
  ...NO_U8.map((weight) => ['weight', { weight }] as const),
  ...NO_U32.map((pathMtu) => ['pathMtu', { pathMtu }] as const),
  ...NO_ADDRESSES.map((source) => ['source', { source }] as const),
  ...NO_ADDRESSES.map((destination) => ['destination', { destination }] as const),
  ['source', { source: RLOC[6].own }],
  ['source', { destination: RLOC[6].peer }],
  ...badHops.map(([field, nextHop]) => [field, { nextHop }] as const),
  ...[-1, 2 ** 24, HALF].map((nonce) => ['nonce', { marking: { nonce } }] as const),
  ...[-1, 4096, NaN].flatMap((version) => [
    ['versions.source', { marking: { versions: { source: version, destination: 1 } } }] as const,
    ['versions.destination', { marking: { versions: { source: 1, destination: version } } }] as const,
  ]),
  ...NO_U32.map((locatorStatusBits) => ['locatorStatusBits', { marking: { locatorStatusBits } }] as const),
];
const eidAt = (instanceId: number, at: IpPrefix = EID.prefix): EidPrefix => ({ instanceId, prefix: at });
/** Everything that names a place in a table. */
const placed = (eid: EidPrefix): ((plane: DataPlane) => void)[] => [
  (plane) => plane.setRoute(eid.instanceId, eid.prefix, connected(1)),
  (plane) => plane.removeRoute(eid.instanceId, eid.prefix),
  (plane) => plane.setEntry({ eid, action: 1, targets: [] }),
  (plane) => plane.removeEntry(eid),
  (plane) => plane.setPolicy(eid, POLICY_ITR_SOURCE),
  (plane) => plane.setPolicy(eid, 0),
];

const BAD: readonly Bad[] = [
  ...NO_INSTANCE.flatMap((got) =>
    [
      ...placed(eidAt(got)),
      (plane: DataPlane) => plane.setPetr(got, 4, [targetTo(4)]),
      (plane: DataPlane) => plane.setPetr(got, 4, []),
    ].map((tell) => ({ field: 'instanceId', got, tell })),
  ),
  ...NO_PREFIXES.flatMap(([field, got]) => placed(eidAt(7, got)).map((tell) => ({ field, got, tell }))),
  ...[-1, 9, 99, HALF, NaN].map((action) => ({
    ...{ field: 'action', got: action },
    tell: (plane: DataPlane) => plane.setEntry({ eid: EID, action, targets: [] }),
  })),
  ...[-1, 32, 2 ** 31, HALF, NaN].map((flags) => ({
    ...{ field: 'flags', got: flags },
    tell: (plane: DataPlane) => plane.setPolicy(EID, flags),
  })),
  ...badTargets.flatMap(([field, change]) => {
    const targets = [targetTo(4), targetTo(4, change)];
    return [
      (plane: DataPlane) => plane.setEntry({ eid: EID, action: ACTION_FORWARD, targets }),
      (plane: DataPlane) => plane.setPetr(7, 4, targets),
    ].map((tell) => ({ field, got: change, tell }));
  }),
  ...badHops.map(([field, nextHop]) => ({
    ...{ field, got: nextHop },
    tell: (plane: DataPlane) => plane.setRoute(7, EID.prefix, nextHop),
  })),
  { field: 'family', got: 5, tell: (plane) => plane.setPetr(7, 5 as 4, [targetTo(4)]) },
  ...NO_ADDRESSES.map((got) => ({
    ...{ field: 'address', got },
    tell: (plane: DataPlane) => plane.setLocatorState(got, 'down'),
  })),
  ...NO_ADDRESSES.map((got) => ({
    ...{ field: 'address', got },
    tell: (plane: DataPlane) => plane.setNonce(got, { nonce: 1 }),
  })),
  ...[-1, 0x100_0000, HALF, NaN].map((nonce) => ({
    ...{ field: 'nonce', got: nonce },
    tell: (plane: DataPlane) => plane.setNonce(RLOC[4].peer, { nonce }),
  })),
  { field: 'nonce', got: 5, tell: (plane) => plane.setNonce(RLOC[4].peer, 5 as never) },
  { field: 'state', got: 'away', tell: (plane) => plane.setLocatorState(RLOC[4].peer, 'away' as 'up') },
];

function refusal(tell: () => void): unknown {
  try {
    tell();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(PLANES)('what no table holds (%s)', (_, makePlane) => {
  it('is refused when it is told, by name of the field, and nothing changes', () => {
    const plane = siteRouter(makePlane());
    toPeer(plane, 4, [targetTo(4)]);
    const state = (): unknown => plane.entries(undefined, 100);
    const before = state();
    for (const { field, got, tell } of BAD) {
      const error = refusal(() => tell(plane));
      const what = `${field}: ${JSON.stringify(got)}`;
      expect(error, what).toBeInstanceOf(EngineError);
      expect(error, what).toMatchObject({ code: 'bad-value', section: field });
    }
    plane.publish();
    expect(state()).toEqual(before);
    expect(plane.matchEntry(7, ip('10.9.1.1'))).toBeUndefined();
    expect(send(plane, packetOf(4)).verdict.verdict).toBe(VERDICT_ENCAP);
  });

  it('leaves the changes around it to the next publish', () => {
    const plane = siteRouter(makePlane());
    const eid = eidAt(0, hostPrefix(SITE[4].peer));
    for (const { tell } of BAD) {
      plane.setEntry({ eid, action: ACTION_FORWARD, targets: [targetTo(4)] });
      refusal(() => tell(plane));
      plane.publish();
      expect(plane.entry(eid)).toBeDefined();
      refusal(() => tell(plane));
      plane.removeEntry(eid);
      plane.publish();
      expect(plane.entry(eid)).toBeUndefined();
    }
  });

  it('is told apart from the ends of each range, which are taken', () => {
    const plane = siteRouter(makePlane());
    const marking = { nonce: 0xff_ffff, locatorStatusBits: 0xffff_ffff, echo: true };
    const most = { priority: 254, weight: 255, pathMtu: 0xffff_ffff, marking };
    const nextHop = connected(0xffff, 0xffff_ffff);
    const targets = [
      targetTo(4, { ...most, nextHop }),
      targetTo(6, { priority: 255, weight: 0, pathMtu: 0 }),
    ];
    const eid = eidAt(0xff_ffff, prefix(ipv4(0), 0));
    plane.setEntry({ eid, action: ACTION_FORWARD, targets });
    plane.setPolicy(eidAt(0xff_ffff, hostPrefix(ip('ffff::ffff'))), 31);
    plane.setRoute(0xff_ffff, prefix(ip('::'), 0), nextHop);
    plane.setEntry({ eid: eidAt(0), action: 7, targets: [] });
    plane.setPolicy(eidAt(0xff_ffff, hostPrefix(SITE[4].eid)), POLICY_ITR_SOURCE);
    plane.publish();
    expect(plane.entry(eid)).toMatchObject({ targets, shares: [1, 0] });
    const { verdict, bytes } = send(plane, packetOf(4), { instanceId: 0xff_ffff });
    expect(verdict).toMatchObject({ verdict: VERDICT_ENCAP, outInterface: 0xffff });
    expect(opened(bytes).lisp.word1 >>> 8).toBe(0xff_ffff);
  });

  it('is explained: which entry and target, which field, what it may be', () => {
    const plane = makePlane();
    const told = (tell: () => void): string => String(refusal(tell));
    const entry = (change: Partial<EncapTarget>) => () =>
      plane.setEntry({ eid: EID, action: ACTION_FORWARD, targets: [targetTo(4, change)] });
    expect(told(entry({ weight: 300 }))).toBe(
      'EngineError: engine: bad-value in weight: 300 is not 0..255 (target 198.51.100.1 of [7] 10.9.0.0/16)',
    );
    expect(told(entry({ source: RLOC[6].own }))).toBe(
      'EngineError: engine: bad-value in source: 2001:db8:ffff::1 is not of the family of the destination (target 198.51.100.1 of [7] 10.9.0.0/16)',
    );
    expect(told(() => plane.setRoute(2 ** 24 + 5, EID.prefix, connected(1)))).toBe(
      'EngineError: engine: bad-value in instanceId: 16777221 is not 0..16777215 ([16777221] 10.9.0.0/16)',
    );
    expect(refusal(entry({ weight: 300 }))).toMatchObject({ wanted: 300, have: 255 });
  });
});
