// RIP version 2 as a machine: what it tells, what it learns, and when it lets go.
import { describe, expect, it } from 'vitest';
import { cidr } from '../../src/base/ip-text.ts';
import { NEVER, seconds } from '../../src/base/time.ts';
import type { RipOrigin } from '../../src/router/announce.ts';
import type { RipMessage } from '../../src/wire/rip.ts';
import { config, connected, port, response, RipDriver, route } from './rip-driver.ts';

const AGGREGATE: RipOrigin = { prefix: cidr('192.168.0.0/16'), how: 'proxy-itr' };

/** On two links, past its first words. */
function running(...origins: readonly RipOrigin[]): RipDriver {
  const driver = new RipDriver();
  driver.configure(config([port(1), port(2)], [connected(1), connected(2), ...origins]));
  driver.until(10);
  return driver;
}

describe('telling', () => {
  it('begins with a request and the own routes, a link not being told of itself', () => {
    const driver = new RipDriver();
    expect(driver.configure(config([port(1), port(2)]))).toEqual([
      'eth1 > 224.0.0.9:520 request for the whole table',
      'eth2 > 224.0.0.9:520 request for the whole table',
      'eth1 > 224.0.0.9:520 response 10.0.2.0/24 metric 1',
      'eth2 > 224.0.0.9:520 response 10.0.1.0/24 metric 1',
    ]);
  });

  it('goes on every 25 to 35 seconds, never twice after the same pause', () => {
    const driver = new RipDriver();
    driver.configure(config([port(1), port(2)]));
    const times: number[] = [];
    for (let i = 0; i < 40; i++) {
      times.push(driver.rip.nextUpdate);
      driver.until(driver.rip.nextUpdate / 1e6);
    }
    const pauses = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(seconds(25));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(seconds(35));
    expect(new Set(pauses).size).toBe(pauses.length);
  });

  it('IW-01 an aggregate is told to every neighbour, and withdrawn with metric 16 for a minute', () => {
    const driver = running();
    expect(driver.configure(config([port(1), port(2)], [connected(1), connected(2), AGGREGATE]))).toEqual([
      'eth1 > 224.0.0.9:520 response 192.168.0.0/16 metric 1',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 1',
    ]);
    driver.until(20);
    expect(driver.configure(config([port(1), port(2)]))).toEqual([
      'eth1 > 224.0.0.9:520 response 192.168.0.0/16 metric 16',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 16',
    ]);
    const told = driver.until(200).filter((line) => line.includes('192.168.0.0/16 metric 16'));
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.every((line) => Number.parseInt(line) <= 80)).toBe(true);
  });

  it('what it learned goes to the other links one hop longer, and not back', () => {
    const driver = running();
    expect(driver.hear(1, response(route('192.168.0.0/16', 1)))).toEqual([
      'routes changed',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 2',
    ]);
  });

  it('a second change within seconds of the first waits, and goes out with the third', () => {
    const driver = running();
    expect(driver.hear(1, response(route('20.0.0.0/8', 1)))).toHaveLength(2);
    expect(driver.hear(1, response(route('30.0.0.0/8', 1)))).toEqual(['routes changed']);
    expect(driver.hear(1, response(route('40.0.0.0/8', 1)))).toEqual(['routes changed']);
    const lines = driver.until(15);
    expect(lines.map((line) => line.replace(/^\d+s /, ''))).toEqual([
      'eth2 > 224.0.0.9:520 response 30.0.0.0/8 metric 2, 40.0.0.0/8 metric 2',
    ]);
    expect(Number.parseInt(lines[0]!)).toBeGreaterThanOrEqual(11);
  });

  it('what is an own route is not learned, and not believed to be elsewhere when it is gone', () => {
    const driver = running(AGGREGATE);
    expect(driver.hear(1, response(route('192.168.0.0/16', 1)))).toEqual([]);
    expect(driver.routes()).toEqual([]);
    expect(driver.configure(config([port(1), port(2)]))).toEqual([
      'eth1 > 224.0.0.9:520 response 192.168.0.0/16 metric 16',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 16',
    ]);
    driver.until(20);
    expect(driver.hear(1, response(route('192.168.0.0/16', 3)))).toEqual([
      'routes changed',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 4',
    ]);
  });

  it('a learned route makes room for an own one', () => {
    const driver = running();
    driver.hear(1, response(route('192.168.0.0/16', 3)));
    driver.until(20);
    expect(driver.configure(config([port(1), port(2)], [connected(1), connected(2), AGGREGATE]))).toEqual([
      'routes changed',
      'eth1 > 224.0.0.9:520 response 192.168.0.0/16 metric 1',
      'eth2 > 224.0.0.9:520 response 192.168.0.0/16 metric 1',
    ]);
    expect(driver.rip.learned()).toEqual([]);
  });

  it('a route that turns round is taken back from the link that it now leads out of', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 5)));
    driver.until(20);
    expect(driver.hear(2, response(route('20.0.0.0/8', 2)))).toEqual([
      'routes changed',
      'eth1 > 224.0.0.9:520 response 20.0.0.0/8 metric 3',
      'eth2 > 224.0.0.9:520 response 20.0.0.0/8 metric 16',
    ]);
    const later = driver.until(180).filter((line) => line.includes('eth2') && line.includes('20.0.0.0/8'));
    expect(later.length).toBeGreaterThanOrEqual(2);
    expect(later.length).toBeLessThanOrEqual(4);
  });

  it('a static route is not told on the link that it leads out of', () => {
    const driver = new RipDriver();
    const fixed: RipOrigin = { prefix: cidr('0.0.0.0/0'), how: 'static', interfaceIndex: 1 };
    const lines = driver.configure(config([port(1), port(2)], [fixed]));
    expect(lines.filter((line) => line.includes('response'))).toEqual([
      'eth2 > 224.0.0.9:520 response 0.0.0.0/0 metric 1',
    ]);
  });

  it('a passive interface hears and says nothing', () => {
    const driver = new RipDriver();
    const lines = driver.configure(config([port(1, { passive: true }), port(2)]));
    expect(lines.every((line) => line.startsWith('eth2'))).toBe(true);
    driver.until(10);
    expect(driver.hear(1, response(route('20.0.0.0/8', 1)))).toContain('routes changed');
    expect(driver.hear(1, { ...response(route('20.0.0.0/8', 1)), command: 1 })).toEqual([]);
    expect(driver.until(100).some((line) => line.includes('eth1'))).toBe(false);
  });

  it('25 routes go into a message, and no more than the link takes', () => {
    const origins = Array.from({ length: 60 }, (_, i) => ({
      prefix: cidr(`20.${i}.0.0/16`),
      how: 'static' as const,
    }));
    const sizes = (mtu: number): number[] => {
      const driver = new RipDriver();
      const lines = driver.configure(config([port(1, { mtu })], origins));
      return lines.filter((line) => line.includes('response')).map((line) => line.split('metric').length - 1);
    };
    expect(sizes(1500)).toEqual([25, 25, 10]);
    expect(sizes(132)).toEqual(new Array<number>(12).fill(5));
    expect(sizes(68)).toEqual(new Array<number>(60).fill(1));
  });

  it('when it is switched off it says nothing more and wants no time', () => {
    const driver = running(AGGREGATE);
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    expect(driver.configure(undefined)).toEqual(['routes changed']);
    expect(driver.routes()).toEqual([]);
    expect(driver.rip.nextDeadline()).toBe(NEVER);
    expect(driver.hear(1, response(route('20.0.0.0/8', 1)))).toEqual(['drop rip-interface']);
  });
});

