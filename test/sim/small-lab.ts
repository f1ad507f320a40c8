// Labs of a few routers, written down where they are needed.
import { Model } from '../../src/engine/model.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { createLab, type Lab } from '../../src/sim/lab.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';

/** `routers`: the configuration of each by its name. `links`: `a eth0 - b eth0`. `steps`: rest of the lab file. */
export function smallLabFile(
  routers: Readonly<Record<string, string>>,
  links: readonly string[],
  rest = '',
): LabFile {
  const names = Object.keys(routers);
  const yaml = [
    'name: small',
    'nodes:',
    ...names.map((name) => `  ${name}: ${name}.ios`),
    'links:',
    ...links.map((link) => {
      const [a, b] = link.split(' - ');
      return `  - { a: ${a!}, b: ${b!} }`;
    }),
    rest,
  ].join('\n');
  const files = new Map([['lab.yaml', `${yaml}\n`]]);
  for (const name of names) files.set(`${name}.ios`, `hostname ${name}\n${routers[name]!}`);
  const loaded = loadLab(files);
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return loaded.value;
}

export function smallLab(...args: Parameters<typeof smallLabFile>): Lab {
  return createLab(smallLabFile(...args), { makeDataPlane: () => new Model() });
}
