import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { millis, NEVER, seconds } from '../../src/base/time.ts';
import type { TracerouteRequest } from '../../src/router/node.ts';
import { Tracer, type TracerouteOutput } from '../../src/router/traceroute.ts';
import { quoteForError, type IcmpMessage } from '../../src/wire/icmp.ts';
import { decodeIp, type IpPacket } from '../../src/wire/ip-packet.ts';
import { decodeUdp, type UdpDatagram } from '../../src/wire/udp.ts';

const source = ip('192.168.1.1');
const target = ip('4.4.4.4');
const request: TracerouteRequest = {
  destination: target,
  probes: 2,
  minTtl: 1,
  maxTtl: 4,
  timeout: seconds(3),
};

class Bench {
  readonly tracer = new Tracer();
  readonly out: TracerouteOutput[] = [];

  start(fields: Partial<TracerouteRequest> = {}, from = source): this {
    this.tracer.start(0, { ...request, ...fields }, from, this.out);
    return this;
  }

  /** Probes sent so far. */
  get probes(): Uint8Array[] {
    return this.out.flatMap((output) => (output.kind === 'packet' ? [output.bytes] : []));
  }

  get result() {
    return this.out.find((output) => output.kind === 'traceroute-done')?.result;
  }

  answer(now: number, from: string, message: Partial<IcmpMessage>, probe = this.probes.at(-1)!): boolean {
    const quote = quoteForError(probe).slice(0, 28);
    const whole = { code: 0, mtu: 0, quote, ...message } as IcmpMessage;
    return this.tracer.handle(now, { from: ip(from), message: whole }, this.out);
  }
}

function read(bytes: Uint8Array | undefined): IpPacket & { udp: UdpDatagram } {
  const packet = decodeIp(bytes!);
  if (!packet.ok) throw new Error('malformed');
  const udp = decodeUdp(packet.value.payload, packet.value);
  if (!udp.ok) throw new Error('malformed UDP');
  return { ...packet.value, udp: udp.value };
}