describe('answering', () => {
  const whole: RipMessage = {
    ...response({ ...(route('0.0.0.0/0', 16) as object), afi: 0 } as never),
    command: 1,
  };

  it('who asks for all routes gets what its link is told, where it asked from', () => {
    const driver = running(AGGREGATE);
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    expect(driver.hear(1, whole, { port: 6000 })).toEqual([
      'eth1 > 10.0.1.2:6000 response 10.0.2.0/24 metric 1, 192.168.0.0/16 metric 1',
    ]);
    expect(driver.hear(2, whole)).toEqual([
      'eth2 > 10.0.2.2:520 response 10.0.1.0/24 metric 1, 20.0.0.0/8 metric 2, 192.168.0.0/16 metric 1',
    ]);
  });

  it('who asks for single routes gets those, without split horizon', () => {
    const driver = running(AGGREGATE);
    const some = { ...response(route('10.0.1.0/24', 9), route('50.0.0.0/8', 9)), command: 1 };
    expect(driver.hear(1, some)).toEqual([
      'eth1 > 10.0.1.2:520 response 10.0.1.0/24 metric 1, 50.0.0.0/8 metric 16',
    ]);
    expect(driver.hear(1, { ...response(), command: 1 })).toEqual([]);
  });
});

describe('learning', () => {
  it('the shorter way wins, and a longer one from the same neighbour is believed', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 5)));
    driver.hear(2, response(route('20.0.0.0/8', 6)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 5 via 10.0.1.2']);
    driver.hear(2, response(route('20.0.0.0/8', 4)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 4 via 10.0.2.2']);
    driver.hear(2, response(route('20.0.0.0/8', 9)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 9 via 10.0.2.2']);
  });

  it('of two ways as long the first stays, until it has gone unheard for half of its time', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 2)));
    driver.hear(2, response(route('20.0.0.0/8', 2)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 2 via 10.0.1.2']);
    driver.until(99);
    driver.hear(2, response(route('20.0.0.0/8', 2)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 2 via 10.0.1.2']);
    driver.until(101);
    driver.hear(2, response(route('20.0.0.0/8', 2)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 2 via 10.0.2.2']);
  });

  it('metric 16 from who told the route takes it away at once, from others it says nothing', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    driver.until(20);
    expect(driver.hear(2, response(route('20.0.0.0/8', 16)))).toEqual([]);
    expect(driver.hear(1, response(route('20.0.0.0/8', 16)))).toEqual([
      'routes changed',
      'eth2 > 224.0.0.9:520 response 20.0.0.0/8 metric 16',
    ]);
    expect(driver.routes()).toEqual([]);
    expect(driver.hear(1, response(route('20.0.0.0/8', 16)))).toEqual([]);
    expect(driver.hear(1, response(route('30.0.0.0/8', 16)))).toEqual([]);
  });

  it('a route that is lost is taken from whoever has one', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    driver.hear(1, response(route('20.0.0.0/8', 16)));
    driver.hear(2, response(route('20.0.0.0/8', 7)));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 7 via 10.0.2.2']);
  });

  it('unheard of for 180 s a route is lost, and forgotten 60 s later', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    driver.until(189);
    expect(driver.routes()).toHaveLength(1);
    expect(driver.until(191)).toContain('190s routes changed');
    expect(driver.routes()).toEqual([]);
    expect(driver.rip.learned()).toHaveLength(1);
    driver.until(249);
    expect(driver.rip.learned()).toHaveLength(1);
    driver.until(251);
    expect(driver.rip.learned()).toEqual([]);
  });

  it('heard again in time it stays, without a word to anybody', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    for (let time = 40; time < 600; time += 30) {
      driver.until(time);
      expect(driver.hear(1, response(route('20.0.0.0/8', 1)))).toEqual([]);
    }
    expect(driver.routes()).toHaveLength(1);
  });

  it('15 hops are the longest way, and are not passed on', () => {
    const driver = running();
    expect(driver.hear(1, response(route('20.0.0.0/8', 15)))).toEqual([
      'routes changed',
      'eth2 > 224.0.0.9:520 response 20.0.0.0/8 metric 16',
    ]);
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 15 via 10.0.1.2']);
  });

  it('an interface that goes takes what came by it along', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1)));
    driver.hear(2, response(route('30.0.0.0/8', 1)));
    driver.until(20);
    expect(driver.configure(config([port(2)]))).toEqual([
      'routes changed',
      'eth2 > 224.0.0.9:520 response 10.0.1.0/24 metric 16, 20.0.0.0/8 metric 16',
    ]);
    expect(driver.routes()).toEqual(['30.0.0.0/8 metric 1 via 10.0.2.2']);
    expect(driver.rip.neighbours()).toHaveLength(1);
  });

  it('a next hop on the link is the gateway, any other is passed over', () => {
    const driver = running();
    driver.hear(1, response(route('20.0.0.0/8', 1, { nextHop: '10.0.1.9' })));
    driver.hear(1, response(route('30.0.0.0/8', 1, { nextHop: '10.0.2.9' })));
    driver.hear(1, response(route('40.0.0.0/8', 1, { nextHop: '10.0.1.1' })));
    expect(driver.routes()).toEqual(['20.0.0.0/8 metric 1 via 10.0.1.9', '30.0.0.0/8 metric 1 via 10.0.1.2']);
  });

  it('a connected prefix is nothing to learn', () => {
    const driver = running();
    expect(driver.hear(1, response(route('10.0.2.0/24', 1)))).toEqual([]);
    expect(driver.rip.learned()).toEqual([]);
  });
});

