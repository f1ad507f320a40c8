// Echo-nonce (RFC 9300 §10.1): two machines that hear each other, or do not.
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { NEVER, seconds, type Micros } from '../../src/base/time.ts';
import {
  ECHO_NONCE_DEFAULTS,
  EchoNonce,
  type EchoNonceInput,
  type EchoNonceOutput,
} from '../../src/roles/echo-nonce.ts';

const A = ip('192.0.2.1');
const B = ip('198.51.100.1');
const C = ip('2001:db8::1');
const { timeout, pause, renew, retry } = ECHO_NONCE_DEFAULTS;

class Probe {
  readonly machine = new EchoNonce(ECHO_NONCE_DEFAULTS, new SeededRandom(1));

  do(now: Micros, input: EchoNonceInput): EchoNonceOutput[] {
    const out: EchoNonceOutput[] = [];
    this.machine.handle(now, input, out);
    return out;
  }

  watch(rloc = B, canEcho = true): number | undefined {
    const [mark] = this.do(0, { kind: 'watch', rloc, canEcho });
    return mark?.kind === 'mark' ? mark.nonce : undefined;
  }

  hear(now: Micros, nonce?: number, echo = false, rloc = B): EchoNonceOutput[] {
    return this.do(now, { kind: 'header', rloc, echo, ...(nonce === undefined ? {} : { nonce }) });
  }
}

