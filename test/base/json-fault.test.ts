import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault, MAX_DEPTH } from '../../src/base/json-fault.ts';

/** The obvious twin. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const said = (text: string): string => {
  const { at, message, hint } = jsonFault(text)!;
  return `${at} ${message}; ${hint}`;
};

describe('where a text is not JSON', () => {
  it('finds a fault exactly where JSON.parse does', () => {
    const whole = fc
      .tuple(fc.json(), fc.constantFrom(undefined, 2))
      .map(([text, indent]) => JSON.stringify(JSON.parse(text), undefined, indent));
    const hurt = fc
      .tuple(
        whole,
        fc.nat(60),
        fc.nat(3),
        fc.constantFrom('', ',', '"', '}', ']', '{', ':', '\\', '\t', '1', '0', '-', 't'),
      )
      .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
    const soup = fc
      .array(fc.constantFrom(...Array.from('{}[]:,"\\u0019-+.eE \n\t'), 'true', 'null', '"a"'))
      .map((all) => all.join(''));
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(fc.oneof(whole, hurt, soup), (text) => {
        const good = isJson(text);
        seen[good ? 'good' : 'bad']++;
        const found = jsonFault(text);
        expect(found === undefined).toBe(good);
        if (found === undefined) return;
        // It is the first: what stands before it is whole, or only ends too early.
        const before = jsonFault(text.slice(0, found.at));
        if (before?.message !== 'this quote is not closed') expect(before?.at ?? found.at).toBe(found.at);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(300);
  });

  it.each([
    ['', '0 a value is expected, but the text ends; JSON is expected'],
    ['{"a": 1,}', '8 a name is expected here; a comma stands before it, and nothing behind the comma'],
    ['{\n"a": [1\n', '10 "]" is expected, but the text ends; the [ of line 2 is not closed'],
    ["{'a': 1}", '1 a name in double quotes is expected here; JSON has names and texts in double quotes'],
    ['{"a" 1}', '5 ":" is expected here; JSON is expected'],
    ['{ // b\n}', '2 a name in double quotes is expected here; JSON has no comments'],
    ['{"a": "b\n}', '6 this quote is not closed; a text ends on the line where it begins'],
    ['["\\x"]', '2 this is no escape; write a backslash as \\\\'],
    ['["\t"]', '2 a control character stands in a text; write a tab as \\t'],
    ['{}\n{}', '3 nothing more is expected here; put several objects into a list: [{...}, {...}]'],
    ['<html>', '0 a value is expected here; JSON is expected'],
  ])('%j', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it('the deepest that is read, and one deeper', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(jsonFault(nested(MAX_DEPTH))).toBeUndefined();
    expect(said(nested(MAX_DEPTH + 1))).toContain(`${MAX_DEPTH} more than ${MAX_DEPTH} levels`);
  });
});
