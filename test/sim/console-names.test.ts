// Nodes by their names at the consoles of a lab, and pings that may not be fragmented.
import { describe, expect, it } from 'vitest';
import { labFile } from '../scenarios/support.ts';
import { ask, openShell, session } from './shell-session.ts';

const SCRIPT = `! By name, to the loopback.
ping outsideworld source Loopback0
traceroute outsideworld source Loopback0
ping lisp2 source Loopback0 repeat 2
! 36 bytes of LISP: a packet that is longer than 1464 bytes is fragmented, or not sent at all.
ping lisp2 source Loopback0 size 1464 df-bit repeat 2
ping lisp2 source Loopback0 size 1465 df-bit repeat 2
ping lisp2 source Loopback0 size 1465 repeat 2
ping mapserver size 1501 df-bit repeat 2
! On the way from outside it is the PITR that says what fits.
outsideworld#ping lisp1 source 4.4.4.4 size 1464 df-bit repeat 2
outsideworld#ping lisp1 source 4.4.4.4 size 1465 df-bit repeat 2
outsideworld#ping lisp1 source 4.4.4.4 size 1465 repeat 2
ping outsidewold
ping ipv6 outsideworld
ping out?
conf t ; hostname edge
outsideworld#ping edge source 4.4.4.4 repeat 1
outsideworld#ping lisp1 source 4.4.4.4 repeat 1
`;

it('a session', async () => {
  await expect(session(openShell(), SCRIPT)).toMatchFileSnapshot('goldens/console-names.txt');
});

it('Tab completes the name of a node', () => {
  expect(openShell().complete('ping outs')).toEqual({ line: 'ping outsideworld ', candidates: [] });
});

it('the name stands for the address that the node has now', () => {
  const shell = openShell();
  ask(shell, 'mapserver#conf t ; interface Loopback0 ; ip address 10.0.255.9 255.255.255.255');
  expect(ask(shell, 'ping mapserver repeat 1')).toContain('ICMP Echos to 10.0.255.9,');
  ask(shell, 'mapserver#conf t ; interface Loopback0 ; shutdown');
  expect(ask(shell, 'ping mapserver repeat 1')).toContain('ICMP Echos to 10.0.1.1,');
});

describe('steps of a lab file', () => {
  const labWith = (command: string): ReturnType<typeof labFile> =>
    labFile('pxtr', { 'lab.yaml': [['ping 4.4.4.4 source Loopback0', command]] });

  it('may name nodes', () => {
    expect(() => labWith('ping outsideworld source Loopback0')).not.toThrow();
  });

  it('that name a node which is none are refused', () => {
    expect(() => labWith('ping outsidewold')).toThrow('did you mean');
  });
});
