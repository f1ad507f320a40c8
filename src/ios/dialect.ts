/**
 * The dialects in which LISP is configured: the same lines, with other words in front and in other blocks. Whatever the
 * dialect, a line writes into the one LISP configuration; its parts remember where they were entered.
 */
import type { Family } from '../base/ip.ts';
import type { Args } from './args.ts';
import { familyOf, GLOBAL_FORM, newLisp, type DraftFamily, type DraftLisp, type Entered } from './draft.ts';
import type { Command, Mode, Scopes, ServiceMode } from './grammar.ts';

/** Where lines of one dialect stand, and how they begin. */
export interface Dialect<M extends Mode> {
  readonly mode: M;
  /** Pattern of the words in front of a line about one family, with the parameter `family` where it is chosen. */
  readonly familyPattern: string;
  /** The same words as written. A service has one family. */
  readonly familyWords: readonly { readonly family: Family; readonly words: string }[];
  /** In front of a line about an EID-Prefix. */
  readonly eidPattern: string;
  eidWords(family: Family): string;
  /** Pattern of the EID-Prefix itself. */
  readonly eid: string;
  spot(scope: Scopes[M], use: 'change' | 'render'): Spot;
}

/** A place in the LISP configuration. */
export interface Spot {
  readonly lisp: DraftLisp;
  /** See `Entered`. */
  readonly form: string | undefined;
  /** Of EIDs that come without an instance. */
  readonly instanceId: number;
  /** Lines here need not say the instance. */
  readonly hasInstance: boolean;
  /** Undefined where each line says it. */
  readonly family: Family | undefined;
}

/** A line about one family, without the words in front. */
export interface FamilyLine {
  readonly tail: string;
  readonly no?: readonly string[];
  readonly help: string;
  readonly own?: boolean;
  apply(family: DraftFamily, args: Args, how: How): void;
  remove(family: DraftFamily, args: Args, how: How): void;
  /** Those among the parts that `isHere` says. */
  render(family: DraftFamily, isHere: (part: Entered) => boolean): readonly string[];
}

/** How a line was entered. */
export interface How {
  readonly form: string | undefined;
  readonly family: Family;
}

const BOTH = '<family:ipv4|ipv6>';
const EID = '[instance-id <instance:0-16777215>] <eid:prefix>';
const BOTH_WORDS = [
  { family: 4, words: 'ipv4 ' },
  { family: 6, words: 'ipv6 ' },
] as const;

/** `router lisp` of IOS 15. */
export const ROUTER_DIALECT: Dialect<'lisp'> = {
  mode: 'lisp',
  familyPattern: `${BOTH} `,
  familyWords: BOTH_WORDS,
  eidPattern: '',
  eidWords: () => '',
  eid: EID,
  spot: (lisp) => ({ lisp, form: undefined, instanceId: 0, hasInstance: false, family: undefined }),
};

/** `ip lisp`, `ipv6 lisp` and `lisp` in global mode. */
export const GLOBAL_DIALECT: Dialect<'global'> = {
  mode: 'global',
  familyPattern: '<family:ip|ipv6> lisp ',
  familyWords: [
    { family: 4, words: 'ip lisp ' },
    { family: 6, words: 'ipv6 lisp ' },
  ],
  eidPattern: '<family:ip|ipv6> lisp ',
  eidWords: (family) => (family === 4 ? 'ip lisp ' : 'ipv6 lisp '),
  eid: EID,
  spot(draft, use) {
    const lisp = use === 'change' ? (draft.lisp ??= newLisp()) : (draft.lisp ?? newLisp());
    return { lisp, form: GLOBAL_FORM, instanceId: 0, hasInstance: false, family: undefined };
  },
};

/** Blocks of IOS XE for EIDs of both families. */
export const BLOCK_DIALECTS = (['eid-table', 'instance'] as const).map((mode): Dialect<typeof mode> => ({
  mode,
  familyPattern: `${BOTH} `,
  familyWords: BOTH_WORDS,
  eidPattern: '',
  eidWords: () => '',
  eid: '<eid:prefix>',
  spot: ({ lisp, block }) => ({
    lisp,
    form: block.key,
    instanceId: block.instanceId,
    hasInstance: true,
    family: undefined,
  }),
}));

/** Services of IOS XE: the block says the family. */
export const SERVICE_DIALECTS = [
  serviceDialect('service-ipv4', 4),
  serviceDialect('service-ipv6', 6),
  serviceDialect('instance-service-ipv4', 4),
  serviceDialect('instance-service-ipv6', 6),
];

function serviceDialect(mode: ServiceMode, family: Family): Dialect<ServiceMode> {
  return {
    mode,
    familyPattern: '',
    familyWords: [{ family, words: '' }],
    eidPattern: '',
    eidWords: () => '',
    // One of the other family is refused here: no block around is to take it.
    eid: '<eid:prefix>',
    spot: ({ lisp, block }) => ({
      lisp,
      form: block.key,
      instanceId: block.instanceId,
      hasInstance: true,
      family,
    }),
  };
}

/** The commands that the lines are in a dialect. */
export function familyCommands<M extends Mode>(
  dialect: Dialect<M>,
  lines: readonly FamilyLine[],
): Command<M>[] {
  return lines.flatMap((line) => {
    const written = dialect.familyWords;
    if (written.length === 0) return [];
    const head = dialect.familyPattern;
    const change = (scope: Scopes[M], args: Args, what: 'apply' | 'remove'): void => {
      const { lisp, form } = dialect.spot(scope, 'change');
      const family = args.has('family') ? args.family() : written[0]!.family;
      line[what](familyOf(lisp, family), args, { form, family });
    };
    return {
      pattern: head + line.tail,
      no: (line.no ?? []).map((tail) => head + tail),
      help: line.help,
      own: line.own ?? false,
      joins: true,
      apply: (scope, args) => {
        change(scope, args, 'apply');
      },
      remove: (scope, args) => {
        change(scope, args, 'remove');
      },
      render(scope) {
        const { lisp, form } = dialect.spot(scope, 'render');
        return written.flatMap(({ family, words }) =>
          line.render(familyOf(lisp, family), (part) => part.form === form).map((tail) => `${words}${tail}`),
        );
      },
    };
  });
}
