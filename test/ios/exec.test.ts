import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { millis, seconds } from '../../src/base/time.ts';
import { formatConfigError } from '../../src/ios/config-error.ts';
import { parseExec, type ExecCommand } from '../../src/ios/exec.ts';
import { formatPing } from '../../src/ios/ping-text.ts';
import type { PingRequest } from '../../src/router/node.ts';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';

const { options } = read(LAB.lisp1);

function run(text: string): ExecCommand {
  const result = parseExec(text, options);
  if (result.ok) return result.value;
  throw new Error(formatConfigError(result.error, 'exec'));
}

const PING: PingRequest = { destination: ip('4.4.4.4'), count: 5, size: 100, timeout: seconds(2) };

describe('ping', () => {
  it('has the defaults of IOS', () => {
    expect(run('ping 4.4.4.4')).toEqual({ kind: 'ping', request: PING });
  });

  it.each(['source Loopback0', 'sou lo0', 'source loopback 0', 'source 192.168.1.1'])(
    'takes %s',
    (source) => {
      expect(run(`ping 4.4.4.4 ${source}`)).toEqual({
        kind: 'ping',
        request: { ...PING, source: ip('192.168.1.1') },
      });
    },
  );

  it('takes its options in any order', () => {
    const request = { ...PING, count: 3, size: 1400, timeout: seconds(1), source: ip('10.0.1.2') };
    expect(run('ping ip 4.4.4.4 timeout 1 size 1400 source fa0/0 repeat 3')).toEqual({
      kind: 'ping',
      request,
    });
    expect(run('pi 4.4.4.4 r 3 ti 1 si 1400 so fa0/0')).toEqual({ kind: 'ping', request });
  });

  it.each([
    ['ping 4.4.4.4 source 10.9.9.9', 'not on any of our up interfaces'],
    ['ping 4.4.4.4 source lo7', 'Unknown source interface'],
    ['ping 2001:db8::1 source lo0', 'no IPv6 address'],
    ['ping ipv6 4.4.4.4', 'Family mismatch'],
    ['ping', 'Incomplete command'],
    ['ping 4.4.4.4 repeat 0', 'out of range'],
    ['ping 4.4.4.4 repeat 2 repeat 3', 'given already'],
    ['pong 4.4.4.4', 'did you mean "ping"?'],
    ['show ip lisp mapcache', 'did you mean "map-cache"?'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => run(text)).toThrow(reason);
  });
});

describe('other commands', () => {
  it('show is handed on as it is', () => {
    expect(run('sh ip lisp map-c')).toEqual({ kind: 'show', text: 'sh ip lisp map-c' });
  });

  it('configure takes lines after semicolons', () => {
    expect(run('conf t ; no ip route 0.0.0.0 0.0.0.0 10.0.1.1 ; hostname x')).toEqual({
      kind: 'configure',
      text: ' no ip route 0.0.0.0 0.0.0.0 10.0.1.1 \n hostname x',
    });
    expect(run('configure terminal')).toEqual({ kind: 'configure', text: '' });
  });
});

describe('the text of a ping', () => {
  const result = { request: PING, marks: '.!!!!', sent: 5, received: 4, times: [4, 4, 4, 4].map(millis) };

  it('is that of IOS', () => {
    expect(formatPing({ ...PING, source: ip('192.168.1.1') }, result)).toEqual([
      'Type escape sequence to abort.',
      'Sending 5, 100-byte ICMP Echos to 4.4.4.4, timeout is 2 seconds:',
      'Packet sent with a source address of 192.168.1.1',
      '.!!!!',
      'Success rate is 80 percent (4/5), round-trip min/avg/max = 4/4/4 ms',
    ]);
  });

  it('names no source that was not asked for, and no times without replies', () => {
    const lost = { ...result, marks: '.....', received: 0, times: [] };
    expect(formatPing(PING, lost).slice(2)).toEqual(['.....', 'Success rate is 0 percent (0/5)']);
  });

  it('rounds, and never below one millisecond', () => {
    const times = [100, 2_400, 5_600];
    expect(formatPing(PING, { ...result, times }).at(-1)).toContain('min/avg/max = 1/3/6 ms');
  });

  it('breaks the marks after 70', () => {
    const marks = '!'.repeat(100);
    expect(formatPing(PING, { ...result, marks }).slice(2, 4)).toEqual(['!'.repeat(70), '!'.repeat(30)]);
  });
});