describe('echo-nonce', () => {
  it('DP-30 asks a peer whose Map-Reply had E, and nobody else', () => {
    const probe = new Probe();
    expect(probe.do(0, { kind: 'watch', rloc: B, canEcho: true })).toMatchObject([
      { kind: 'mark', echo: true },
    ]);
    expect(probe.do(0, { kind: 'watch', rloc: C, canEcho: false })).toEqual([]);
    expect(probe.do(0, { kind: 'watch', rloc: B, canEcho: false })).toEqual([
      { kind: 'mark', rloc: B, echo: false },
    ]);
  });

  it('DP-17 asks each RLOC for a nonce of its own, 24 bits long', () => {
    const probe = new Probe();
    const nonces = Array.from({ length: 200 }, (_, i) => probe.watch({ ...A, w0: A.w0 + i }));
    expect(new Set(nonces).size).toBe(200);
    expect(nonces.every((nonce) => nonce !== undefined && nonce < 2 ** 24)).toBe(true);
  });

  it('DP-17 nonces differ even where the random numbers do not', () => {
    const draws = [5, 5, 5, 6].map((n) => n << 8);
    const random = { u32: () => draws.shift()!, save: () => [0, 0, 0, 0] as const, restore: () => undefined };
    const machine = new EchoNonce(ECHO_NONCE_DEFAULTS, random);
    const out: EchoNonceOutput[] = [];
    for (const rloc of [A, B]) machine.handle(0, { kind: 'watch', rloc, canEcho: true }, out);
    expect(out).toMatchObject([{ nonce: 5 }, { nonce: 6 }]);
  });

  it('its nonce coming back means that the path is up, and the next round has another one', () => {
    const probe = new Probe();
    const nonce = probe.watch();
    expect(probe.hear(renew - 1, nonce)).toEqual([]);
    const [mark] = probe.hear(renew, nonce);
    expect(mark).toMatchObject({ kind: 'mark', rloc: B, echo: true });
    expect(mark).not.toMatchObject({ nonce });
  });

  it('packets without it for as long as the time-out: down; with it: up again', () => {
    const probe = new Probe();
    const nonce = probe.watch();
    expect(probe.hear(seconds(1))).toEqual([]);
    expect(probe.hear(seconds(1) + timeout - 1, 77)).toEqual([]);
    expect(probe.machine.nextDeadline()).toBe(seconds(1) + timeout);
    expect(probe.do(seconds(1) + timeout, { kind: 'tick' })).toEqual([
      { kind: 'path', rloc: B, isUp: false },
    ]);
    expect(probe.hear(seconds(20), nonce)[0]).toEqual({ kind: 'path', rloc: B, isUp: true });
  });

  it('a path that is down is tried again after a minute, with the time-out that any path has', () => {
    const probe = new Probe();
    probe.watch();
    probe.hear(0);
    probe.do(timeout, { kind: 'tick' });
    // Packets of others come from there all the time.
    expect(probe.hear(timeout + 1)).toEqual([]);
    expect(probe.hear(timeout + 1 + timeout)).toEqual([]);
    const then = timeout + retry;
    expect(probe.do(then - 1, { kind: 'tick' })).toEqual([]);
    expect(probe.machine.nextDeadline()).toBe(then);
    expect(probe.do(then, { kind: 'tick' })).toEqual([{ kind: 'path', rloc: B, isUp: true, isTrial: true }]);
    probe.hear(then + 1);
    expect(probe.do(then + 1 + timeout, { kind: 'tick' })).toEqual([{ kind: 'path', rloc: B, isUp: false }]);
  });

  it('a path that is down is up when its ETRs send no nonces back any more', () => {
    const probe = new Probe();
    probe.watch();
    probe.hear(0);
    probe.do(timeout, { kind: 'tick' });
    expect(probe.do(timeout, { kind: 'watch', rloc: B, canEcho: false })).toEqual([
      { kind: 'path', rloc: B, isUp: true },
      { kind: 'mark', rloc: B, echo: false },
    ]);
    expect(probe.machine.nextDeadline()).toBe(NEVER);
  });

  it('DP-29 no packets at all say nothing: no timer runs, no path goes down', () => {
    const probe = new Probe();
    probe.watch();
    expect(probe.machine.nextDeadline()).toBe(NEVER);
    expect(probe.do(seconds(3600), { kind: 'tick' })).toEqual([]);
  });

  it('a nonce that nobody asked for changes nothing', () => {
    const probe = new Probe();
    const before = JSON.stringify(probe.machine.save());
    expect(probe.hear(1, 99)).toEqual([]);
    expect(JSON.stringify(probe.machine.save())).toBe(before);
  });

  it('DP-08 E without a nonce asks for nothing', () => {
    expect(new Probe().hear(1, undefined, true)).toEqual([]);
  });

  it('gives a peer the nonce that it asks for, with E=0, and once it is served asks itself', () => {
    const probe = new Probe();
    probe.watch();
    expect(probe.hear(10, 0xabc, true)).toEqual([{ kind: 'mark', rloc: B, nonce: 0xabc, echo: false }]);
    expect(probe.hear(20, 0xabc, true)).toEqual([]);
    // While it serves it does not conclude anything from missing answers.
    expect(probe.hear(30)).toEqual([]);
    expect(probe.machine.nextDeadline()).toBe(20 + pause);
    const [again] = probe.do(20 + pause, { kind: 'tick' });
    expect(again).toMatchObject({ kind: 'mark', rloc: B, echo: true });
  });

  it('keeps nothing of a peer that it does not watch', () => {
    const probe = new Probe();
    expect(probe.hear(0, 5, true, C)).toEqual([]);
    expect(probe.machine.save()).toEqual([]);
  });

  it('a forgotten peer has no time-outs, and its nonce may be asked for again', () => {
    const draws = [5, 6, 5].map((n) => n << 8);
    const random = { u32: () => draws.shift()!, save: () => [0, 0, 0, 0] as const, restore: () => undefined };
    const machine = new EchoNonce(ECHO_NONCE_DEFAULTS, random);
    const out: EchoNonceOutput[] = [];
    for (const rloc of [A, B]) machine.handle(0, { kind: 'watch', rloc, canEcho: true }, out);
    machine.handle(1, { kind: 'header', rloc: A, echo: false }, out);
    machine.handle(2, { kind: 'header', rloc: B, echo: true, nonce: 1 }, out);
    expect(machine.nextDeadline()).toBe(1 + timeout);
    machine.handle(3, { kind: 'forget', rloc: A }, out);
    expect(machine.nextDeadline()).toBe(2 + pause);
    machine.handle(4, { kind: 'forget', rloc: B }, out);
    expect(machine.nextDeadline()).toBe(NEVER);
    machine.handle(5, { kind: 'watch', rloc: C, canEcho: true }, out);
    expect(out.at(-1)).toMatchObject({ rloc: C, nonce: 5 });
  });

  it('many peers run out in the order of their times, whatever happened in between', () => {
    const probe = new Probe();
    const peers = Array.from({ length: 20 }, (_, i) => ({ ...A, w0: A.w0 + i }));
    for (const rloc of peers) probe.watch(rloc);
    for (const [i, rloc] of peers.entries()) probe.hear(100 - i, undefined, false, rloc);
    // Half of them ask, and have no time-out any more.
    for (const rloc of peers.filter((_, i) => i % 2 === 0)) probe.hear(200, 9, true, rloc);
    const downs: number[] = [];
    for (let now = timeout; now < timeout + 200; now++) {
      for (const output of probe.do(now, { kind: 'tick' }))
        if (output.kind === 'path') downs.push(output.rloc.w0 - A.w0);
    }
    expect(new Set(downs)).toEqual(new Set(peers.flatMap((_, i) => (i % 2 === 1 ? [i] : []))));
    expect(probe.machine.nextDeadline()).toBe(200 + pause);
  });

  it('two that ask each other at once serve each other, and neither takes the path for down', () => {
    const [left, right] = [new Probe(), new Probe()];
    let toRight: EchoNonceOutput = { kind: 'mark', rloc: B, nonce: left.watch(B)!, echo: true };
    let toLeft: EchoNonceOutput = { kind: 'mark', rloc: A, nonce: right.watch(A)!, echo: true };
    const served = new Set<boolean>();
    for (let now = 0; now < seconds(60); now += seconds(1)) {
      const l = left.do(now, { ...toLeft, kind: 'header', rloc: B } as EchoNonceInput);
      const r = right.do(now, { ...toRight, kind: 'header', rloc: A } as EchoNonceInput);
      expect([...l, ...r].filter(({ kind }) => kind === 'path')).toEqual([]);
      toRight = l.at(-1) ?? toRight;
      toLeft = r.at(-1) ?? toLeft;
      served.add(!(toRight as { echo: boolean }).echo);
    }
    expect(served).toEqual(new Set([true, false]));
  });

  it('an answer that comes while it serves the other side counts', () => {
    const probe = new Probe();
    const nonce = probe.watch();
    probe.hear(0);
    probe.do(timeout, { kind: 'tick' });
    probe.hear(timeout + 1, 0xabc, true);
    expect(probe.hear(timeout + 2, nonce)).toEqual([{ kind: 'path', rloc: B, isUp: true }]);
  });

  it('restore(save()) is indistinguishable from no interruption', () => {
    const probe = new Probe();
    probe.watch();
    probe.hear(5);
    const other = new Probe();
    other.machine.restore(structuredClone(probe.machine.save()));
    expect(other.do(5 + timeout, { kind: 'tick' })).toEqual(probe.do(5 + timeout, { kind: 'tick' }));
  });
});
