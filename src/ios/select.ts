import { commandsIn } from './commands.ts';
import { MODES, type AnyCommand, type Mode } from './grammar.ts';
import type { Token } from './lexer.ts';
import { matchTokens, type Matched, type Mismatch } from './match.ts';
import type { Pattern } from './pattern.ts';

/** A command found for a line. */
export interface Selected {
  readonly kind: 'command';
  readonly mode: Mode;
  readonly command: AnyCommand;
  readonly matched: readonly Matched[];
  /** Entered with `no`. */
  readonly isRemoval: boolean;
}

/** `mismatch.index` counts the words of the line, a leading `no` included. */
export interface Mistake {
  readonly kind: 'mistake';
  readonly mode: Mode;
  readonly mismatch: Mismatch<AnyCommand>;
}

interface Choice {
  readonly pattern: Pattern;
  readonly item: AnyCommand;
}

const PATTERNS = new Map<Mode, { readonly plain: readonly Choice[]; readonly removal: readonly Choice[] }>(
  (Object.keys(MODES) as Mode[]).map((mode) => {
    const choices = (of: (command: AnyCommand) => readonly Pattern[]): Choice[] =>
      commandsIn(mode).flatMap((command) => of(command).map((pattern) => ({ pattern, item: command })));
    return [mode, { plain: choices((c) => c.patterns), removal: choices((c) => c.noPatterns) }];
  }),
);

/** Looks for a command of this very mode. */
export function matchInMode(tokens: readonly Token[], mode: Mode): Selected | Mistake {
  const first = tokens[0];
  const isRemoval = first !== undefined && !first.quoted && first.text.toLowerCase() === 'no';
  const words = isRemoval ? tokens.slice(1) : tokens;
  const { plain, removal } = PATTERNS.get(mode)!;
  const result = matchTokens(words, isRemoval ? removal : plain);
  if (result.kind !== 'match')
    return { kind: 'mistake', mode, mismatch: { ...result, index: result.index + (isRemoval ? 1 : 0) } };
  return { kind: 'command', mode, command: result.item, matched: result.matched, isRemoval };
}
