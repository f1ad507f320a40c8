import { sameIp } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { formatEidWords, readEid, sameEid } from './commands-mapping.ts';
import { GLOBAL_DIALECT, ROUTER_DIALECT, type Dialect } from './dialect.ts';
import type { DraftSite } from './draft.ts';
import { commandsOf, type Command, type Mode, type Opener } from './grammar.ts';
import { formatKeyOptions, formatSiteKey, KEY_OPTIONS, KEY_TYPE, readKey } from './key.ts';
import { quoteWord } from './lexer.ts';
import { readRloc } from './locator-words.ts';
import { removeWhere } from './remove.ts';

export const SITE_OPENERS = commandsOf('lisp', [siteOpener(ROUTER_DIALECT, 'site', 'site')]);
export const GLOBAL_SITE_OPENERS = commandsOf('global', [
  siteOpener(GLOBAL_DIALECT, 'lisp site', 'lisp-site'),
]);

function siteOpener<M extends Mode, Child extends 'site' | 'lisp-site'>(
  dialect: Dialect<M>,
  words: string,
  opens: Child,
): Opener<M, Child> {
  return {
    pattern: `${words} <name:word>`,
    help: 'Configure a site that registers with this Map-Server',
    opens,
    open(scope, args) {
      const { lisp, form } = dialect.spot(scope, 'change');
      const name = args.word('name');
      const at = args.place('name');
      const known = lisp.sites.find((site) => site.name === name);
      // A site of the running configuration may be changed; two blocks of one text are a mistake of copying.
      if (known?.at !== undefined) {
        args.refuse('name', `Site ${name} is configured twice`, `the first is in line ${known.at.line}`);
        return undefined;
      }
      const site: DraftSite = { ...(known ?? newSite(name)), at, form };
      lisp.sites =
        known === undefined ? [...lisp.sites, site] : lisp.sites.map((s) => (s === known ? site : s));
      return site;
    },
    remove(scope, args) {
      const { lisp } = dialect.spot(scope, 'change');
      removeWhere(lisp.sites, ({ name }) => name === args.word('name'), args);
    },
    blocks(scope) {
      const { lisp, form } = dialect.spot(scope, 'render');
      return lisp.sites
        .filter((site) => site.form === form)
        .map((site) => ({ heading: `${words} ${quoteWord(site.name)}`, scope: site }));
    },
  };
}

function newSite(name: string): DraftSite {
  return {
    name,
    description: undefined,
    key: undefined,
    prefixes: [],
    allowedLocators: [],
    acceptStaleNonces: false,
  };
}

const SITE_LINES: readonly Command<'site' | 'lisp-site'>[] = [
  {
    pattern: 'description <text:line>',
    no: ['description'],
    help: 'Up to the end of the line, for people',
    apply: (site, args) => (site.description = args.rest('text')),
    remove: (site) => (site.description = undefined),
    render: ({ description }) => (description === undefined ? [] : [`description ${description}`]),
  },
  {
    pattern: `authentication-key [<key-id:0-255>] [${KEY_TYPE}] <key:word> [${KEY_OPTIONS}]`,
    no: ['authentication-key'],
    help: 'Key shared with the ETRs of the site',
    apply(site, args) {
      site.key = readKey(args) ?? site.key;
    },
    remove: (site) => (site.key = undefined),
    render: ({ key }) =>
      key === undefined ? [] : [`authentication-key ${formatSiteKey(key)}${formatKeyOptions(key)}`],
  },
  ...(['eid-prefix', 'eid-record'] as const).map((word): Command<'site' | 'lisp-site'> => ({
    pattern: `${word} [instance-id <instance:0-16777215>] <eid:prefix> [accept-more-specifics]`,
    help: word === 'eid-prefix' ? 'EID-Prefix that the site may register' : 'The same, as IOS XE says it',
    apply(site, args) {
      const eid = readEid(args);
      const acceptMoreSpecifics = args.hasKeyword('accept-more-specifics');
      const prefix = { eid, acceptMoreSpecifics, at: args.place('eid'), word };
      site.prefixes = [...site.prefixes.filter((other) => !sameEid(other.eid, eid)), prefix];
    },
    remove(site, args) {
      const eid = readEid(args);
      removeWhere(site.prefixes, (other) => sameEid(other.eid, eid), args);
    },
    render: ({ prefixes }) =>
      prefixes
        .filter((prefix) => prefix.word === word)
        .map(({ eid, acceptMoreSpecifics }) => {
          const line = `${word} ${formatEidWords(eid)}`;
          return acceptMoreSpecifics ? `${line} accept-more-specifics` : line;
        }),
  })),
  {
    pattern: 'allowed-locator <rloc:ip>',
    no: ['allowed-locator'],
    help: 'RLOC that the site may register; one line for each, none for any',
    apply(site, args) {
      const rloc = readRloc(args);
      if (rloc === undefined) return;
      site.allowedLocators = [...site.allowedLocators.filter((other) => !sameIp(other, rloc)), rloc];
    },
    remove(site, args) {
      const rloc = args.optionalIp('rloc');
      const allowed = [...site.allowedLocators];
      removeWhere(allowed, (other) => rloc === undefined || sameIp(other, rloc), args);
      site.allowedLocators = allowed;
    },
    render: ({ allowedLocators }) => allowedLocators.map((rloc) => `allowed-locator ${formatIp(rloc)}`),
  },
  {
    pattern: 'accept-stale-nonces',
    help: 'Accept Map-Registers whose nonce does not rise (legacy senders)',
    own: true,
    apply: (site) => (site.acceptStaleNonces = true),
    remove: (site) => (site.acceptStaleNonces = false),
    render: ({ acceptStaleNonces }) => (acceptStaleNonces ? ['accept-stale-nonces'] : []),
  },
];

export const SITE_COMMANDS = commandsOf('site', SITE_LINES);
export const GLOBAL_SITE_COMMANDS = commandsOf('lisp-site', SITE_LINES);
