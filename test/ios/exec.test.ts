import { describe, expect, it } from 'vitest';
import { cidr, ip } from '../../src/base/ip-text.ts';
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

  it('takes df-bit, and says so', () => {
    const request = { ...PING, size: 1500, dontFragment: true };
    expect(run('ping 4.4.4.4 size 1500 df-bit')).toEqual({ kind: 'ping', request });
    expect(run('ping 4.4.4.4 df si 1500')).toEqual({ kind: 'ping', request });
    expect(formatPing(request, { request, marks: 'M', sent: 1, received: 0, times: [] })).toEqual([
      'Type escape sequence to abort.',
      'Sending 5, 1500-byte ICMP Echos to 4.4.4.4, timeout is 2 seconds:',
      'Packet sent with the DF bit set',
      'M',
      'Success rate is 0 percent (0/1)',
    ]);
  });

  it.each([
    ['ping 2001:db8::1 df-bit', 'IPv6 has no DF bit'],
    ['ping 4.4.4 df-bit', '4.4.4 is not an address'],
    ['ping outside', 'Unrecognized host or address'],
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

describe('a node by its name', () => {
  const hosts = [
    { name: 'core', addresses: [ip('10.0.255.1'), ip('2001:db8::1'), ip('10.0.1.1')] },
    { name: 'six', addresses: [ip('2001:db8::6')] },
    { name: 'Core', addresses: [ip('10.0.255.2')] },
  ];
  const named = (text: string, own = options): ExecCommand => {
    const result = parseExec(text, own, { hosts });
    if (result.ok) return result.value;
    throw new Error(formatConfigError(result.error, 'exec'));
  };
  const both = read(
    'interface Loopback0\n ip address 10.9.9.9 255.255.255.255\n ipv6 address 2001:db8::9/128',
  ).options;

  it.each([
    ['ping core', '10.0.255.1'],
    ['ping Core', '10.0.255.2'],
    ['ping CORE', '10.0.255.1'],
    ['ping ip core', '10.0.255.1'],
    ['traceroute core', '10.0.255.1'],
    ['trace ip core', '10.0.255.1'],
    ['ping ipv6 core', '2001:db8::1'],
    ['ping six', '2001:db8::6'],
    ['traceroute ipv6 six', '2001:db8::6'],
    ['ping core source 2001:db8::9', '2001:db8::1'],
  ])('%s goes to %s', (text, destination) => {
    expect(named(text, both)).toMatchObject({ request: { destination: ip(destination) } });
  });

  it.each([
    ['ping cor', 'did you mean "core"?'],
    ['ping elsewhere', 'nodes are: core, six, Core'],
    ['ping six', 'six has no IPv4 address'],
    ['traceroute ip six', 'six has no IPv4 address'],
  ])('%s is refused at a node without IPv6: %s', (text, reason) => {
    expect(() => named(text)).toThrow(reason);
  });
});

describe('traceroute', () => {
  const request = {
    destination: ip('4.4.4.4'),
    probes: 3,
    minTtl: 1,
    maxTtl: 30,
    timeout: seconds(3),
  };

  it('has the defaults of IOS', () => {
    expect(run('traceroute 4.4.4.4')).toEqual({ kind: 'traceroute', request });
    expect(run('trace 4.4.4.4')).toEqual({ kind: 'traceroute', request });
  });

  it('takes its options in any order', () => {
    expect(run('traceroute ip 4.4.4.4 ttl 2 9 timeout 1 source lo0 probe 1')).toEqual({
      kind: 'traceroute',
      request: {
        ...request,
        source: ip('192.168.1.1'),
        probes: 1,
        minTtl: 2,
        maxTtl: 9,
        timeout: seconds(1),
      },
    });
  });

  it.each([
    ['traceroute 4.4.4.4 ttl 5 3', 'Maximum TTL is less than minimum TTL'],
    ['traceroute 4.4.4.4 source 10.9.9.9', 'not on any of our up interfaces'],
    ['traceroute ipv6 4.4.4.4', 'Family mismatch'],
    ['traceroute 4.4.4.4 ttl 5', 'Incomplete command'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => run(text)).toThrow(reason);
  });
});

describe('lig', () => {
  const request = { eid: { instanceId: 0, address: ip('192.168.2.1') }, count: 3, timeout: seconds(2) };

  it('asks for an EID, of one Map-Resolver when it is named', () => {
    expect(run('lig 192.168.2.1')).toEqual({ kind: 'lig', request });
    expect(run('lig 192.168.2.1 count 5 to 10.0.1.1')).toEqual({
      kind: 'lig',
      request: { ...request, count: 5, mapResolver: ip('10.0.1.1') },
    });
  });

  it('self is the own EID-Prefix', () => {
    const self = { ...request, eid: { instanceId: 0, address: ip('192.168.1.1') } };
    expect(run('lig self')).toEqual({ kind: 'lig', request: self });
    expect(run('lig self ipv4 count 1')).toEqual({ kind: 'lig', request: { ...self, count: 1 } });
    expect(() => run('lig self ipv6')).toThrow('No own EID-Prefix');
  });
});

describe('commands that change something', () => {
  it.each<[string, ExecCommand]>([
    ['clear ip lisp map-cache', { kind: 'clear-map-cache', family: 4 }],
    [
      'clear ipv6 lisp map 2001:db8::/32',
      { kind: 'clear-map-cache', family: 6, eid: { instanceId: 0, prefix: cidr('2001:db8::/32') } },
    ],
    ['clear ip lisp statistics', { kind: 'clear-statistics' }],
    ['clear ipv6 lisp statistics', { kind: 'clear-statistics' }],
    ['clear counters', { kind: 'clear-counters' }],
    ['clear count fa 0/0', { kind: 'clear-counters', interfaceName: 'FastEthernet0/0' }],
    ['trace add 10', { kind: 'trace', count: 10 }],
    ['clear trace', { kind: 'clear-trace' }],
    ['mon cap start', { kind: 'capture-start' }],
    ['monitor capture start interface fa 0/0', { kind: 'capture-start', interfaceName: 'FastEthernet0/0' }],
    ['monitor capture export "a b.pcapng"', { kind: 'capture-export', path: 'a b.pcapng' }],
    ['wr', { kind: 'save' }],
    ['copy run start', { kind: 'save' }],
    ['term len 0', { kind: 'nothing' }],
    ['dis', { kind: 'privilege', privileged: false }],
    ['en', { kind: 'privilege', privileged: true }],
    ['logout', { kind: 'leave' }],
  ])('%s', (text, command) => {
    expect(run(text)).toEqual(command);
  });

  it.each([
    ['clear ip lisp map-cache 2001:db8::/32', 'Family mismatch'],
    ['monitor capture start interface lo9', 'Unknown interface'],
    ['clear counters lo9', 'Unknown interface'],
    ['trace add 0', 'out of range'],
    ['reload', 'Invalid input'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => run(text)).toThrow(reason);
  });

  it.each(['conf t', 'clear ip lisp map-cache', 'clear counters', 'monitor capture stop', 'write memory'])(
    '%s needs privileges',
    (text) => {
      const parsed = parseExec(text, options, { privileged: false });
      expect(!parsed.ok && parsed.error.hint).toBe('this needs "enable" first');
      expect(parseExec(text, options).ok).toBe(true);
    },
  );
});

describe('clear lisp site', () => {
  const ofMapServer = (text: string): ExecCommand => {
    const result = parseExec(text, read(LAB.mapserver).options);
    if (result.ok) return result.value;
    throw new Error(formatConfigError(result.error, 'exec'));
  };
  const eid = { instanceId: 0, prefix: cidr('192.168.1.0/24') };

  it.each<[string, ExecCommand]>([
    ['clear lisp site *', { kind: 'clear-sites' }],
    ['clear lisp site site1', { kind: 'clear-sites', siteName: 'site1' }],
    ['cl li si 192.168.1.0/24', { kind: 'clear-sites', eid }],
    ['clear lisp site 192.168.1.0/24 instance-id 0', { kind: 'clear-sites', eid }],
    [
      'clear lisp site 192.168.1.64/26',
      { kind: 'clear-sites', eid: { ...eid, prefix: cidr('192.168.1.64/26') } },
    ],
  ])('%s', (text, command) => {
    expect(ofMapServer(text)).toEqual(command);
  });

  it.each([
    ['clear lisp site', 'Incomplete command'],
    ['clear lisp site site9', 'configured are: site1, site2'],
    ['clear lisp site 192.168.1.1', 'a prefix has a length, such as 192.168.1.1/32'],
    ['clear lisp site 192.168.0.0/16', 'No site has this EID-Prefix'],
    ['clear lisp site 192.168.1.0/24 instance-id 7', 'No site has this EID-Prefix'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => ofMapServer(text)).toThrow(reason);
  });
});

describe('filters', () => {
  it('are checked and taken off', () => {
    expect(run('show ip route | include a')).toEqual({ kind: 'show', text: 'show ip route' });
    expect(run('ping 4.4.4.4 | inc Success')).toEqual({ kind: 'ping', request: PING });
    expect(() => run('show ip route | include (')).toThrow('regular expression');
    expect(() => run('show ip route | ')).toThrow('Incomplete');
  });
});

describe('other commands', () => {
  it('show is handed on as it is', () => {
    expect(run('sh ip lisp map-c')).toEqual({ kind: 'show', text: 'sh ip lisp map-c' });
  });

  it('configure takes lines after semicolons', () => {
    expect(run('conf t ; no ip route 0.0.0.0 0.0.0.0 10.0.1.1 ; hostname x')).toEqual({
      kind: 'configure',
      lines: ['no ip route 0.0.0.0 0.0.0.0 10.0.1.1', 'hostname x'],
    });
    expect(run('configure terminal')).toEqual({ kind: 'configure', lines: [] });
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
