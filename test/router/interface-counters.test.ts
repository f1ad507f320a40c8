// Packets of each interface, held against what the links of the network saw.
import { expect, it } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import { isKind } from '../../src/sim/record.ts';
import { enter, openShell } from '../sim/shell-session.ts';
import { example, type LabNet } from './lab-net.ts';

interface Seen {
  packets: number;
  bytes: number;
}

/** What the links took from an interface and brought to it. */
function seenAt(net: LabNet, node: string, interfaceName: string): { input: Seen; output: Seen } {
  const seen = { input: { packets: 0, bytes: 0 }, output: { packets: 0, bytes: 0 } };
  const add = (where: Seen, bytes: Uint8Array): void => {
    where.packets++;
    where.bytes += bytes.length;
  };
  const frames = new Map(net.records.filter(isKind('frame')).map(({ frame }) => [frame.number, frame]));
  for (const { link, direction, bytes } of frames.values()) {
    const from = net.network.links[link]!.from(direction);
    if (from.node === node && from.interfaceName === interfaceName) add(seen.output, bytes);
  }
  for (const { frame: number, cut } of net.records.filter(isKind('arrival'))) {
    const { link, direction, bytes } = frames.get(number)!;
    const to = net.network.links[link]!.to(direction);
    if (!cut && to.node === node && to.interfaceName === interfaceName) add(seen.input, bytes);
  }
  return seen;
}

const ROUTERS = ['lisp1', 'mapserver', 'outsideworld'];

it.each(['pxtr', 'pxtr-v6'])('in %s each interface counts what its link carried', (name) => {
  const net = example(name);
  if (name === 'pxtr') net.ping('lisp1', '4.4.4.4', '192.168.1.1');
  else net.ping('lisp1', '2001:db8:4::4', '2001:db8:1::1');
  for (const node of ROUTERS) {
    const router = net.router(node);
    for (const interfaceName of router.interfaces) {
      const { input, output } = router.interfaceCounts(interfaceName);
      expect({ input, output }, `${node} ${interfaceName}`).toEqual(seenAt(net, node, interfaceName));
    }
  }
  expect(net.router('mapserver').interfaceCounts('FastEthernet0/0').output.packets).toBeGreaterThan(4);
});

it('a packet that is dropped counts where it came in', () => {
  const net = example('pxtr');
  const drops = (): number[] => {
    const router = net.router('mapserver');
    return router.interfaces.map((each) => router.interfaceCounts(each).inputDrops);
  };
  const before = drops();
  expect(net.ping('lisp1', '4.4.4.4', '192.168.1.1', { count: 2 }).marks).toBe('.!');
  const toWorld = net.router('mapserver').interfaces.indexOf('FastEthernet1/0');
  expect(drops()).toEqual(before.map((count, i) => (i === toWorld ? count + 1 : count)));
});

it('an interface that is shut down takes nothing, and its drops say so', () => {
  const net = example('pxtr');
  net.onRouter('lisp1', (router, out, now) => {
    const interfaces = router.options.interfaces.map((each) => ({
      ...each,
      shutdown: each.name === 'FastEthernet0/0',
    }));
    router.configure(now, { ...router.options, interfaces }, out);
  });
  const { input, inputDrops } = net.router('lisp1').interfaceCounts('FastEthernet0/0');
  net.ping('mapserver', '10.0.1.2', undefined, { count: 3, timeout: seconds(1) });
  const after = net.router('lisp1').interfaceCounts('FastEthernet0/0');
  expect(after.input).toEqual(input);
  expect(after.inputDrops).toBe(inputDrops + 3);
});

it('counts outlive a restart from a saved state, and begin anew when they are cleared', () => {
  const net = example('pxtr');
  net.ping('lisp1', '4.4.4.4', '192.168.1.1');
  const router = net.router('mapserver');
  const counts = (): unknown[] => router.interfaces.map((each) => router.interfaceCounts(each));
  const before = counts();
  const state = structuredClone(router.save());
  router.clearInterfaceCounts(net.network.now, 'FastEthernet0/0');
  const none = { packets: 0, bytes: 0 };
  const cleared = { input: none, output: none, inputDrops: 0, clearedAt: net.network.now };
  expect(router.interfaceCounts('FastEthernet0/0')).toEqual(cleared);
  expect(counts().slice(2)).toEqual(before.slice(2));
  router.clearInterfaceCounts(net.network.now);
  expect(counts()).toEqual(before.map(() => cleared));
  router.restore(state);
  expect(counts()).toEqual(before);
});

it('going back in time takes counts and the clearing of them back', () => {
  const shell = openShell('pxtr');
  const show = (): readonly string[] => enter(shell, 'show interfaces FastEthernet0/0').lines;
  const { timeline } = shell.lab;
  const [start, before] = [timeline.event, show()];
  enter(shell, 'ping 4.4.4.4 source Loopback0');
  const pinged = timeline.event;
  const after = show();
  expect(after).not.toEqual(before);
  enter(shell, 'clear counters FastEthernet0/0');
  expect(show()).toContain('     0 packets input, 0 bytes');
  expect(show()).toContain('  Last clearing of "show interface" counters 00:00:00');
  timeline.goTo(pinged);
  expect(show()).toEqual(after);
  timeline.goTo(start);
  expect(show()).toEqual(before);
});
