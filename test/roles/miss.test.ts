import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { NEVER, seconds } from '../../src/base/time.ts';
import type { Eid } from '../../src/mapping/eid.ts';
import { MissDecider, missConfig, type MissConfig } from '../../src/roles/miss.ts';
import { eid } from '../support/messages.ts';

const HOLD: MissConfig = { policy: 'hold', holdTotal: 2, holdTime: seconds(3) };

function address(text: string, instanceId = 0): Eid {
  return { instanceId, address: ip(text) };
}

describe('the miss policy', () => {
  it('DP-36 drop holds nothing', () => {
    const miss = new MissDecider({ ...HOLD, policy: 'drop' });
    expect(miss.offer(0, address('4.4.4.4'))).toBe('miss-policy');
    expect(miss.nextDeadline()).toBe(NEVER);
  });

  it('DP-36 hold keeps one packet per EID', () => {
    const miss = new MissDecider(HOLD);
    expect(miss.offer(0, address('4.4.4.4'))).toBe('hold');
    expect(miss.offer(0, address('4.4.4.4'))).toBe('held-full');
    expect(miss.offer(0, address('4.4.4.4', 7))).toBe('hold');
  });

  it('hold never keeps more packets than its budget', () => {
    const miss = new MissDecider(HOLD);
    miss.offer(0, address('4.4.4.1'));
    miss.offer(0, address('4.4.4.2'));
    expect(miss.offer(0, address('4.4.4.3'))).toBe('held-full');
    miss.giveUp(address('4.4.4.1'));
    expect(miss.offer(0, address('4.4.4.3'))).toBe('hold');
  });

  it('a mapping releases what it covers, oldest first, and nothing else', () => {
    const miss = new MissDecider({ ...HOLD, holdTotal: 9 });
    for (const text of ['10.1.0.2', '10.2.0.1', '10.1.0.1']) miss.offer(0, address(text));
    miss.offer(0, address('10.1.0.3', 5));
    expect(miss.release(eid('10.1.0.0/16'))).toEqual([address('10.1.0.2'), address('10.1.0.1')]);
    expect(miss.release(eid('10.1.0.0/16'))).toEqual([]);
    expect(miss.size).toBe(2);
  });

  it('a packet is held for 3 s and not longer', () => {
    const miss = new MissDecider(HOLD);
    miss.offer(seconds(1), address('4.4.4.4'));
    expect(miss.nextDeadline()).toBe(seconds(4));
    expect(miss.expire(seconds(4) - 1)).toEqual([]);
    expect(miss.expire(seconds(4))).toEqual([address('4.4.4.4')]);
    expect(miss.offer(seconds(4), address('4.4.4.4'))).toBe('hold');
  });

  it('giving up says whether there was a packet', () => {
    const miss = new MissDecider(HOLD);
    miss.offer(0, address('4.4.4.4'));
    expect(miss.giveUp(address('4.4.4.4'))).toBe(true);
    expect(miss.giveUp(address('4.4.4.4'))).toBe(false);
  });

  it('the default budget is a quarter of the buffers, at most 256', () => {
    expect(missConfig('hold', 128).holdTotal).toBe(32);
    expect(missConfig('hold', 4096)).toEqual({ policy: 'hold', holdTotal: 256, holdTime: seconds(3) });
  });

  it('restore(save()) is invisible at every step', () => {
    const step = fc.record({ what: fc.nat(3), host: fc.nat(7), after: fc.nat(1_500_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let one = new MissDecider({ ...HOLD, holdTotal: 4 });
        const other = new MissDecider({ ...HOLD, holdTotal: 4 });
        let now = 0;
        for (const { what, host, after } of steps) {
          now += after;
          const to = address(`10.0.0.${host}`);
          const run = (miss: MissDecider): unknown => {
            if (what === 0) return miss.offer(now, to);
            if (what === 1) return miss.expire(now);
            return what === 2 ? miss.release(eid('10.0.0.0/30')) : miss.giveUp(to);
          };
          expect(run(one)).toEqual(run(other));
          expect(one.nextDeadline()).toBe(other.nextDeadline());
          const copy = new MissDecider({ ...HOLD, holdTotal: 4 });
          copy.restore(structuredClone(one.save()));
          one = copy;
        }
      }),
    );
  });
});