describe('refusing', () => {
  const good = response(route('20.0.0.0/8', 1));

  it.each([
    ['version', { ...good, version: 1 }, {}],
    ['command', { ...good, command: 3 }, {}],
    ['port', good, { port: 5000 }],
    ['source', good, { source: '10.0.2.2' }],
    ['source', good, { source: '10.0.1.1' }],
    [
      'authenticated',
      response({ kind: 'authentication', authenticationType: 2, data: new Uint8Array(16) }, ...good.entries),
      {},
    ],
  ] as const)('%s', (reason, message, from) => {
    const driver = running();
    expect(driver.hear(1, message, from)).toEqual([`drop rip-${reason}`]);
    expect(driver.routes()).toEqual([]);
  });

  it('an interface without RIP', () => {
    expect(running().hear(3, good)).toEqual(['drop rip-interface']);
  });

  it.each([
    ['metric 0', route('20.0.0.0/8', 0)],
    ['metric 17', route('20.0.0.0/8', 17)],
    ['a group', route('224.0.0.0/8', 1)],
    ['loopback', route('127.0.0.0/8', 1)],
    ['network 0', route('0.0.0.0/8', 1)],
    ['an address without a mask', { ...route('0.0.0.0/0', 1), address: cidr('20.0.0.0/8').address } as never],
    ['a mask with holes', { ...route('20.0.0.0/8', 1), mask: 0xff00_ff00 } as never],
    ['an unknown family', { kind: 'unknown', afi: 5, tag: 0, data: new Uint8Array(16) } as const],
  ])('%s spoils its entry alone', (_, entry) => {
    const driver = running();
    expect(driver.hear(1, response(entry, route('30.0.0.0/8', 1)))).toContain('drop rip-bad-route');
    expect(driver.routes()).toEqual(['30.0.0.0/8 metric 1 via 10.0.1.2']);
  });

  it('the default route is no network 0', () => {
    const driver = running();
    driver.hear(1, response(route('0.0.0.0/0', 1)));
    expect(driver.routes()).toEqual(['0.0.0.0/0 metric 1 via 10.0.1.2']);
  });
});

