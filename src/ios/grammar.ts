import type { Site } from '../mapping/site.ts';
import type { InterfaceOptions, LispOptions, RipOptions, RouterOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import type { Draft, DraftInterface, DraftLisp, DraftRip, DraftSite } from './draft.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Configuration modes; the prompt of `global` is `(config)#`, of `lisp` `(config-router-lisp)#`. */
export type Mode = 'global' | 'interface' | 'lisp' | 'site' | 'rip';

/** What the commands of a mode write into. */
export interface Scopes {
  readonly global: Draft;
  readonly interface: DraftInterface;
  readonly lisp: DraftLisp;
  readonly site: DraftSite;
  readonly rip: DraftRip;
}

/** What the commands of a mode are rendered from. */
export interface Sources {
  readonly global: RouterOptions;
  readonly interface: InterfaceOptions;
  readonly lisp: LispOptions;
  readonly site: Site;
  readonly rip: RipOptions;
}

export const MODES: Readonly<
  Record<Mode, { readonly parent?: Mode; readonly prompt: string; readonly entry: string }>
> = {
  global: { prompt: '(config)', entry: 'configure terminal' },
  interface: { parent: 'global', prompt: '(config-if)', entry: 'interface NAME' },
  lisp: { parent: 'global', prompt: '(config-router-lisp)', entry: 'router lisp' },
  rip: { parent: 'global', prompt: '(config-router)', entry: 'router rip' },
  site: { parent: 'lisp', prompt: '(config-router-lisp-site)', entry: 'router lisp / site NAME' },
};

/** One configuration command: everything there is to know about it. */
export interface Command<M extends Mode> {
  /** See pattern.ts. */
  readonly pattern: string;
  /** Shorter forms accepted after `no`, beside the pattern itself. */
  readonly no?: readonly string[];
  readonly help: string;
  /** Not in IOS: our own grammar. */
  readonly own?: boolean;
  apply(scope: Scopes[M], args: Args): void;
  /** The `no` form; absent when there is none. */
  remove?(scope: Scopes[M], args: Args): void;
  /** The lines that give back what this command configures. */
  render(source: Sources[M]): readonly string[];
}

/** A command that opens a mode. */
export interface Opener<M extends Mode, Child extends Mode> {
  readonly pattern: string;
  readonly no?: readonly string[];
  readonly help: string;
  readonly own?: boolean;
  readonly opens: Child;
  /** What the commands of the opened mode write into; undefined when refused. */
  open(scope: Scopes[M], args: Args): Scopes[Child] | undefined;
  remove?(scope: Scopes[M], args: Args): void;
  blocks(source: Sources[M]): readonly { readonly heading: string; readonly source: Sources[Child] }[];
}

/** An entry of the table, whatever its mode. */
export type AnyCommand = {
  readonly mode: Mode;
  readonly patterns: readonly Pattern[];
  readonly noPatterns: readonly Pattern[];
  readonly help: string;
  readonly own: boolean;
  remove?(scope: unknown, args: Args): void;
} & (
  | {
      readonly opens?: undefined;
      apply(scope: unknown, args: Args): void;
      render(source: unknown): readonly string[];
    }
  | {
      readonly opens: Mode;
      open(scope: unknown, args: Args): unknown;
      blocks(source: unknown): readonly { readonly heading: string; readonly source: unknown }[];
    }
);

/** Makes table entries of the commands of one mode. The mode names the type of the scope, so the cast is safe. */
export function commandsOf<M extends Mode>(
  mode: M,
  commands: readonly (Command<M> | OpenerOf<M>)[],
): readonly AnyCommand[] {
  return commands.map((command) => {
    const patterns = [compilePattern(command.pattern)];
    const noPatterns = command.remove ? [...patterns, ...(command.no ?? []).map(compilePattern)] : [];
    return { ...command, mode, patterns, noPatterns, own: command.own ?? false };
  });
}

type OpenerOf<M extends Mode> = { [Child in Mode]: Opener<M, Child> }[Mode];
