import type { Micros } from '../../base/time.ts';
import type { RouterView } from '../../router/view.ts';
import type { Args } from '../args.ts';
import type { ConsoleFacts } from '../console-facts.ts';
import { compilePattern, type Pattern } from '../pattern.ts';

/** What a `show` command prints from. */
export interface ShowContext {
  readonly view: RouterView;
  readonly now: Micros;
  /** What belongs to the console; absent away from any. */
  readonly facts: ConsoleFacts | undefined;
}

/** One `show` command: everything there is to know about it. */
export interface ShowCommand {
  readonly pattern: Pattern;
  readonly help: string;
  /** Not in IOS: our own grammar. */
  readonly own: boolean;
  /** Undefined after a refusal. */
  run(context: ShowContext, args: Args): readonly string[] | undefined;
}

/** A row of the table; `pattern` goes without the word `show`. */
export function showCommand(
  pattern: string,
  help: string,
  run: ShowCommand['run'],
  { own = false }: { readonly own?: boolean } = {},
): ShowCommand {
  return { pattern: compilePattern(`show ${pattern}`), help, own, run };
}
