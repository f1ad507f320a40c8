import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { formatEidPrefix } from '../../src/mapping/eid.ts';
import type { LigResult, NodeOutput } from '../../src/router/node.ts';
import { ACTION_NATIVELY_FORWARD } from '../../src/mapping/action.ts';
import { example } from './lab-net.ts';

function told({ outcome, from, mapResolver, mappings, roundTrip }: LigResult) {
  return { outcome, from, mapResolver, roundTrip, eids: mappings.map(({ eid }) => formatEidPrefix(eid)) };
}

describe('lig', () => {
  it('asks the configured Map-Resolver; the ETR of the other site answers', () => {
    const net = example('two-sites');
    expect(told(net.lig('lisp1', '192.168.2.1'))).toEqual({
      outcome: 'answered',
      from: ip('10.0.2.2'),
      mapResolver: ip('10.0.1.1'),
      // There and back over two links of 1 ms.
      roundTrip: 4000,
      eids: ['192.168.2.1/32'],
    });
  });

  it('installs nothing in the Map-Cache and lets no held packet go', () => {
    const net = example('two-sites');
    const before = net.router('lisp1').mapCache(4);
    net.lig('lisp1', '192.168.2.1');
    expect(net.router('lisp1').mapCache(4)).toEqual(before);
    // The ITR never saw the answer: it would have refused a nonce that it did not send.
    expect([...net.router('lisp1').control()].map(([name]) => name)).not.toContain('drop:unknown-nonce');
  });

  it('of an EID that is nobody’s gives the negative answer', () => {
    const result = example('pxtr').lig('lisp1', '4.4.4.4');
    expect(told(result)).toMatchObject({ outcome: 'answered', from: ip('10.0.1.1'), eids: ['0.0.0.0/1'] });
    expect(result.mappings[0]).toMatchObject({ action: ACTION_NATIVELY_FORWARD, locators: [] });
  });

  it('of the own EID comes back from the own ETR, by way of the Map-Server (lig self)', () => {
    const result = example('two-sites').lig('lisp1', '192.168.1.1');
    expect(told(result)).toMatchObject({
      outcome: 'answered',
      from: ip('10.0.1.2'),
      eids: ['192.168.1.1/32'],
    });
    expect(result.roundTrip).toBe(2000);
  });

  it('works on the Map-Resolver itself, and on a router that knows nothing of LISP', () => {
    const net = example('two-sites');
    const asked = { mapResolver: ip('10.0.255.1') };
    expect(told(net.lig('mapserver', '192.168.2.1', asked))).toMatchObject({ from: ip('10.0.2.2') });
    expect(told(net.lig('mapserver', '4.4.4.4', asked))).toMatchObject({ roundTrip: 0, eids: ['0.0.0.0/1'] });
    expect(told(net.lig('outsideworld', '192.168.1.1', asked))).toMatchObject({
      outcome: 'answered',
      from: ip('10.0.1.2'),
      eids: ['192.168.1.1/32'],
    });
  });

  it('without a Map-Resolver, or a way to it, there is nobody to ask', () => {
    const net = example('two-sites');
    expect(net.lig('outsideworld', '192.168.1.1')).toMatchObject({ outcome: 'nobody-to-ask', sent: 0 });
    const mapResolver = ip('2001:db8::1');
    expect(net.lig('lisp1', '192.168.2.1', { mapResolver })).toMatchObject({ outcome: 'nobody-to-ask' });
  });

  it('a Map-Resolver that does not answer is asked so often, so long apart', () => {
    const net = example('two-sites');
    const start = net.network.now;
    const result = net.lig('lisp1', '192.168.2.1', {
      mapResolver: ip('10.0.3.2'),
      count: 2,
      timeout: seconds(3),
    });
    expect(result).toMatchObject({ outcome: 'unanswered', sent: 2, mappings: [] });
    expect(net.network.now - start).toBe(seconds(6));
  });

  it('a router saved while it waits gets the answer after it is restored', () => {
    const net = example('two-sites');
    const out: NodeOutput[] = [];
    const request = { eid: { instanceId: 0, address: ip('192.168.2.1') }, count: 3, timeout: seconds(2) };
    net.onRouter('lisp1', (router, sent, now) => {
      router.lig(now, request, sent);
      const state = structuredClone(router.save());
      router.restore(state);
      out.push(...sent);
    });
    expect(out.some(({ kind }) => kind === 'transmit')).toBe(true);
    expect(net.until('lig-done').result).toMatchObject({ outcome: 'answered', roundTrip: 4000 });
  });
});
