/** Lines of the LISP configuration that concern the router as a whole. */
import { noLisp } from '../router/options.ts';
import type { Args } from './args.ts';
import { GLOBAL_DIALECT, ROUTER_DIALECT, type Dialect } from './dialect.ts';
import type { DraftLisp, Written } from './draft.ts';
import { commandsOf, type Command, type Mode } from './grammar.ts';

type Field = 'pitrSourceEid' | 'missPolicy' | 'profile' | 'xtrId' | 'siteId';

interface RouterLine {
  readonly field: Field;
  readonly words: string;
  readonly value: string;
  readonly help: string;
  readonly own: boolean;
  /** Not written. */
  readonly usual?: string;
}

const ROUTER_LINES: readonly RouterLine[] = [
  {
    field: 'pitrSourceEid',
    words: 'proxy-itr source-eid',
    value: '<source:host|rloc>',
    help: 'Source EID of the Map-Requests of a proxy ITR',
    own: true,
    usual: noLisp().pitrSourceEid,
  },
  {
    field: 'missPolicy',
    words: 'miss-policy',
    value: '<policy:drop|hold>',
    help: 'What happens to a packet while its EID is being resolved',
    own: true,
  },
  {
    field: 'profile',
    words: 'profile',
    value: '<profile:public|trusted>',
    help: 'Whether nonces and Locator-Status-Bits of LISP headers are used',
    own: true,
    usual: noLisp().profile,
  },
  {
    field: 'xtrId',
    words: 'xtr-id',
    value: '<id:hex32>',
    help: 'Identity of this router in its registrations, 16 bytes',
    own: true,
  },
  {
    field: 'siteId',
    words: 'site-id',
    value: '<id:hex16>',
    help: 'Identity of the site in registrations, 8 bytes',
    own: false,
  },
];

export const ROUTER_COMMANDS = commandsOf('lisp', routerCommands(ROUTER_DIALECT, ''));
export const GLOBAL_ROUTER_COMMANDS = commandsOf('global', routerCommands(GLOBAL_DIALECT, 'lisp '));

function routerCommands<M extends Mode>(dialect: Dialect<M>, head: string): Command<M>[] {
  return ROUTER_LINES.map(({ field, words, value, help, own, usual }) => ({
    pattern: `${head}${words} ${value}`,
    no: [`${head}${words}`],
    help,
    own,
    joins: true,
    apply(scope, args) {
      const { lisp, form } = dialect.spot(scope, 'change');
      const entered = wordOf(args);
      set(lisp, field, entered === usual ? undefined : { value: entered, at: args.place(), form });
    },
    remove(scope) {
      set(dialect.spot(scope, 'change').lisp, field, undefined);
    },
    render(scope) {
      const { lisp, form } = dialect.spot(scope, 'render');
      const found = lisp[field];
      if (found === undefined || found.form !== form || found.value === usual) return [];
      return [`${head}${words} ${found.value}`];
    },
  }));
}

/** The one parameter of the line. */
function wordOf(args: Args): string {
  return args.word(['source', 'policy', 'profile', 'id'].find((name) => args.has(name))!);
}

/** The pattern of the line lets in only what the field takes. */
function set(lisp: DraftLisp, field: Field, value: Written<{ readonly value: string }> | undefined): void {
  (lisp as Record<Field, unknown>)[field] = value;
}
