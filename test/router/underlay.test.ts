import { describe, expect, it } from 'vitest';
import { cidr, formatIp, formatPrefix, ip } from '../../src/base/ip-text.ts';
import type { InterfaceOptions, StaticRoute } from '../../src/router/options.ts';
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
});
