import { describe, expect, it } from 'vitest';
import { ipv4 } from '../../src/base/ip.ts';
import { ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { ReplyLimiter } from '../../src/roles/reply-limiter.ts';
import { eid } from '../support/messages.ts';

const TO = ip('10.0.0.1');
const EID = eid('10.1.0.0/16');

describe('CP-21 the reply limiter', () => {
  it('over a long time lets one reply through per 3 s, however often it is asked', () => {
    const limiter = new ReplyLimiter('eid-prefix');
    let passed = 0;
    for (let i = 0; i < 30_000; i++) if (limiter.take(i * 10_000, TO, EID)) passed++;
    expect(passed).toBe(100 + 2);
  });

  it('a bucket that rested is full again, never fuller', () => {
    const limiter = new ReplyLimiter('eid-prefix');
    for (let i = 0; i < 3; i++) expect(limiter.take(0, TO, EID)).toBe(true);
    expect(limiter.take(0, TO, EID)).toBe(false);
    const later = seconds(1000);
    for (let i = 0; i < 3; i++) expect(limiter.take(later, TO, EID)).toBe(true);
    expect(limiter.take(later, TO, EID)).toBe(false);
  });

  it('remembers no more than 4096 pairs; the rest is refused until some are forgotten (T8)', () => {
    const limiter = new ReplyLimiter('eid-prefix');
    let passed = 0;
    for (let i = 0; i < 5000; i++) if (limiter.take(0, ipv4(i), EID)) passed++;
    expect(passed).toBe(4096);
    expect(limiter.save()).toHaveLength(4096);
    expect(limiter.take(seconds(3), ipv4(9999), EID)).toBe(true);
    expect(limiter.save()).toHaveLength(1);
  });
});
