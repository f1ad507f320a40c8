import type { RouterOptions } from '../router/options.ts';
import { canonicalOptions } from './apply.ts';
import { commandsIn } from './commands.ts';
import { draftOf, type Draft, type DraftInterface } from './draft.ts';
import { MODES, type Mode } from './grammar.ts';
import { normalisedDraft } from './normalise.ts';
import { sortedDraft, sortedInterface } from './sort.ts';

/**
 * Options as text, in the words of `router lisp`. Parsing it gives the options back (in canonical order), and rendering
 * those gives the same text.
 */
export function renderConfig(options: RouterOptions): string {
  return renderDraft(draftOf(canonicalOptions(options)));
}

/**
 * The configuration as text, each part in the dialect in which it was entered: `show running-config`. Parsing it gives
 * the same options.
 */
export function renderDraft(draft: Draft): string {
  return [...renderMode('global', sortedDraft(draft), 0), '!', 'end', ''].join('\n');
}

/**
 * The configuration in the words of `router lisp`, whatever the dialects in which it was entered: `show running-config
 * normalized`. Parsing it gives the same options.
 */
export function renderNormalised(draft: Draft): string {
  return renderDraft(normalisedDraft(draft));
}

/** `show running-config interface`: one interface of the draft. */
export function renderInterface(port: DraftInterface): string[] {
  return [`interface ${port.name}`, ...renderMode('interface', sortedInterface(port), 1), 'end'];
}

function renderMode(mode: Mode, scope: unknown, depth: number): string[] {
  const indent = ' '.repeat(depth);
  const lines: string[] = [];
  let isJoined = false;
  for (const command of commandsIn(mode)) {
    if (command.opens === undefined) {
      const own = command.render(scope);
      if (own.length === 0) continue;
      const joins = command.joins ?? false;
      if (mode === 'global' && lines.length > 0 && !(joins && isJoined)) lines.push('!');
      isJoined = joins;
      lines.push(...own.map((line) => indent + line));
      continue;
    }
    for (const block of command.blocks(scope)) {
      if (mode === 'global') lines.push('!');
      isJoined = false;
      lines.push(indent + block.heading, ...renderMode(command.opens, block.scope, depth + 1));
      const { closing } = MODES[command.opens];
      if (closing !== undefined) lines.push(`${indent} ${closing}`);
    }
  }
  return lines;
}
