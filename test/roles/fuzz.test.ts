import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds } from '../../src/base/time.ts';
import { databaseMapping, Etr, noEtr } from '../../src/roles/etr.ts';
import { Itr, noItr } from '../../src/roles/itr.ts';
import type { Machine, ReceivedMessage, RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { sendMapRequestEntry } from '../../src/roles/map-cache.ts';
import { MapResolver } from '../../src/roles/map-resolver.ts';
import { MapServer } from '../../src/roles/map-server.ts';
import { authKey } from '../../src/roles/site-key.ts';
import { encodeSigned } from '../../src/wire/authenticate.ts';
import { decodeControl, encodeControl, type ControlMessage } from '../../src/wire/control.ts';
import { anyControl, anyIp } from '../support/gen-control.ts';
import { WithStore } from '../support/mapping-system.ts';
import { eid, locator } from '../support/messages.ts';

const KEY = { keyId: 0, algorithmId: 2, secret: 'KEY1' } as const;
const WHOLE = [eid('0.0.0.0/0'), eid('::/0')];
const SITE = {
  name: 'all',
  key: KEY,
  prefixes: WHOLE.map((prefix) => ({ eid: prefix, acceptMoreSpecifics: true })),
  acceptStaleNonces: true,
};
const POLICY = {
  itrRlocs: [ip('10.0.0.1'), ip('2001:db8::1')],
  pitr: false,
  sourceEid: 'host',
  mapResolvers: [ip('10.0.0.2')],
} as const;

type AnyRole = Machine<RoleInput, RoleOutput, unknown>;

const ROLES: readonly (readonly [string, () => AnyRole])[] = [
  [
    'ITR',
    () =>
      new Itr(
        {
          ...noItr(),
          itr: { ipv4: POLICY, ipv6: POLICY },
          staticEntries: WHOLE.map(sendMapRequestEntry),
          maxEntries: 4,
        },
        new SeededRandom(1),
        () => 0,
      ),
  ],
  [
    'ETR',
    () =>
      new Etr({
        ...noEtr(),
        database: WHOLE.map((prefix) => databaseMapping(prefix, 1440, [locator('10.0.0.1')])),
        mapServers: [{ address: ip('10.0.0.2'), key: KEY, proxyReply: true, families: [4, 6] }],
      }),
  ],
  [
    'Map-Server',
    () =>
      new WithStore(
        [SITE],
        (store) => new MapServer({ families: [4, 6], underlay: [4, 6], replyLimit: 'rloc' }, store),
      ),
  ],
  [
    'Map-Resolver',
    () =>
      new WithStore(
        [],
        (store) =>
          new MapResolver(
            { families: [4, 6], underlay: [4, 6], replyLimit: 'rloc', hasMapServer: true },
            store,
          ),
      ),
  ],
];

/** Messages as they come off the wire, half of the authenticated ones with a right MAC. */
const anyReceived: fc.Arbitrary<ReceivedMessage> = fc
  .record({
    message: anyControl,
    from: anyIp,
    to: anyIp,
    sign: fc.boolean(),
    port: fc.constantFrom(4342, 5000),
  })
  .chain(({ message, from, to, sign, port }) => {
    const bytes = encode(message, sign);
    const read = decodeControl(bytes);
    return read.ok
      ? fc.constant({
          message: read.value,
          bytes,
          from: { address: from, port },
          to: { address: to, port: 4342 },
        })
      : fc.constant(undefined);
  })
  .filter((received) => received !== undefined);

function encode(message: ControlMessage, sign: boolean): Uint8Array {
  const isAuthenticated = message.type === 'map-register' || message.type === 'map-notify';
  return sign && isAuthenticated ? encodeSigned(message, authKey(KEY)) : encodeControl(message);
}

const anyInput: fc.Arbitrary<RoleInput> = fc.oneof(
  { weight: 6, arbitrary: anyReceived.map((received): RoleInput => ({ kind: 'message', received })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ instanceId: fc.nat(3), address: anyIp, source: anyIp })
      .filter(({ address, source }) => address.family === source.family)
      .map(({ source, ...to }): RoleInput => ({ kind: 'lookup', eid: to, source })),
  },
  { weight: 1, arbitrary: fc.constant<RoleInput>({ kind: 'tick' }) },
);

describe.each(ROLES)('a %s fed with random messages', (_, make) => {
  it('never throws, sends only what decodes to what it says, and stays saveable', () => {
    const steps = fc.array(fc.record({ after: fc.nat(2_000_000), input: anyInput }), { maxLength: 25 });
    fc.assert(
      fc.property(steps, (run) => {
        const role = make();
        const out: RoleOutput[] = [];
        let now = 0;
        role.handle(now, { kind: 'start' }, out);
        for (const { after, input } of run) {
          now += after;
          role.handle(now, input, out);
        }
        role.handle(now + seconds(600), { kind: 'tick' }, out);
        for (const output of out) {
          if (output.kind !== 'send') continue;
          expect(decodeControl(output.payload)).toEqual({ ok: true, value: output.message });
        }
        const again = make();
        again.restore(structuredClone(role.save()));
        expect(structuredClone(again.save())).toEqual(structuredClone(role.save()));
      }),
      { numRuns: 150 },
    );
  });

  it('answers Map-Replies to the requests it made, whatever they hold, without throwing', () => {
    fc.assert(
      fc.property(fc.array(anyReceived, { maxLength: 12 }), anyIp, (messages, to) => {
        const role = make();
        const out: RoleOutput[] = [];
        role.handle(0, { kind: 'start' }, out);
        messages.forEach((received, i) => {
          role.handle(
            seconds(2 * i),
            { kind: 'lookup', eid: { instanceId: 0, address: to }, source: to },
            out,
          );
          const nonce = lastNonce(out);
          if (nonce === undefined || received.message.type !== 'map-reply') return;
          const message = { ...received.message, nonce, probe: false };
          role.handle(seconds(2 * i) + 1, { kind: 'message', received: { ...received, message } }, out);
        });
        expect(out.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });
});

function lastNonce(out: readonly RoleOutput[]): { hi: number; lo: number } | undefined {
  const last = out.findLast((output) => output.kind === 'send');
  const message = last?.message.type === 'ecm' ? last.message.message : undefined;
  return message?.type === 'map-request' ? message.nonce : undefined;
}
