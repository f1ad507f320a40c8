import { sameIp, type IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import type { LabInput } from '../journal.ts';
import type { LabFile } from '../lab-file.ts';
import type { LinkOptions } from '../link.ts';

/** Something that breaks, and how it is broken and mended. */
export interface Failure {
  /** `link:lisp1-mapserver`, `rloc:10.0.1.2`. */
  readonly id: string;
  /**
   * `link`: packets vanish on it, and nobody is told, as when a provider's network fails. `rloc`: the interface of a
   * locator is shut down, which its router knows.
   */
  readonly kind: 'link' | 'rloc';
  /** For people: the ends of the link, the interface of the locator. */
  readonly what: string;
  readonly down: LabInput;
  readonly up: LabInput;
}

/** Each link, then each interface with an address that LISP uses as a locator. */
export function failuresOf(file: LabFile): Failure[] {
  return [...file.links.map(linkFailure), ...rlocFailures(file)];
}

function linkFailure({ name, a, b }: LinkOptions): Failure {
  return {
    id: `link:${name}`,
    kind: 'link',
    what: `${a.node} - ${b.node}`,
    down: { kind: 'link', link: name, change: { up: false } },
    up: { kind: 'link', link: name, change: { up: true } },
  };
}

/** Locators of one interface fail together: the first of them gives its name. */
function rlocFailures({ nodes }: LabFile): Failure[] {
  const locators = nodes.flatMap((node) => (node.kind === 'router' ? locatorsOf(node.options.lisp) : []));
  return nodes.flatMap((node) => {
    if (node.kind === 'host') return [];
    return node.options.interfaces.flatMap(({ name, shutdown, addresses }): Failure[] => {
      const own = addresses.find(({ address }) => locators.some((each) => sameIp(each, address)));
      if (own === undefined || shutdown) return [];
      const change = (line: string): LabInput => ({
        kind: 'config',
        node: node.name,
        lines: [`interface ${name}`, ` ${line}`, ' exit'],
      });
      return [
        {
          id: `rloc:${formatIp(own.address)}`,
          kind: 'rloc',
          what: `${node.name} ${name}`,
          down: change('shutdown'),
          up: change('no shutdown'),
        },
      ];
    });
  });
}

type Lisp = Extract<LabFile['nodes'][number], { kind: 'router' }>['options']['lisp'];

function locatorsOf(lisp: Lisp): IpAddress[] {
  if (lisp === undefined) return [];
  const { databaseMappings, proxyItr, itr } = lisp;
  return [
    ...databaseMappings.flatMap(({ locators }) => locators.map(({ address }) => address)),
    ...[proxyItr.ipv4, proxyItr.ipv6].flatMap(({ rlocs }) => rlocs),
    ...[itr.ipv4, itr.ipv6].flatMap(({ usePetr }) => usePetr.map(({ address }) => address)),
  ];
}
