import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouterOptions } from '../../src/router/options.ts';
import { checkRouterOptions } from '../../src/router/options-schema.ts';
import { routerOptions } from '../ios/gen-options.ts';

describe('router options as plain objects', () => {
  it('what the configuration parser can make is accepted as it is', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        expect(checkRouterOptions(options)).toEqual({ ok: true, value: options });
      }),
      { numRuns: 200 },
    );
  });

  it('anything else gives issues or options, never an exception', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const checked = checkRouterOptions(value);
        if (!checked.ok) expect(checked.error.length).toBeGreaterThan(0);
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['a missing hostname', { interfaces: [], staticRoutes: [] }, 'hostname'],
    ['an unknown key', { hostname: 'r1', interfaces: [], staticRoutes: [], lips: {} }, 'lips'],
    ['an MTU out of range', options({ mtu: 20 }), 'interfaces.0.mtu'],
    [
      'an address of three words',
      options({ address: { family: 4, w0: 1, w1: 1, w2: 0, w3: 0 } }),
      'interfaces.0.addresses.0.address',
    ],
  ])('%s is named by its path', (_what, value, path) => {
    const checked = checkRouterOptions(value);
    expect(checked.ok ? [] : checked.error.map((issue) => issue.path)).toContain(path);
  });

  it('a prefix with bits beyond its length is refused', () => {
    const address = { family: 4, w0: 0x0a00_0001, w1: 0, w2: 0, w3: 0 } as const;
    const value: RouterOptions = {
      hostname: 'r1',
      interfaces: [],
      staticRoutes: [{ prefix: { address, bits: 8 }, target: { kind: 'discard' }, distance: 1 }],
    };
    const checked = checkRouterOptions(value);
    expect(checked.ok ? [] : checked.error).toEqual([
      { path: 'staticRoutes.0.prefix', message: 'bits are set beyond the prefix length' },
    ]);
  });
});

function options({ mtu = 1500, address = { family: 4, w0: 1, w1: 0, w2: 0, w3: 0 } }): unknown {
  const addresses = [{ address, bits: 24 }];
  return {
    hostname: 'r1',
    interfaces: [{ name: 'Loopback0', shutdown: false, mtu, addresses }],
    staticRoutes: [],
  };
}
