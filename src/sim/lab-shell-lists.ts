/** What there is in a lab, as short tables. */
import { formatPrefix } from '../base/ip-text.ts';
import type { Lab } from './lab.ts';

/** One line per node: name, kind, addresses. */
export function describeNodes({ file }: Lab): string[] {
  return table(
    file.nodes.map((node) => {
      const addresses =
        node.kind === 'host'
          ? node.options.addresses
          : node.options.interfaces.flatMap((port) => [...port.addresses]);
      return [node.name, node.kind, addresses.map((each) => formatPrefix(each)).join(' ')];
    }),
  );
}

/** One line per link: name, state, ends. */
export function describeLinks({ file, timeline }: Lab): string[] {
  return table(
    file.links.map(({ name, a, b }) => [
      name,
      timeline.network.link(name).up ? 'up' : 'down',
      `${a.node} ${a.interfaceName} - ${b.node} ${b.interfaceName}`,
    ]),
  );
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
}
