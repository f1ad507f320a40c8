/** An RLOC that is given twice: once as an address, once as the interface that has it, or in two locator sets. */
import { formatIp } from '../base/ip-text.ts';
import { eidKey } from '../mapping/eid.ts';
import { interfaceAddress, locatorLines } from './apply.ts';
import type { Place } from './config-error.ts';
import type { DatabaseLine, Draft, DraftLisp, Located, LocatorLine } from './draft.ts';
import { formatLocator } from './locator-words.ts';

export type Refuse = (at: Place | undefined, message: string, hint: string) => void;

/** A line that gives an RLOC. */
interface Given {
  readonly line: Located<LocatorLine>;
  readonly text: string;
  /** The locator set that it stands in. */
  readonly set?: string;
}

export function checkLocators(draft: Draft, lisp: DraftLisp, refuse: Refuse): void {
  for (const { name, locators } of lisp.locatorSets)
    refuseTwice(
      draft,
      locators.map((line) => ({ line, text: formatLocator(line, 'IPv') })),
      `in locator-set ${name}`,
      refuse,
    );
  const byEid = new Map<string, Given[]>();
  for (const line of lisp.databaseLines) {
    const key = eidKey(line.eid);
    byEid.set(key, [...(byEid.get(key) ?? []), ...givenBy(lisp, line)]);
  }
  for (const [eid, given] of byEid) refuseTwice(draft, given, `for database-mapping ${eid}`, refuse);
}

function givenBy(lisp: DraftLisp, line: Located<DatabaseLine>): Given[] {
  if (!('locatorSet' in line)) return [{ line, text: formatLocator(line, 'ipv') }];
  const set = line.locatorSet;
  return locatorLines(lisp, line).map((each) => ({
    line: each,
    text: `${formatLocator(each, 'IPv')} of locator-set ${set}`,
    set,
  }));
}

function refuseTwice(draft: Draft, given: readonly Given[], where: string, refuse: Refuse): void {
  const known = new Map<string, Given>();
  for (const each of given) {
    const { rloc } = each.line;
    const address = 'interface' in rloc ? interfaceAddress(draft, rloc.interface, rloc.family) : rloc;
    if (address === undefined) continue;
    const rlocText = formatIp(address);
    const other = known.get(rlocText);
    known.set(rlocText, each);
    // Lines of one set are told of where the set is.
    if (other === undefined || (each.set !== undefined && each.set === other.set)) continue;
    const [first, second] = isBehind(each, other) ? [other, each] : [each, other];
    refuse(
      second.line.at,
      `RLOC ${rlocText} is given twice ${where}`,
      `by "${first.text}"${lineOf(first)} and by "${second.text}"${lineOf(second)}: remove one of them`,
    );
  }
}

/** In the text; what has no place was there before. */
function isBehind({ line: a }: Given, { line: b }: Given): boolean {
  return (a.at?.line ?? 0) >= (b.at?.line ?? 0);
}

function lineOf({ line: { at } }: Given): string {
  return at === undefined ? '' : ` in line ${at.line}`;
}