describe('traceroute', () => {
  it('sends UDP probes with rising TTL, each to its own port, the next as soon as the last was answered', () => {
    const bench = new Bench().start();
    for (const [i, hop] of ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.2'].entries()) {
      expect(bench.probes).toHaveLength(i + 1);
      expect(bench.answer(millis(i + 1), hop, { type: 'time-exceeded' })).toBe(true);
    }
    const probes = bench.probes.map(read);
    expect(probes.map(({ ttl }) => ttl)).toEqual([1, 1, 2, 2, 3]);
    expect(probes.map(({ udp }) => udp.destinationPort)).toEqual([33434, 33435, 33436, 33437, 33438]);
    expect(probes.every(({ udp }) => udp.checksum === 'good')).toBe(true);
    expect(new Set(probes.map(({ udp }) => udp.sourcePort)).size).toBe(1);
  });

  it('ends with the hop at which the destination refuses the port', () => {
    const bench = new Bench().start();
    bench.answer(millis(2), '10.0.0.1', { type: 'time-exceeded' });
    bench.answer(millis(5), '10.0.0.1', { type: 'time-exceeded' });
    bench.answer(millis(9), '4.4.4.4', { type: 'unreachable', code: 3 });
    expect(bench.result).toBeUndefined();
    bench.answer(millis(14), '4.4.4.4', { type: 'unreachable', code: 3 });
    const reply = (from: string, roundTrip: number) => ({ kind: 'reply', from: ip(from), roundTrip });
    expect(bench.result).toEqual({
      request,
      hops: [
        { ttl: 1, probes: [reply('10.0.0.1', 2000), reply('10.0.0.1', 3000)] },
        { ttl: 2, probes: [reply('4.4.4.4', 4000), reply('4.4.4.4', 5000)] },
      ],
    });
    expect(bench.tracer.nextDeadline()).toBe(NEVER);
  });

  it.each([
    ['10.0.0.9', 0, 'N'],
    ['10.0.0.9', 1, 'H'],
    ['10.0.0.9', 2, 'P'],
    ['10.0.0.9', 13, 'A'],
    ['2001:db8::9', 0, 'N'],
    ['2001:db8::9', 1, 'A'],
    ['2001:db8::9', 3, 'H'],
    ['2001:db8::9', 4, undefined],
  ])('unreachable from %s with code %i is a refusal !%s and ends the trace', (from, code, refusal) => {
    const isV6 = from.includes(':');
    const to = isV6 ? { destination: ip('2001:db8:4::4') } : {};
    const bench = new Bench().start({ ...to, probes: 1 }, isV6 ? ip('2001:db8:1::1') : source);
    const quote = bench.probes[0]!;
    bench.answer(1, from, { type: 'unreachable', code, quote });
    const [probe] = bench.result!.hops[0]!.probes;
    expect(probe).toEqual({ kind: 'reply', from: ip(from), roundTrip: 1, ...(refusal && { refusal }) });
  });

  it('a hop that says nothing costs one timeout a probe, and the last TTL ends the trace', () => {
    const bench = new Bench().start({ minTtl: 3 });
    for (let i = 1; i <= 4; i++) {
      expect(bench.tracer.nextDeadline()).toBe(seconds(3 * i));
      bench.tracer.tick(seconds(3 * i) - 1, bench.out);
      bench.tracer.tick(seconds(3 * i), bench.out);
    }
    const silence = [{ kind: 'timeout' }, { kind: 'timeout' }];
    expect(bench.result?.hops).toEqual([
      { ttl: 3, probes: silence },
      { ttl: 4, probes: silence },
    ]);
  });

  it('an answer to a probe that timed out counts for nothing', () => {
    const bench = new Bench().start();
    const [late] = bench.probes;
    bench.tracer.tick(seconds(3), bench.out);
    expect(bench.answer(seconds(3) + 1, '10.0.0.1', { type: 'time-exceeded' }, late)).toBe(false);
  });

  it('an error about something else is not taken', () => {
    const bench = new Bench().start();
    const [probe] = bench.probes;
    const other = probe!.slice();
    other[19] = 5; // another destination
    expect(bench.answer(1, '10.0.0.1', { type: 'time-exceeded' }, other)).toBe(false);
    const short = { type: 'time-exceeded', quote: probe!.slice(0, 22) } as const;
    expect(bench.answer(1, '10.0.0.1', short)).toBe(false);
  });

  it('several at once are kept apart', () => {
    const bench = new Bench().start({ probes: 1 }).start({ probes: 1, minTtl: 7, maxTtl: 9 });
    const [first, second] = bench.probes;
    bench.answer(millis(1), '10.0.0.2', { type: 'unreachable', code: 3 }, second);
    bench.answer(millis(2), '10.0.0.1', { type: 'unreachable', code: 1 }, first);
    const hops = bench.out.flatMap((output) => (output.kind === 'packet' ? [] : output.result.hops));
    expect(hops).toMatchObject([
      { ttl: 7, probes: [{ from: ip('10.0.0.2') }] },
      { ttl: 1, probes: [{ from: ip('10.0.0.1'), refusal: 'H' }] },
    ]);
  });

  it('restore(save()) in the middle goes on as if nothing had happened', () => {
    const bench = new Bench().start();
    bench.answer(millis(1), '10.0.0.1', { type: 'time-exceeded' });
    const copy = new Bench();
    const saved = bench.tracer.save();
    copy.tracer.restore(saved);
    copy.out.push(...bench.out);
    for (const each of [bench, copy]) {
      each.answer(millis(2), '10.0.0.1', { type: 'time-exceeded' });
      each.answer(millis(3), '4.4.4.4', { type: 'unreachable', code: 3 });
      each.answer(millis(4), '4.4.4.4', { type: 'unreachable', code: 3 });
    }
    expect(copy.out).toEqual(bench.out);
    expect(copy.result?.hops).toHaveLength(2);
  });
});
