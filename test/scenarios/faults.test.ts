// Bad links and bad packets: the system comes up all the same, and every packet is accounted for.
import { describe, expect, test } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import type { LinkCounters } from '../../src/sim/link.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { counterOf, registeredEids } from '../../src/sim/lab-expect.ts';
import { isKind } from '../../src/sim/record.ts';
import { lab, type Edits } from './support.ts';

const LOSS: Edits = {
  'lab.yaml': [
    ['delay: 1ms }', 'delay: 1ms, loss: 20% }'],
    ['delay: 1ms }', 'delay: 1ms, loss: 20% }'],
    ['delay: 1ms }', 'delay: 1ms, loss: 20% }'],
    [
      'run:\n',
      `run:
  - { at: 0, garbage: mapserver FastEthernet0/0, port: 4342, rate: 50, for: 120s }
  - { at: 0, garbage: lisp1 FastEthernet0/0, port: 4342, rate: 20, for: 120s }
  - { at: 0, garbage: lisp2 FastEthernet0/0, port: 4341, rate: 20, for: 120s }
`,
    ],
  ],
};

function linkCounters(run: Lab): LinkCounters[] {
  return run.timeline.network.links.flatMap((link) => [link.counters(0), link.counters(1)]);
}

/** Each packet on a link has one fate; each packet out of a node was counted by its data plane, and the reverse. */
function expectAccounted(run: Lab): void {
  for (const c of linkCounters(run)) {
    expect(c.sent).toBe(c.delivered + c.lost + c.tooBig + c.down + c.inFlight);
  }
  const frames = run.timeline.records.filter(isKind('frame'));
  const sent = linkCounters(run).reduce((sum, c) => sum + c.sent, 0);
  expect(sent).toBe(frames.length);
  for (const name of run.nodeNames) {
    const router = run.router(name)!;
    const out = frames.filter(({ node, frame }) => node === name && !frame.injected).length;
    expect(counterOf(router, 'native') + counterOf(router, 'encapsulated')).toBe(out);
    const { received, native, encapsulated, punted, dropped } = router.forwarding();
    expect(received.packets).toBe(native.packets + encapsulated.packets + punted + dropped);
  }
}

describe.each([1, 2, 3])('seed %i: a fifth of all packets lost and garbage on the LISP ports', (seed) => {
  test('within 120 s all sites are registered and a ping succeeds', () => {
    const run = lab('pxtr', LOSS, { seed });
    run.run(seconds(60));
    for (let attempt = 0; attempt < 3; attempt++) {
      run.type('lisp1', 'ping 4.4.4.4 source Loopback0 repeat 10');
      run.run(run.now + seconds(20));
    }
    expect(run.now).toBe(seconds(120));
    expect(registeredEids(run.router('mapserver')!)).toEqual(['192.168.1.1/32', '192.168.2.1/32']);
    expect(run.pings().some(({ result }) => result.received > 0)).toBe(true);
    expectAccounted(run);
  });
});

test('without faults every packet is accounted for as well', () => {
  const run = lab('pxtr');
  run.run(seconds(200));
  expectAccounted(run);
  expect(linkCounters(run).every(({ lost, tooBig, down }) => lost + tooBig + down === 0)).toBe(true);
});

test('a site whose link goes down is forgotten by the Map-Server and comes back when the link does', () => {
  const run = lab('pxtr');
  run.input(seconds(20), { kind: 'link', link: 'lisp2-mapserver', change: { up: false } });
  run.run(seconds(300));
  expect(registeredEids(run.router('mapserver')!)).toEqual(['192.168.1.1/32']);
  run.input(run.now, { kind: 'link', link: 'lisp2-mapserver', change: { up: true } });
  run.run(seconds(420));
  expect(registeredEids(run.router('mapserver')!)).toEqual(['192.168.1.1/32', '192.168.2.1/32']);
  expectAccounted(run);
});

test('configuration lines typed on the way take effect, and so does their going back', () => {
  const run = lab('pxtr');
  run.input(seconds(20), { kind: 'config', node: 'mapserver', lines: ['router lisp', ' no site site2'] });
  run.run(seconds(25));
  expect(run.show('mapserver', 'show lisp site')).not.toContain('site2');
  run.timeline.goTo(5);
  expect(run.show('mapserver', 'show lisp site')).toContain('site2');
});
