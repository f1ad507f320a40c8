/** What there is in a lab, as short tables. */
import { formatPrefix } from '../base/ip-text.ts';
import type { Lab } from './lab.ts';
import { formatTime } from './log.ts';

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

/** What a person is told who comes to a shell. */
export function bannerOf({ file, now, nodeNames }: Lab): string[] {
  return [
    file.title === '' ? file.name : `${file.name}: ${file.title}`,
    `Consoles: ${nodeNames.join(', ')}. "console NODE" goes to another one.`,
    `The time is ${formatTime(now)}; "step", "back", "run 5s", "at 10s" and commands that wait move it.`,
    '"story" tells the packets so far; "?" lists everything.',
  ];
}
