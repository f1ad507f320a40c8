import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { millis, seconds } from '../../src/base/time.ts';
import type { PingRequest } from '../../src/router/node.ts';
import { Pinger, quotedEcho, type PingOutput } from '../../src/router/ping.ts';
import { decodeIcmp, quoteForError, type IcmpMessage } from '../../src/wire/icmp.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';

const target = ip('4.4.4.4');
const source = ip('192.168.1.1');
const request: PingRequest = { destination: target, count: 3, size: 100, timeout: seconds(2) };

interface Sent {
  readonly bytes: Uint8Array;
  readonly identifier: number;
  readonly sequence: number;
}

function sent(output: PingOutput | undefined): Sent {
  if (output?.kind !== 'packet') throw new Error('expected a packet');
  const packet = decodeIp(output.bytes);
  if (!packet.ok) throw new Error('malformed');
  const icmp = decodeIcmp(packet.value.payload, packet.value);
  if (!icmp.ok || icmp.value.message.type !== 'echo-request') throw new Error('expected an echo request');
  expect(packet.value).toMatchObject({ totalLength: request.size, ttl: 255, source, destination: target });
  return { bytes: output.bytes, ...icmp.value.message };
}

function replyTo({ identifier, sequence }: Sent): IcmpMessage {
  return { type: 'echo-reply', identifier, sequence, data: new Uint8Array() };
}

describe('ping', () => {
  it('sends the next echo as soon as the last one was answered', () => {
    const pinger = new Pinger();
    const out: PingOutput[] = [];
    pinger.start(0, request, source, out);
    for (let i = 0; i < 3; i++) {
      const message = replyTo(sent(out.at(-1)));
      expect(pinger.handle(millis(4 * (i + 1)), { from: target, message }, out)).toBe(true);
    }
    expect(out.at(-1)).toEqual({
      kind: 'done',
      result: { request, marks: '!!!', sent: 3, received: 3, times: [4000, 4000, 4000] },
    });
    expect(pinger.nextDeadline()).toBe(Infinity);
  });

  it('marks a timeout with a dot and a late reply counts for nothing', () => {
    const pinger = new Pinger();
    const out: PingOutput[] = [];
    pinger.start(0, request, source, out);
    const first = sent(out.at(-1));
    expect(pinger.nextDeadline()).toBe(seconds(2));
    pinger.tick(seconds(2), out);
    expect(sent(out.at(-1)).sequence).toBe(1);
    expect(pinger.handle(seconds(2.5), { from: target, message: replyTo(first) }, out)).toBe(false);
    pinger.tick(seconds(4), out);
    pinger.tick(seconds(6), out);
    expect(out.at(-1)).toMatchObject({ kind: 'done', result: { marks: '...', received: 0 } });
  });

  it('a reply from somebody else is not an answer', () => {
    const pinger = new Pinger();
    const out: PingOutput[] = [];
    pinger.start(0, request, source, out);
    expect(pinger.handle(1, { from: source, message: replyTo(sent(out[0])) }, out)).toBe(false);
  });

  it('an error that quotes the echo is marked U, M or &', () => {
    const pinger = new Pinger();
    const out: PingOutput[] = [];
    pinger.start(0, request, source, out);
    const errors: IcmpMessage[] = [
      { type: 'unreachable', code: 1, mtu: 0, quote: new Uint8Array() },
      { type: 'unreachable', code: 4, mtu: 1000, quote: new Uint8Array() },
      { type: 'time-exceeded', code: 0, quote: new Uint8Array() },
    ];
    for (const message of errors) {
      const quoted = quotedEcho(quoteForError(sent(out.at(-1)).bytes));
      expect(quoted).toBeDefined();
      pinger.handle(1, { from: ip('10.0.0.1'), message, quoted: quoted! }, out);
    }
    expect(out.at(-1)).toMatchObject({ kind: 'done', result: { marks: 'UM&' } });
  });

  it('restore(save()) is indistinguishable from no interruption', () => {
    const pinger = new Pinger();
    pinger.start(0, request, source, []);
    const copy = new Pinger();
    copy.restore(pinger.save());
    const outs: PingOutput[][] = [[], []];
    pinger.tick(seconds(2), outs[0]!);
    copy.tick(seconds(2), outs[1]!);
    expect(outs[1]).toEqual(outs[0]);
    expect(copy.save()).toEqual(pinger.save());
  });
});
