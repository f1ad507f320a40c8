// Routers send ten ICMP errors a second. What is not sent is counted, and told where one looks for it.
import { expect, it } from 'vitest';
import { ask, enter, openShell } from './shell-session.ts';

it('a probe that got no answer because of the limit says so: star, story, statistics, debug', () => {
  const shell = openShell();
  const trace = 'traceroute 4.4.4.4 source Loopback0 probe 10 ttl 1 1';
  enter(shell, 'console mapserver');
  enter(shell, 'debug lisp forwarding packets');
  enter(shell, 'console lisp1');
  const story = (lines: readonly string[]): string => lines.join('\n').replace(/\s+/g, ' ');
  enter(shell, 'story on');
  const all = story(enter(shell, trace).lines);
  expect(all).toContain('dropped by mapserver: ttl expired');
  expect(all).not.toContain('no ICMP error');
  const limited = enter(shell, trace).lines;
  expect(limited.join('\n')).toMatch(/^ +1 .*\*/m);
  expect(limited.join('\n')).toMatch(
    /^\[mapserver\] .*: No ICMP error to 192\.168\.1\.1, the limit in a second is reached$/m,
  );
  expect(story(limited).match(/no ICMP error is sent, the limit in a second is reached/g)).toHaveLength(1);
  enter(shell, 'console mapserver');
  expect(ask(shell, 'show ip lisp statistics')).toMatch(/^ {2}ICMP errors not sent \(limit\): +1$/m);
});
