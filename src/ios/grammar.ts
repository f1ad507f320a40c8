import type { Args } from './args.ts';
import type {
  Draft,
  DraftBlock,
  DraftInterface,
  DraftLisp,
  DraftLocatorSet,
  DraftRip,
  DraftSite,
} from './draft.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** What the commands of a mode write into and are rendered from. */
export interface Scopes {
  readonly global: Draft;
  readonly interface: DraftInterface;
  readonly lisp: DraftLisp;
  readonly site: DraftSite;
  readonly 'lisp-site': DraftSite;
  readonly rip: DraftRip;
  readonly 'locator-set': DraftLocatorSet;
  readonly 'eid-table': BlockScope;
  readonly instance: BlockScope;
  readonly 'service-ipv4': BlockScope;
  readonly 'service-ipv6': BlockScope;
  readonly 'instance-service-ipv4': BlockScope;
  readonly 'instance-service-ipv6': BlockScope;
}

/** Lines of a block of IOS XE write into the one LISP configuration. */
export interface BlockScope {
  readonly lisp: DraftLisp;
  readonly block: DraftBlock;
}

/** Configuration modes. */
export type Mode = keyof Scopes;

export type ServiceMode = 'service-ipv4' | 'service-ipv6' | 'instance-service-ipv4' | 'instance-service-ipv6';

export interface ModeFacts {
  readonly parent?: Mode;
  /** `(config)` of `(config)#`. */
  readonly prompt: string;
  /** How one gets there, for hints. */
  readonly entry: string;
  /** Leaves the mode, beside `exit`. */
  readonly exitWord?: string;
  /** The last line of the block, where it must be closed: lines of the mode around it may follow. */
  readonly closing?: string;
}

export const MODES: Readonly<Record<Mode, ModeFacts>> = {
  global: { prompt: '(config)', entry: 'configure terminal' },
  interface: { parent: 'global', prompt: '(config-if)', entry: 'interface NAME' },
  lisp: {
    parent: 'global',
    prompt: '(config-router-lisp)',
    entry: 'router lisp',
    exitWord: 'exit-router-lisp',
    closing: 'exit',
  },
  rip: { parent: 'global', prompt: '(config-router)', entry: 'router rip' },
  site: {
    parent: 'lisp',
    prompt: '(config-router-lisp-site)',
    entry: 'router lisp / site NAME',
    exitWord: 'exit-site',
    closing: 'exit',
  },
  'lisp-site': {
    parent: 'global',
    prompt: '(config-lisp-site)',
    entry: 'lisp site NAME',
    exitWord: 'exit-site',
    closing: 'exit',
  },
  'locator-set': block('lisp', 'locator-set', 'locator-set NAME', 'exit-locator-set'),
  'service-ipv4': block('lisp', 'serv-ipv4', 'service ipv4', 'exit-service-ipv4'),
  'service-ipv6': block('lisp', 'serv-ipv6', 'service ipv6', 'exit-service-ipv6'),
  'eid-table': block('lisp', 'eid-table', 'eid-table default instance-id N', 'exit-eid-table'),
  instance: block('lisp', 'inst', 'instance-id N', 'exit-instance-id'),
  'instance-service-ipv4': block(
    'instance',
    'inst-serv-ipv4',
    'instance-id N / service ipv4',
    'exit-service-ipv4',
  ),
  'instance-service-ipv6': block(
    'instance',
    'inst-serv-ipv6',
    'instance-id N / service ipv6',
    'exit-service-ipv6',
  ),
};

/** A block of IOS XE inside `router lisp`. */
function block(parent: Mode, name: string, entry: string, exitWord: string): ModeFacts {
  return {
    parent,
    prompt: `(config-router-lisp-${name})`,
    entry: `router lisp / ${entry}`,
    exitWord,
    closing: exitWord,
  };
}

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
  render(scope: Scopes[M]): readonly string[];
  /** Written without a separator behind others of this kind. */
  readonly joins?: boolean;
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
  /** What is in the mode, for rendering. */
  blocks(scope: Scopes[M]): readonly { readonly heading: string; readonly scope: Scopes[Child] }[];
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
      render(scope: unknown): readonly string[];
      readonly joins?: boolean;
    }
  | {
      readonly opens: Mode;
      open(scope: unknown, args: Args): unknown;
      blocks(scope: unknown): readonly { readonly heading: string; readonly scope: unknown }[];
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
