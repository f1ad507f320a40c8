import type { RouterOptions } from '../../src/router/options.ts';

/** Order that means something: which interface is which index, which resolver is asked first, which site is shown first. */
export function unordered(options: RouterOptions): unknown {
  const sorted = <T>(list: readonly T[]): T[] =>
    [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const { lisp } = options;
  const family = (name: 'ipv4' | 'ipv6'): unknown =>
    lisp && { ...lisp.itr[name], mapResolvers: sorted(lisp.itr[name].mapResolvers) };
  return {
    ...options,
    interfaces: sorted(options.interfaces),
    lisp: lisp && { ...lisp, sites: sorted(lisp.sites), itr: [family('ipv4'), family('ipv6')] },
  };
}
