// What RIP knows, as IOS prints it.
import { describe, expect, it } from 'vitest';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { debugLine } from '../../src/ios/debug.ts';
import { runShow } from '../../src/ios/show/show.ts';
import type { RipView } from '../../src/router/view.ts';
import { viewOf } from './lab-view.ts';
import { read } from './read.ts';

const CONFIG = `hostname r1
interface FastEthernet0/0
 ip address 10.0.1.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.1 255.255.255.252
router lisp
 ipv4 proxy-itr 10.0.1.1
 ipv4 itr map-resolver 10.0.1.2
 ipv4 proxy-itr advertise 192.168.0.0/16
 map-cache 192.168.0.0/16 map-request
 exit
router rip
 version 2
 network 10.0.0.0
 passive-interface FastEthernet0/1
 redistribute static
 timers basic 10 30 40
`;

const rip: RipView = {
  nextUpdate: seconds(107),
  interfaces: [
    { name: 'FastEthernet0/0', passive: false },
    { name: 'FastEthernet0/1', passive: true },
  ],
  routes: [
    { prefix: cidr('0.0.0.0/0'), how: 'static', metric: 0, interfaceName: 'FastEthernet0/0' },
    {
      prefix: cidr('4.4.4.4/32'),
      how: 'learned',
      metric: 2,
      gateway: ip('10.0.1.2'),
      interfaceName: 'FastEthernet0/0',
      heard: seconds(88),
    },
    {
      prefix: cidr('5.5.5.5/32'),
      how: 'learned',
      metric: 16,
      gateway: ip('10.0.1.2'),
      interfaceName: 'FastEthernet0/0',
      heard: seconds(60),
    },
    { prefix: cidr('10.0.1.0/30'), how: 'connected', metric: 0, interfaceName: 'FastEthernet0/0' },
    { prefix: cidr('192.168.0.0/16'), how: 'proxy-itr', metric: 0 },
  ],
  neighbours: [{ address: ip('10.0.1.2'), heard: seconds(88) }],
};

function show(command: string, view: RipView | undefined = rip): string[] {
  const shown = runShow(viewOf(read(CONFIG).options, { rip: () => view }), seconds(100), command);
  if (!shown.ok) throw new Error(shown.error.message);
  return shown.value;
}

describe('show', () => {
  it('ip rip database: own routes with their origin, learned ones with their way and age', () => {
    expect(show('show ip rip database')).toEqual([
      '0.0.0.0/0    redistributed',
      '4.4.4.4/32',
      '    [2] via 10.0.1.2, 00:00:12, FastEthernet0/0',
      '5.5.5.5/32 is possibly down',
      '10.0.1.0/30    directly connected, FastEthernet0/0',
      '192.168.0.0/16    proxy-itr advertise',
    ]);
  });

  it('ip protocols: timers, networks, passive interfaces and who told routes', () => {
    expect(show('show ip protocols')).toEqual([
      'Routing Protocol is "rip"',
      '  Sending updates every 10 seconds, next due in 7 seconds',
      '  Invalid after 30 seconds, flushed after 40',
      '  Redistributing: static, rip',
      '  Advertising EID aggregates: 192.168.0.0/16',
      '  Default version control: send version 2, receive version 2',
      '  Routing for Networks:',
      '    10.0.0.0',
      '  Passive Interface(s):',
      '    FastEthernet0/1',
      '  Routing Information Sources:',
      '    Gateway         Distance      Last Update',
      '    10.0.1.2             120      00:00:12',
      '  Distance: (default is 120)',
    ]);
  });

  it('a router without RIP has nothing to show', () => {
    const empty = viewOf(read('').options);
    for (const command of ['show ip rip database', 'show ip protocols']) {
      expect(runShow(empty, 0, command)).toEqual({ ok: true, value: [] });
    }
  });

  it('ip route: a learned route has its metric, an aggregate leads to Null0', () => {
    const view = viewOf(read(CONFIG).options, {
      routes: () => [
        {
          prefix: cidr('4.4.4.4/32'),
          source: 'learned',
          distance: 120,
          metric: 2,
          gateway: ip('10.0.1.2'),
          interfaceName: 'FastEthernet0/0',
        },
        { prefix: cidr('192.168.0.0/16'), source: 'aggregate', distance: 5 },
      ],
    });
    const shown = runShow(view, 0, 'show ip route');
    expect(shown.ok && shown.value.slice(-2)).toEqual([
      'R     4.4.4.4/32 [120/2] via 10.0.1.2, FastEthernet0/0',
      'l     192.168.0.0/16 is directly connected, Null0',
    ]);
  });
});

describe('debug ip rip', () => {
  const line = (event: string, fields: Record<string, string | number>): string | undefined =>
    debugLine(seconds(31), { source: 'rip', event, fields }, ['rip'])?.replace(
      /^\*Mar {2}1 00:00:31\.000: /,
      '',
    );

  it.each([
    ['request-sent', { interface: 'eth0' }, 'RIP: sending general request on eth0 to 224.0.0.9'],
    ['request-answered', { to: '10.0.1.2' }, 'RIP: answering the request of 10.0.1.2'],
    [
      'update-sent',
      { interface: 'eth0', why: 'periodic', routes: 3 },
      'RIP: sending v2 periodic update to 224.0.0.9 via eth0, routes 3',
    ],
    [
      'update-received',
      { from: '10.0.1.2', interface: 'eth0', routes: 3 },
      'RIP: received v2 update from 10.0.1.2 on eth0, routes 3',
    ],
    [
      'route-learned',
      { prefix: '4.4.4.4/32', via: '10.0.1.2', metric: 2 },
      'RIP: 4.4.4.4/32 via 10.0.1.2 in 2 hops',
    ],
    [
      'route-lost',
      { prefix: '4.4.4.4/32', via: '10.0.1.2', why: 'timed-out' },
      'RIP: 4.4.4.4/32 via 10.0.1.2 is lost: timed out',
    ],
    ['route-forgotten', { prefix: '4.4.4.4/32' }, 'RIP: 4.4.4.4/32 is forgotten'],
    [
      'advertised',
      { prefix: '192.168.0.0/16', how: 'proxy-itr' },
      'RIP: advertising 192.168.0.0/16, proxy-itr',
    ],
    [
      'withdrawn',
      { prefix: '192.168.0.0/16', how: 'proxy-itr' },
      'RIP: no longer advertising 192.168.0.0/16, proxy-itr',
    ],
  ])('%s', (event, fields, text) => {
    expect(line(event, fields)).toBe(text);
  });

  it('says nothing while another topic is on', () => {
    const event = { source: 'rip', event: 'route-forgotten', fields: {} };
    expect(debugLine(0, event, ['forwarding packets'])).toBeUndefined();
  });
});
