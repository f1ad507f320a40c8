// Random labs for laws about pictures: trees with extra links, some sites, some hosts.
import { ip, cidr } from '../../../src/base/ip-text.ts';
import { SeededRandom } from '../../../src/base/random.ts';
import { millis } from '../../../src/base/time.ts';
import { eidPrefix } from '../../../src/mapping/eid.ts';
import { noLisp, type InterfaceOptions, type RouterOptions } from '../../../src/router/options.ts';
import type { LabFile } from '../../../src/sim/lab-file.ts';
import type { LinkOptions } from '../../../src/sim/link.ts';

/** 2 to 14 routers, connected or not; names, delays and numbers of links differ. */
export function randomLab(seed: number): LabFile {
  const random = new SeededRandom(seed, 'picture');
  const below = (limit: number): number => random.u32() % limit;
  const count = 2 + below(13);
  const names = Array.from(
    { length: count },
    (_, i) => `${'router-of-the-far-end'.slice(0, 1 + below(18))}${i}`,
  );
  const pairs: [number, number][] = [];
  for (let i = 1; i < count; i++) if (below(12) > 0) pairs.push([below(i), i]);
  for (let extra = below(5); extra > 0; extra--) {
    const [a, b] = [below(count), below(count)];
    if (a !== b) pairs.push([a, b]);
  }
  const siteCount = below(4);
  const siteOf = names.map(() => (below(3) === 0 ? below(siteCount + 1) : siteCount));
  const isInside = names.map(() => below(4) === 0);
  const interfaces: InterfaceOptions[][] = names.map(() => []);
  const addPort = (node: number, kind: string, address: string, bits: number): string => {
    const name = `${kind}${interfaces[node]!.length}/0`;
    const more =
      below(4) === 0 ? [{ address: ip(`2001:db8:${node}::${interfaces[node]!.length + 1}`), bits: 64 }] : [];
    const port = { name, shutdown: false, mtu: 1500, addresses: [{ address: ip(address), bits }, ...more] };
    interfaces[node]!.push(port);
    return name;
  };
  const links = pairs.map(([a, b], i): LinkOptions => {
    const net = isInside[a]! || isInside[b]! ? `192.168.${below(siteCount + 1)}` : `10.0.${i}`;
    const first = 4 * (i % 60);
    return {
      name: `l${i}`,
      a: { node: names[a]!, interfaceName: addPort(a, 'FastEthernet', `${net}.${first + 1}`, 30) },
      b: { node: names[b]!, interfaceName: addPort(b, 'GigabitEthernet', `${net}.${first + 2}`, 30) },
      delay: millis(1 + below(300)),
      loss: below(3) === 0 ? 0.25 : 0,
      mtu: below(3) === 0 ? 1400 : 1500,
    };
  });
  for (let i = 0; i < count; i++) if (below(3) > 0) addPort(i, 'Loopback', `10.255.${i}.1`, 32);
  const nodes = names.map((name, i) => {
    const site = siteOf[i]!;
    const itr = { enabled: true, mapResolvers: [ip('10.9.9.9')], usePetr: [] };
    const lisp = {
      ...noLisp(),
      itr: { ipv4: itr, ipv6: noLisp().itr.ipv6 },
      databaseMappings: [
        {
          eid: eidPrefix(cidr(`192.168.${site}.0/24`)),
          locators: [{ address: ip(`10.0.${i}.1`), priority: 1, weight: 1 }],
        },
      ],
    };
    const options: RouterOptions = {
      hostname: name,
      interfaces: interfaces[i]!,
      staticRoutes: [],
      ...(site < siteCount ? { lisp } : {}),
    };
    return { kind: 'router', name, configFile: `${name}.ios`, config: '', options } as const;
  });
  return {
    name: `lab ${seed}`,
    title: 'R&D <"lab">',
    nodes,
    links,
    steps: [],
    until: 0,
    expectations: [],
    warnings: [],
  };
}
