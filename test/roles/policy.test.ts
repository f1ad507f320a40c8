import { describe, expect, it } from 'vitest';
import { prefixPolicies } from '../../src/roles/policy.ts';
import { eid } from '../support/messages.ts';

const NONE = { itrSource: false, etrDestination: false, pitrDestination: false, petrSource: false };

describe('prefix policies', () => {
  it('one record per EID-Prefix unites its roles, in order of first mention', () => {
    const site = eid('192.168.1.0/24');
    const range = eid('192.168.0.0/16');
    expect(
      prefixPolicies(
        { sources: [site], destinations: [range, site] },
        { destinations: [site], sources: [eid('192.168.1.0/24', 7)] },
      ),
    ).toEqual([
      { ...NONE, eid: site, itrSource: true, etrDestination: true, pitrDestination: true },
      { ...NONE, eid: range, pitrDestination: true },
      { ...NONE, eid: eid('192.168.1.0/24', 7), petrSource: true },
    ]);
  });
});
