import { describe, expect, it } from 'vitest';
import { cidr, formatIp, formatPrefix, ip } from '../../src/base/ip-text.ts';
import {
  noLisp,
  type InterfaceOptions,
  type LispOptions,
  type StaticRoute,
} from '../../src/router/options.ts';
import type { LearnedRoute } from '../../src/router/rip-routes.ts';
import { routeView, Underlay } from '../../src/router/underlay.ts';

const interfaces: InterfaceOptions[] = [
  { name: 'Loopback0', shutdown: false, mtu: 1500, addresses: [{ address: ip('192.168.1.1'), bits: 24 }] },
  { name: 'FastEthernet0/0', shutdown: false, mtu: 1400, addresses: [{ address: ip('10.0.1.2'), bits: 30 }] },
  { name: 'FastEthernet0/1', shutdown: true, mtu: 1500, addresses: [{ address: ip('10.0.2.2'), bits: 30 }] },
];

function via(prefix: string, gateway: string, distance = 1): StaticRoute {
  return { prefix: cidr(prefix), target: { kind: 'via', gateway: ip(gateway) }, distance };
}

function underlay(...staticRoutes: StaticRoute[]): Underlay {
  return new Underlay({ interfaces, staticRoutes });
}

describe('underlay', () => {
  it('own addresses are local, their subnets connected', () => {
    const table = underlay();
    expect(table.isOwn(ip('10.0.1.2'))).toBe(true);
    expect(table.resolve(ip('10.0.1.1'))).toEqual({ kind: 'connected', interfaceIndex: 1, mtu: 1400 });
    expect(table.isOwn(ip('10.0.1.1'))).toBe(false);
  });

  it('nobody else lives in the subnet of a loopback', () => {
    expect(underlay().resolve(ip('192.168.1.77'))).toBeUndefined();
  });

  it('an interface that is shut down has neither addresses nor routes', () => {
    const table = underlay(via('172.16.0.0/12', '10.0.2.1'));
    expect(table.isOwn(ip('10.0.2.2'))).toBe(false);
    expect(table.resolve(ip('172.16.1.1'))).toBeUndefined();
    expect(table.interfaceAddress(2, 4)).toBeUndefined();
  });

  it('a static route resolves through others, whatever their order', () => {
    const routes = [via('0.0.0.0/0', '172.16.0.1'), via('172.16.0.0/12', '10.0.1.1')];
    for (const order of [routes, routes.toReversed()]) {
      expect(underlay(...order).resolve(ip('4.4.4.4'))).toMatchObject({
        kind: 'via',
        interfaceIndex: 1,
        gateway: ip('10.0.1.1'),
      });
    }
  });

  it('routes that lean on one another in a circle resolve to nothing', () => {
    const table = underlay(via('20.0.0.0/8', '30.0.0.1'), via('30.0.0.0/8', '20.0.0.1'));
    expect(table.resolve(ip('20.1.1.1'))).toBeUndefined();
  });

  it('a gateway is not reached through the route it is for', () => {
    expect(underlay(via('0.0.0.0/0', '172.16.0.1')).resolve(ip('4.4.4.4'))).toBeUndefined();
  });

  it('a route does not hide the one that leads to its gateway', () => {
    const table = underlay(via('0.0.0.0/0', '10.0.1.1'), via('4.0.0.0/8', '4.1.1.1'));
    expect(table.routes().map(({ prefix }) => formatPrefix(prefix))).not.toContain('4.0.0.0/8');
  });

  it('the route of least distance wins; a connected one beats every static one', () => {
    const table = underlay(via('4.0.0.0/8', '192.0.2.9', 1), via('4.0.0.0/8', '10.0.1.1', 5));
    expect(table.resolve(ip('4.4.4.4'))?.gateway).toEqual(ip('10.0.1.1'));
    const discard: StaticRoute = { prefix: cidr('10.0.1.0/30'), target: { kind: 'discard' }, distance: 1 };
    expect(underlay(discard).resolve(ip('10.0.1.1'))?.kind).toBe('connected');
  });

  it('a discard route swallows what it covers and is shown without an interface', () => {
    const table = underlay(via('0.0.0.0/0', '10.0.1.1'), {
      prefix: cidr('192.168.0.0/16'),
      target: { kind: 'discard' },
      distance: 1,
    });
    expect(table.resolve(ip('192.168.3.1'))).toBeUndefined();
    expect(table.resolve(ip('192.169.3.1'))?.kind).toBe('via');
    const shown = table.routes().find(({ prefix }) => formatPrefix(prefix) === '192.168.0.0/16');
    expect(shown && routeView(shown, interfaces).interfaceName).toBeUndefined();
  });

  it('the source of own packets is the address of the outgoing interface', () => {
    const table = underlay(via('0.0.0.0/0', '10.0.1.1'));
    expect(formatIp(table.sourceFor(ip('4.4.4.4'))!)).toBe('10.0.1.2');
    expect(formatIp(table.sourceFor(ip('192.168.1.1'))!)).toBe('192.168.1.1');
    expect(table.sourceFor(ip('2001:db8::1'))).toBeUndefined();
  });

  describe('learned routes and aggregates', () => {
    const learned = (prefix: string, interfaceIndex = 1): LearnedRoute => {
      const from = ip('10.0.1.1');
      const age = { heard: 0, due: 0 };
      return { prefix: cidr(prefix), metric: 3, tag: 0, from, gateway: from, interfaceIndex, ...age };
    };
    const pitr: LispOptions = {
      ...noLisp(),
      proxyItr: {
        ipv4: { rlocs: [ip('10.0.1.2')], advertise: [cidr('192.168.0.0/16')] },
        ipv6: { rlocs: [], advertise: [cidr('2001:db8::/32')] },
      },
    };
    const shown = (table: Underlay): string[] =>
      table
        .routes()
        .filter(({ source }) => source === 'learned' || source === 'static' || source === 'aggregate')
        .map(({ prefix, source, distance }) => `${formatPrefix(prefix)} ${source} ${distance}`);

    it('a learned route is used at distance 120, over its interface and with its metric', () => {
      const table = new Underlay({ interfaces, staticRoutes: [] }, [learned('4.0.0.0/8')]);
      expect(shown(table)).toEqual(['4.0.0.0/8 learned 120']);
      expect(table.resolve(ip('4.4.4.4'))).toEqual({
        kind: 'via',
        interfaceIndex: 1,
        gateway: ip('10.0.1.1'),
        mtu: 1400,
      });
      const route = table.routes().find(({ source }) => source === 'learned')!;
      expect(routeView(route, interfaces)).toMatchObject({ metric: 3, interfaceName: 'FastEthernet0/0' });
    });

    it('a static route beats it, one of a greater distance waits behind it, and both may lean on it', () => {
      const routes = [via('4.0.0.0/8', '10.0.1.1', 1), via('5.0.0.0/8', '10.0.1.1', 200)];
      const more = [...routes, via('6.0.0.0/8', '5.0.0.9')];
      const table = new Underlay({ interfaces, staticRoutes: more }, [
        learned('4.0.0.0/8'),
        learned('5.0.0.0/8'),
      ]);
      expect(shown(table)).toEqual(['4.0.0.0/8 static 1', '5.0.0.0/8 learned 120', '6.0.0.0/8 static 1']);
    });

    it('over an interface that is down, or where a connected prefix is, it is not used', () => {
      const table = new Underlay({ interfaces, staticRoutes: [] }, [
        learned('4.0.0.0/8', 2),
        learned('10.0.1.0/30'),
      ]);
      expect(shown(table)).toEqual([]);
    });

    it("IW-15 an aggregate is discarded, whatever the default route and another PITR's advertisement say", () => {
      const staticRoutes = [via('0.0.0.0/0', '10.0.1.1')];
      const table = new Underlay({ interfaces, staticRoutes, lisp: pitr }, [learned('192.168.0.0/16')]);
      expect(shown(table)).toEqual(['0.0.0.0/0 static 1', '192.168.0.0/16 aggregate 5']);
      expect(table.resolve(ip('192.168.3.1'))).toBeUndefined();
      const specific = new Underlay({ interfaces, staticRoutes, lisp: pitr }, [learned('192.168.3.0/24')]);
      expect(specific.resolve(ip('192.168.3.1'))?.kind).toBe('via');
    });

    it('without the role of a PITR there is no aggregate', () => {
      const { proxyItr } = pitr;
      const none = { ...proxyItr.ipv4, rlocs: [] };
      const lisp = { ...pitr, proxyItr: { ...proxyItr, ipv4: none } };
      expect(shown(new Underlay({ interfaces, staticRoutes: [], lisp }))).toEqual([]);
    });
  });
});
