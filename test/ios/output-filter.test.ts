import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConfigError } from '../../src/ios/config-error.ts';
import { applyFilter, splitFilter } from '../../src/ios/output-filter.ts';
import { compileRegex } from '../../src/ios/regular-expression.ts';

const CONFIG = `hostname lisp1
!
interface Loopback0
 ip address 192.168.1.1 255.255.255.255
!
router lisp
 site site1
  authentication-key KEY1
  exit
 ipv4 itr
 exit
!
ip route 0.0.0.0 0.0.0.0 10.0.1.1
end`.split('\n');

function filtered(filter: string, lines: readonly string[] = CONFIG): string[] {
  const split = splitFilter(`show running-config ${filter}`);
  if (!split.ok) throw new Error(formatConfigError(split.error));
  expect(split.value.command).toBe('show running-config');
  return applyFilter(lines, split.value.filter!);
}

function mistake(line: string): string {
  const split = splitFilter(line);
  return split.ok ? 'accepted' : formatConfigError(split.error, 'console');
}

describe('a filter', () => {
  it('include keeps the lines that match', () => {
    expect(filtered('| include ^ip')).toEqual(['ip route 0.0.0.0 0.0.0.0 10.0.1.1']);
  });

  it('exclude drops them', () => {
    expect(filtered('| exclude "^!|^ "')).toEqual([
      'hostname lisp1',
      'interface Loopback0',
      'router lisp',
      'ip route 0.0.0.0 0.0.0.0 10.0.1.1',
      'end',
    ]);
  });

  it('begin starts at the first line that matches, and prints nothing without one', () => {
    expect(filtered('| begin "route "')).toEqual(CONFIG.slice(-2));
    expect(filtered('| begin bgp')).toEqual([]);
  });

  it('count counts them', () => {
    expect(filtered('| count ^!')).toEqual(['Number of lines which match regexp = 3']);
    expect(filtered('| count bgp')).toEqual(['Number of lines which match regexp = 0']);
  });

  it('section prints a line with what is indented below it', () => {
    expect(filtered('| section router')).toEqual(CONFIG.slice(5, 11));
    expect(filtered('| section site')).toEqual(CONFIG.slice(6, 9));
    expect(filtered('| section ip')).toEqual([CONFIG[3], CONFIG[9], CONFIG[12]]);
    expect(filtered('| section lisp1|interface')).toEqual([CONFIG[0], CONFIG[2], CONFIG[3]]);
  });

  it('an empty line ends a section', () => {
    expect(filtered('| section a', ['a', ' b', '', ' c'])).toEqual(['a', ' b']);
  });

  it('takes abbreviations, in any case', () => {
    for (const word of ['i', 'inc', 'Include']) expect(filtered(`| ${word} end`)).toEqual(['end']);
    expect(filtered('| c end')).toEqual(filtered('| count end'));
    expect(filtered('| sec router')).toEqual(filtered('| section router'));
    expect(filtered('|i end')).toEqual(['end']);
  });

  it('may follow a filter', () => {
    expect(filtered('| section router | exclude exit | count .')).toEqual([
      'Number of lines which match regexp = 4',
    ]);
  });

  it('without spaces around it | is an alternative', () => {
    expect(filtered('| include hostname|end')).toEqual(['hostname lisp1', 'end']);
  });

  it('an expression in quotes holds spaces and bars', () => {
    expect(filtered('| include " itr"')).toEqual([' ipv4 itr']);
    expect(filtered('| include "end | x"', ['send', 'end ', 'a x'])).toEqual(['end ', 'a x']);
  });

  it('a line without one is left as it is', () => {
    for (const line of ['', 'show ip route', 'hostname "a | b"', 'x a|b']) {
      expect(splitFilter(line)).toEqual({ ok: true, value: { command: line } });
    }
  });

  it.each([
    ['show run |', 11, '% Incomplete command.', 'begin, count, exclude, include, section'],
    ['show run | inc', 15, '% Incomplete command.', 'a regular expression'],
    ['show run | inc ', 15, '% Incomplete command.', 'a regular expression'],
    ['show run | grep lisp', 12, "% Invalid input detected at '^' marker.", 'expected one of: begin'],
    ['show run | inc up | down', 21, "% Invalid input detected at '^' marker.", 'a|b'],
    ['show run | inc a(b', 17, '% Failed to compile regular expression.', 'not closed'],
    ['show run | inc a)b', 17, '% Failed to compile regular expression.', 'closes nothing'],
    ['show run | inc *', 16, '% Failed to compile regular expression.', 'nothing before the *'],
    ['show run | inc [a-', 16, '% Failed to compile regular expression.', 'not closed'],
    ['show run | inc [', 16, '% Failed to compile regular expression.', 'not closed'],
    ['show run | inc [z-a]', 19, '% Failed to compile regular expression.', 'z-a is empty'],
    ['show run | inc x\\', 17, '% Failed to compile regular expression.', 'backslash'],
    ['show run | inc (a)\\1', 19, '% Failed to compile regular expression.', 'recalling'],
    ['show run | sec "a(b"', 18, '% Failed to compile regular expression.', 'not closed'],
    [`show run | inc ${'a'.repeat(255)}`, 270, '% Failed to compile regular expression.', '254 characters'],
  ])('%j is refused at column %i', (line, column, message, hint) => {
    const text = mistake(line);
    expect(text).toContain(`console:1:${column}\n`);
    expect(text).toContain(message);
    expect(text).toContain(hint);
  });
});

