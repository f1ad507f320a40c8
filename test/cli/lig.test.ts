// A Map-Resolver on the loopback, made of the codecs, and the command that asks it.
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { decodeControl, encodeControl } from '../../src/wire/control.ts';
import type { EncapsulatedControl } from '../../src/wire/ecm.ts';
import type { MapRequest } from '../../src/wire/map-request.ts';
import { locator, mapping, mapReply } from '../support/messages.ts';
import { pxtr } from './run.ts';

type Asked = EncapsulatedControl & { readonly message: MapRequest };

let socket: Socket | undefined;

afterEach(() => {
  socket?.close();
  socket = undefined;
});

/** Answers each Map-Request with what `answer` says, at the port that the request names; its own port. */
async function resolver(answer: (asked: Asked, count: number) => readonly Mapping[] | undefined) {
  const asked: Asked[] = [];
  const server = createSocket('udp4');
  socket = server;
  server.on('message', (bytes, from) => {
    const message = decodeControl(bytes);
    if (!message.ok || message.value.type !== 'ecm' || message.value.message.type !== 'map-request') return;
    const question = message.value as Asked;
    asked.push(question);
    const mappings = answer(question, asked.length);
    if (mappings === undefined) return;
    const { nonce } = question.message;
    server.send(encodeControl(mapReply(nonce, mappings)), question.inner.sourcePort, from.address);
  });
  const port = await new Promise<number>((resolve) => {
    server.bind(0, '127.0.0.1', () => {
      resolve(server.address().port);
    });
  });
  return { asked, port: String(port) };
}

const SITE = mapping('192.168.2.0/24', [], {
  locators: [locator('10.0.2.2'), locator('2001:db8::2', { priority: 2, weight: 50, reachable: false })],
});

describe('pxtr lig', () => {
  it('prints who answered, how fast, and where the EID is', async () => {
    const { asked, port } = await resolver(() => [SITE]);
    const { code, out, err } = await pxtr('lig', '192.168.2.1', 'to', '127.0.0.1', '--port', port);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replace(/[\d.]+ ms/, 'N ms').split('\n')).toEqual([
      'Mapping information for EID 192.168.2.1 from 127.0.0.1 with RTT N ms',
      '192.168.2.0/24, TTL 1440 min, authoritative',
      '  Locator      State  Pri/Wgt',
      '  10.0.2.2     up     1/100',
      '  2001:db8::2  down   2/50',
      '',
    ]);
    expect(asked[0]).toMatchObject({
      inner: { destination: ip('192.168.2.1'), destinationPort: 4342 },
      message: {
        sourceEid: { kind: 'none' },
        itrRlocs: [{ kind: 'ip', address: ip('127.0.0.1') }],
        records: [{ maskBits: 32 }],
      },
    });
  });

  it('asks again when nothing comes, and fails when nothing ever does', async () => {
    const patient = await resolver((_, count) => (count < 2 ? undefined : [SITE]));
    const flags = ['--timeout', '50ms', '--port'];
    expect(await pxtr('lig', '192.168.2.1', 'to', '127.0.0.1', ...flags, patient.port)).toMatchObject({
      code: 0,
    });
    expect(patient.asked).toHaveLength(2);
    socket?.close();
    const silent = await resolver(() => undefined);
    const { code, out } = await pxtr(
      'lig',
      '192.168.2.1',
      'to',
      '127.0.0.1',
      ...flags,
      silent.port,
      '--count',
      '2',
    );
    expect({ code, out }).toEqual({
      code: 1,
      out: '192.168.2.1: no answer to 2 Map-Requests asked of 127.0.0.1\n',
    });
    expect(silent.asked).toHaveLength(2);
  });

  it('tells what a negative answer says, in text and in JSON, and asks in an instance', async () => {
    const hole = mapping('0.0.0.0/1', [], { action: 1, ttlMinutes: 15, authoritative: false });
    const { port } = await resolver(() => [hole]);
    const { out } = await pxtr('lig', '4.4.4.4', 'to', 'localhost', '--port', port);
    expect(out).toContain('0.0.0.0/1, TTL 15 min, not authoritative, negative: natively-forward');
    socket?.close();
    const other = await resolver(({ message }) =>
      message.records[0]?.eid.kind === 'lcaf'
        ? [{ ...SITE, eid: { ...SITE.eid, instanceId: 7 } }]
        : undefined,
    );
    const json = await pxtr(
      ...['lig', '192.168.2.1', 'to', '127.0.0.1', '--instance-id', '7', '--json', '--port', other.port],
    );
    expect(JSON.parse(json.out)).toMatchObject({
      eid: '[7] 192.168.2.1',
      outcome: 'answered',
      from: '127.0.0.1',
      records: [
        { action: 'forward', locators: [{ address: '10.0.2.2', priority: 1 }, { reachable: false }] },
      ],
    });
  });

  it('IPv6 EIDs are asked for over IPv4', async () => {
    const { asked, port } = await resolver(() => [mapping('2001:db8:2::/48', ['10.0.2.2'])]);
    expect(await pxtr('lig', '2001:db8:2::1', 'to', '127.0.0.1', '--port', port)).toMatchObject({ code: 0 });
    expect(asked[0]?.inner).toMatchObject({ source: ip('::'), destination: ip('2001:db8:2::1') });
  });

  it.each([
    [['lisp', 'to', '127.0.0.1'], 'lisp is no IP address'],
    [['192.168.2.1', 'at', '127.0.0.1'], 'expected "to"'],
    [['192.168.2.1', 'to', '127.0.0.1', '--count', '9'], 'A whole number from 1 to 5'],
    [['192.168.2.1', 'to', '127.0.0.1', '--timeout', '0s'], 'the timeout is longer than nothing'],
  ])('refuses %j', async (args, message) => {
    const { code, err, out } = await pxtr('lig', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
