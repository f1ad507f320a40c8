import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOptions, optionsOf } from '../../src/ios/apply.ts';
import { enterConfigLine, type ConfigState } from '../../src/ios/config-line.ts';
import { draftOf, type Draft } from '../../src/ios/draft.ts';
import { renderConfig, renderDraft, renderNormalised } from '../../src/ios/render.ts';
import type { RouterOptions } from '../../src/router/options.ts';
import { DIALECT_TEXTS, DIALECTS } from './dialect-configs.ts';
import { CHOICES, inForm, inMixture, inXe } from './gen-dialect.ts';
import { routerOptions } from './gen-options.ts';
import { read } from './read.ts';
import { unordered } from './unordered.ts';

const EMPTY: ConfigState = {
  draft: draftOf({ hostname: 'Router', interfaces: [], staticRoutes: [] }),
  path: [],
};

/** Typed at a console, which forgets the lines of the text. */
function typed(text: string, start = EMPTY): Draft {
  return text.split('\n').reduce((state, line) => {
    const { errors, state: next } = enterConfigLine(state, line);
    expect(errors, line).toEqual([]);
    return next;
  }, start).draft;
}

const pairs = Object.entries(DIALECTS).flatMap(([router, { lab, others }]) =>
  Object.entries(others).map(([dialect, text]) => [router, dialect, lab, text] as const),
);

