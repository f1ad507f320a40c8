/** Random options, written in the other dialects. */
import {
  familyOf,
  draftOf,
  type GLOBAL_FORM,
  type Draft,
  type DraftBlock,
  type DraftLisp,
} from '../../src/ios/draft.ts';
import { canonicalOptions } from '../../src/ios/apply.ts';
import type { RouterOptions } from '../../src/router/options.ts';

type Formed = { form?: string | undefined };

/** Everything of LISP in one form. */
export function inForm(options: RouterOptions, form: typeof GLOBAL_FORM): Draft {
  const draft = draftOf(canonicalOptions(options));
  if (draft.lisp !== undefined) {
    draft.lisp.opened = false;
    setForms(draft.lisp, () => form);
  }
  return draft;
}

/** Roles in services, EIDs in blocks of their instance, RLOCs in locator sets. */
export function inXe(options: RouterOptions, kind: XeKind): Draft {
  const draft = draftOf(canonicalOptions(options));
  const { lisp } = draft;
  if (lisp === undefined) return draft;
  setForms(lisp, (part) => xeForm(lisp, part, kind));
  useLocatorSets(lisp);
  for (const site of lisp.sites)
    site.prefixes = site.prefixes.map((each) => ({ ...each, word: 'eid-record' }));
  return draft;
}

/** Each part in the dialect that the next of `choices` names; they are gone through again and again. */
export function inMixture(options: RouterOptions, choices: readonly Choice[]): Draft {
  const draft = draftOf(canonicalOptions(options));
  const { lisp } = draft;
  if (lisp === undefined) return draft;
  let taken = 0;
  setForms(lisp, (part) => {
    const choice = choices[taken++ % choices.length]!;
    if (choice === 'router') return undefined;
    return choice === 'global' ? 'global' : xeForm(lisp, part, choice);
  });
  return draft;
}

type XeKind = 'eid-table' | 'instance-id';
export const CHOICES = ['router', 'global', 'eid-table', 'instance-id'] as const;
type Choice = (typeof CHOICES)[number];

/** The block that the part stands in, opened when it is not yet; undefined directly in `router lisp`. */
function xeForm(lisp: DraftLisp, { role, eid }: Part, kind: XeKind): string | undefined {
  const open = (block: Omit<DraftBlock, 'table'>): string => {
    if (!lisp.blocks.some(({ key }) => key === block.key)) lisp.blocks.push({ ...block, table: undefined });
    return block.key;
  };
  const service = (family: 4 | 6, instanceId: number, around?: string): string => {
    const heading = `service ipv${family}`;
    const key = around === undefined ? heading : `${around} / ${heading}`;
    return open({ key, kind: 'service', heading, around, instanceId, family });
  };
  if (role !== undefined) return service(role, 0);
  if (eid === undefined) return undefined;
  const { instanceId, prefix } = eid;
  const heading =
    kind === 'eid-table' ? `eid-table default instance-id ${instanceId}` : `instance-id ${instanceId}`;
  const key = open({ key: heading, kind, heading, around: undefined, instanceId, family: undefined });
  return kind === 'eid-table' ? key : service(prefix.address.family, instanceId, key);
}

/** One set for each mapping. */
function useLocatorSets(lisp: DraftLisp): void {
  const names = new Map<unknown, string>();
  lisp.databaseLines = lisp.databaseLines.flatMap((line) => {
    if ('locatorSet' in line) return [line];
    const known = names.get(line.eid);
    const name = known ?? `RLOC set ${names.size}`;
    names.set(line.eid, name);
    if (known === undefined) lisp.locatorSets.push({ name, locators: [] });
    const { rloc, priority, weight, eid, form } = line;
    lisp.locatorSets.find((set) => set.name === name)!.locators.push({ rloc, priority, weight });
    return known === undefined ? [{ eid, form, locatorSet: name }] : [];
  });
}

interface Part {
  /** Of a line about one family. */
  readonly role?: 4 | 6;
  readonly eid?: DraftLisp['cacheLines'][number]['eid'];
}

function setForms(lisp: DraftLisp, formOf: (part: Part) => string | undefined): void {
  const set = (part: Formed | undefined, about: Part): void => {
    if (part !== undefined) part.form = formOf(about);
  };
  for (const field of ['databaseLines', 'cacheLines'] as const)
    lisp[field] = lisp[field].map((line) => ({ ...line, form: formOf({ eid: line.eid }) })) as never;
  for (const family of [4, 6] as const)
    for (const value of Object.values(familyOf(lisp, family)) as (Formed | Formed[] | undefined)[])
      for (const part of Array.isArray(value) ? value : [value]) set(part, { role: family });
  for (const part of [
    ...lisp.sites,
    lisp.missPolicy,
    lisp.pitrSourceEid,
    lisp.profile,
    lisp.xtrId,
    lisp.siteId,
  ])
    set(part, {});
}