describe('save and restore', () => {
  it('a restored machine goes on as if nothing had happened', () => {
    const driver = running(AGGREGATE);
    driver.hear(1, response(route('20.0.0.0/8', 1), route('30.0.0.0/8', 2)));
    driver.hear(1, response(route('30.0.0.0/8', 16)));
    const saved = driver.rip.save();
    const other = new RipDriver();
    // The position of the generator is the router's to keep.
    other.configure(config([port(1), port(2)], [connected(1), connected(2), AGGREGATE]));
    other.until(10);
    other.hear(1, response(route('99.0.0.0/8', 1)));
    other.rip.restore(structuredClone(saved));
    expect(other.rip.save()).toEqual(saved);
    expect(other.rip.nextDeadline()).toBe(driver.rip.nextDeadline());
    expect(other.until(400)).toEqual(driver.until(400));
  });

  it('random messages never stop the clock, and never leave a route beyond 15 hops', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const driver = new RipDriver(seed);
      driver.configure(config([port(1), port(2)]));
      let time = 0;
      for (let i = 0; i < 200; i++) {
        const dice = (sides: number): number =>
          Math.floor((((seed * 7919 + i * 104_729) % 1009) / 1009) * sides);
        time += dice(13);
        driver.until(time);
        driver.hear(1 + (i % 2), response(route(`${20 + dice(5)}.0.0.0/8`, 1 + dice(16))), {
          host: 2 + dice(3),
        });
        expect(driver.rip.routes().every(({ metric }) => metric >= 1 && metric <= 15)).toBe(true);
      }
      driver.until(time + 1000);
      expect(driver.rip.learned(), `seed ${seed}`).toEqual([]);
    }
  });
});