describe('the dialects', () => {
  it.each(pairs)('%s in the dialect %s has the options of the lab', (_, __, lab, text) => {
    expect(read(text).options).toEqual(read(lab).options);
    expect(read(text).warnings).toEqual([]);
  });

  it.each(DIALECT_TEXTS)('%s typed line by line is the configuration read at once', (_, text) => {
    expect(optionsOf(typed(text.replace(/^end\n/m, '')))).toEqual(read(text).options);
  });

  it.each(DIALECT_TEXTS)('the running configuration of %s keeps its dialect', async (name, text) => {
    const shown = renderDraft(typed(text.replace(/^end\n/m, '')));
    await expect(shown).toMatchFileSnapshot(`goldens/running-config-${name}.txt`);
    expect(read(shown).options).toEqual(read(text).options);
    expect(renderDraft(typed(shown.replace(/^end\n/m, '')))).toBe(shown);
  });

  it.each(pairs)('%s in the dialect %s is normalised to "router lisp"', (_, __, lab, text) => {
    expect(renderConfig(optionsOf(typed(text.replace(/^end\n/m, ''))))).toBe(renderConfig(read(lab).options));
  });

  it('say the same whatever the options are', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        const canonical = canonicalOptions(options);
        for (const draft of [
          inForm(options, 'global'),
          inXe(options, 'eid-table'),
          inXe(options, 'instance-id'),
        ]) {
          const text = renderDraft(draft);
          expect(optionsOf(draft)).toEqual(canonical);
          expect(read(text).options).toEqual(canonical);
          expect(renderDraft(typed(text.replace(/^end\n/m, '')))).toBe(text);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('mixed line by line in one configuration say the same', () => {
    const drafts = fc
      .tuple(routerOptions, fc.array(fc.constantFrom(...CHOICES), { minLength: 1, maxLength: 9 }))
      .map(([options, choices]) => ({ options, draft: inMixture(options, choices) }));
    fc.assert(
      fc.property(drafts, ({ options, draft }) => {
        const text = renderDraft(draft);
        expect(unordered(optionsOf(draft))).toEqual(unordered(canonicalOptions(options)));
        expect(read(text).options).toEqual(optionsOf(draft));
        expect(renderDraft(typed(text.replace(/^end\n/m, '')))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('normalised say the same as in "router lisp", where nothing changes, texts for people and all', () => {
    const texts = fc.array(fc.constantFrom('to the core', '"a" b', undefined), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(routerOptions, texts, fc.boolean(), (options, words, isUnsaid) => {
        const inRouter = draftOf(canonicalOptions(options));
        for (const draft of [
          inRouter,
          inForm(options, 'global'),
          inXe(options, 'eid-table'),
          inXe(options, 'instance-id'),
        ]) {
          for (const [i, part] of [...draft.interfaces, ...(draft.lisp?.sites ?? [])].entries())
            part.description = words[i % words.length];
          if (isUnsaid && draft.lisp?.missPolicy?.value === 'hold') draft.lisp.missPolicy = undefined;
          expect(renderNormalised(draft)).toBe(renderDraft(inRouter));
          expect(read(renderNormalised(draft)).options).toEqual(optionsOf(draft));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('normalised keep the name of a route, both MTUs, a masked key and a default that was left unsaid', () => {
    const text = `interface FastEthernet0/0
 description to the core
 mtu 9000
 ip mtu 1400
 ip address 10.0.1.2 255.255.255.252
 exit
ip route 0.0.0.0 0.0.0.0 10.0.1.1 name up
router lisp
 locator-set RLOC1
  IPv4-interface FastEthernet0/0 priority 1 weight 100
  exit
 eid-table default instance-id 0
  database-mapping 192.168.1.0/24 locator-set RLOC1
  exit
 exit
ip lisp etr
ip lisp etr map-server 10.0.1.1 key 7 0822455D0A16
lisp site a
 description branch "A"
 authentication-key 7 0822455D0A16
 eid-record 192.168.1.0/24
 exit
`;
    const draft = typed(text);
    const shown = renderNormalised(draft);
    expect(read(shown).options).toEqual(read(text).options);
    expect(renderDraft(typed(shown.replace(/^end\n/m, '')))).toBe(shown);
    expect(shown).toBe(`hostname Router
!
interface FastEthernet0/0
 description to the core
 ip address 10.0.1.2 255.255.255.252
 mtu 9000
 ip mtu 1400
!
router lisp
 database-mapping 192.168.1.0/24 10.0.1.2 priority 1 weight 100
 site a
  description branch "A"
  authentication-key 7 0822455D0A16
  eid-prefix 192.168.1.0/24
  exit
 ipv4 etr map-server 10.0.1.1 key 7 0822455D0A16
 ipv4 etr
 exit
!
ip route 0.0.0.0 0.0.0.0 10.0.1.1 name up
!
end
`);
  });

  it('mixed in one configuration keep their lines, and their options', () => {
    const text = `router lisp
 ipv4 itr
 service ipv6
  itr
  exit-service-ipv6
 site a
  authentication-key K
  eid-prefix 10.0.0.0/8
  eid-record 11.0.0.0/8
  exit
 exit
ip lisp etr
ip lisp itr map-resolver 10.0.0.1
ip lisp use-petr 10.0.0.1 priority 2 weight 50
lisp site b
 authentication-key K
 exit
`;
    const shown = renderDraft(typed(text));
    for (const line of text.split('\n')) expect(shown).toContain(line.trim());
    expect(read(shown).options).toEqual(read(text).options);
  });
});

describe('"no"', () => {
  const removable = DIALECT_TEXTS.filter(([name]) => !name.includes('lisp2'));

  it.each(removable)('before each line of %s gives what the text without the line gives', (_, text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== 'end');
    const read = (list: readonly string[]): RouterOptions => optionsOf(typed(list.join('\n')));
    let tried = 0;
    for (const [at, line] of lines.entries()) {
      if (
        !/^ *(ipv?[46]? lisp|lisp miss|[0-9I].* priority|database|map-|ipv4 |itr|etr|proxy|use-petr|site |eid-)/.test(
          line,
        )
      )
        continue;
      const end = blockEnd(lines, at);
      const without = [...lines.slice(0, at), ...lines.slice(end)];
      const negated = [...lines.slice(0, end), line.replace(/\S/, 'no $&'), ...lines.slice(end)];
      expect(read(negated), line).toEqual(read(without));
      tried++;
    }
    expect(tried).toBeGreaterThan(5);
  });

  it('before the opener of a block removes all that is inside', () => {
    for (const [opener, ...inside] of [
      [
        'eid-table default instance-id 7',
        'database-mapping 10.0.0.0/8 10.9.0.1 priority 1 weight 1',
        'ipv4 itr',
      ],
      ['instance-id 7', 'service ipv4', 'map-cache 10.0.0.0/8 drop', 'etr map-cache-ttl 5'],
      ['service ipv6', 'itr map-resolver 10.9.0.1', 'proxy-itr 10.9.0.1', 'map-server'],
    ]) {
      const text = ['router lisp', 'ipv4 map-resolver', opener, ...inside].join('\n');
      const kept = read('router lisp\nipv4 map-resolver').options;
      expect(read(text).options).not.toEqual(kept);
      expect(read(`${text}\nno ${opener!}`).options).toEqual(kept);
    }
  });

  it('works across dialects: what one configured another removes', () => {
    const base = typed('ip lisp itr\nip lisp itr map-resolver 10.0.0.1\nlisp site a\nexit');
    const after = typed('router lisp\nno ipv4 itr\nno ipv4 itr map-resolver 10.0.0.1\nno site a', {
      draft: base,
      path: [],
    });
    expect(optionsOf(after)).toEqual(read('router lisp').options);
  });

  it('and a default that was entered leave nothing to show', () => {
    for (const line of ['lisp proxy-itr source-eid host', 'ip lisp etr map-cache-ttl 1440']) {
      const draft = typed(line);
      expect(read(renderDraft(draft)).options).toEqual(optionsOf(draft));
    }
  });

  it('of the last global line leaves a router without LISP', () => {
    const draft = typed('ip lisp itr\nno ip lisp itr');
    expect(optionsOf(draft).lisp).toBeUndefined();
    expect(renderDraft(draft)).not.toContain('lisp');
  });
});

/** Behind a line and all that is indented deeper. */
function blockEnd(lines: readonly string[], at: number): number {
  const depth = (line: string): number => line.length - line.trimStart().length;
  let end = at + 1;
  while (end < lines.length && depth(lines[end]!) > depth(lines[at]!)) end++;
  return end;
}