function matches(expression: string, line: string): boolean {
  const compiled = compileRegex(expression);
  if (!compiled.ok) throw new Error(compiled.error.why);
  return compiled.value.matches(line);
}

describe('a regular expression', () => {
  it.each([
    ['_10_', '10', true],
    ['_10_', 'as 10, 11', true],
    ['_10_', '(10)', true],
    ['_10_', '{10}', true],
    ['_10_', '110', false],
    ['_10_', '10.0.0.1', false],
    ['^$', '', true],
    ['^$', 'x', false],
    ['10\\.0', '10.0', true],
    ['10\\.0', '1010', false],
    ['(ab)+c', 'xababc', true],
    ['(ab)+c', 'xaabc', true],
    ['^(ab)+c', 'aabc', false],
    ['^a?b$', 'b', true],
    ['[]x]', ']', true],
    ['[^a-c]', 'abc', false],
    ['[^a-c]', 'abcd', true],
    ['[a-]', '-', true],
    ['[\\]a]', ']', true],
    ['LISP', 'lisp', false],
    ['', 'anything', true],
    ['a||b', '', true],
  ])('%j in %j: %s', (expression, line, expected) => {
    expect(matches(expression, line)).toBe(expected);
  });

  it('says what the language of the program says, where the two share a syntax', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '^', '$', '(a*b|)');
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?')).map(([a, mark]) => {
      // The edges are assertions there, and cannot be repeated.
      return a === '^' || a === '$' ? a : a + mark;
    });
    const expression = fc
      .array(fc.oneof(piece, fc.constant('|')), { maxLength: 8 })
      .map((all) => all.join(''));
    const line = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(expression, line, (text, subject) => {
        expect(matches(text, subject)).toBe(new RegExp(text).test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it('any text compiles or is refused at a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const compiled = compileRegex(text);
        if (compiled.ok) compiled.value.matches('10.0.1.1 (up), {x}');
        else {
          expect(compiled.error.at).toBeGreaterThanOrEqual(0);
          expect(compiled.error.at).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it('that would take ages to backtrack takes no time', () => {
    const line = 'a'.repeat(2000);
    expect(matches('(a+)+$b', line)).toBe(false);
    expect(matches('(a|a)*(a|a)*(a|a)*b', line)).toBe(false);
    expect(matches('((((a*)*)*)*)*b', line)).toBe(false);
  });
});
