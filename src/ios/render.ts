import type { RouterOptions } from '../router/options.ts';
import { canonicalOptions } from './apply.ts';
import { commandsIn } from './commands.ts';
import type { Mode } from './grammar.ts';

/**
 * The configuration as text: `show running-config`. Parsing it gives the options back (in canonical order), and
 * rendering those gives the same text.
 */
export function renderConfig(options: RouterOptions): string {
  const lines = renderMode('global', canonicalOptions(options), 0);
  return [...lines, '!', 'end', ''].join('\n');
}

function renderMode(mode: Mode, source: unknown, depth: number): string[] {
  const indent = ' '.repeat(depth);
  const lines: string[] = [];
  for (const command of commandsIn(mode)) {
    if (command.opens === undefined) {
      const own = command.render(source);
      if (mode === 'global' && own.length > 0 && lines.length > 0) lines.push('!');
      lines.push(...own.map((line) => indent + line));
      continue;
    }
    for (const block of command.blocks(source)) {
      if (mode === 'global') lines.push('!');
      lines.push(indent + block.heading, ...renderMode(command.opens, block.source, depth + 1));
      // Within `router lisp` a block must be closed; at the top the next command closes it.
      if (command.opens === 'lisp' || command.opens === 'site') lines.push(`${indent} exit`);
    }
  }
  return lines;
}
