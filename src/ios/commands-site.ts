import type { Args } from './args.ts';
import { formatEidWords, readEid, sameEid } from './commands-mapping.ts';
import type { DraftLisp } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { formatKeyOptions, KEY_OPTIONS, readKey } from './key.ts';
import { quoteWord } from './lexer.ts';
import { removeWhere } from './remove.ts';

export const SITE_OPENERS = commandsOf('lisp', [
  {
    pattern: 'site <name:word>',
    help: 'Configure a site that registers with this Map-Server',
    opens: 'site',
    open(lisp: DraftLisp, args: Args) {
      const name = args.word('name');
      const at = args.place('name');
      const known = lisp.sites.find((site) => site.name === name);
      // A site of the running configuration may be changed; two blocks of one text are a mistake of copying.
      if (known?.at !== undefined) {
        args.refuse('name', `Site ${name} is configured twice`, `the first is in line ${known.at.line}`);
        return undefined;
      }
      const site = { name, key: undefined, prefixes: [], acceptStaleNonces: false, ...known, at };
      lisp.sites =
        known === undefined ? [...lisp.sites, site] : lisp.sites.map((s) => (s === known ? site : s));
      return site;
    },
    remove: (lisp, args) => removeWhere(lisp.sites, ({ name }) => name === args.word('name'), args),
    blocks: ({ sites }) => sites.map((source) => ({ heading: `site ${quoteWord(source.name)}`, source })),
  },
]);

export const SITE_COMMANDS = commandsOf('site', [
  {
    pattern: `authentication-key [<key-id:0-255>] <key:word> [${KEY_OPTIONS}]`,
    no: ['authentication-key'],
    help: 'Key shared with the ETRs of the site',
    apply(site, args) {
      if (args.numberOr('key-id', 0) === 6)
        args.warn('6 is taken as the key ID, not as the mark of an encrypted key');
      site.key = readKey(args);
    },
    remove: (site) => (site.key = undefined),
    render({ key }) {
      if (key === undefined) return [];
      const keyId = key.keyId === 0 ? '' : `${key.keyId} `;
      return [`authentication-key ${keyId}${quoteWord(key.secret)}${formatKeyOptions(key)}`];
    },
  },
  {
    pattern: 'eid-prefix [instance-id <instance:0-16777215>] <eid:prefix> [accept-more-specifics]',
    help: 'EID-Prefix that the site may register',
    apply(site, args) {
      const eid = readEid(args);
      const acceptMoreSpecifics = args.hasKeyword('accept-more-specifics');
      const prefix = { eid, acceptMoreSpecifics, at: args.place('eid') };
      site.prefixes = [...site.prefixes.filter((other) => !sameEid(other.eid, eid)), prefix];
    },
    remove(site, args) {
      const eid = readEid(args);
      removeWhere(site.prefixes, (other) => sameEid(other.eid, eid), args);
    },
    render: ({ prefixes }) =>
      prefixes.map(({ eid, acceptMoreSpecifics }) => {
        const line = `eid-prefix ${formatEidWords(eid)}`;
        return acceptMoreSpecifics ? `${line} accept-more-specifics` : line;
      }),
  },
  {
    pattern: 'accept-stale-nonces',
    help: 'Accept Map-Registers whose nonce does not rise (legacy senders)',
    own: true,
    apply: (site) => (site.acceptStaleNonces = true),
    remove: (site) => (site.acceptStaleNonces = false),
    render: ({ acceptStaleNonces }) => (acceptStaleNonces ? ['accept-stale-nonces'] : []),
  },
]);
