/** Where and why a text is not JSON. `JSON.parse` knows it as well, but says it differently in every engine. */

/** The first mistake of a text. */
export interface JsonFault {
  /** Where it is, in characters from the start. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/** Deeper ones are no configuration, and would take the stack of whoever walks them. */
export const MAX_DEPTH = 100;

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'separator';

const BLANK = /[ \t\r\n]*/y;
const ATOM = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** Undefined for JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: { readonly at: number; readonly close: '}' | ']' }[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = endOf(BLANK, text, at)!;
    const letter = text[at];
    const inner = open.at(-1);
    if (expected === 'separator' && inner === undefined)
      return letter === undefined
        ? undefined
        : fault(at, 'nothing more is expected here', severalHint(letter));
    if (letter === undefined) return endsEarly(text, inner);
    if (letter === inner?.close && (expected.endsWith(' or end') || expected === 'separator')) {
      open.pop();
      expected = 'separator';
      at++;
    } else if (expected === 'separator') {
      if (letter !== ',')
        return fault(at, `"," or "${inner!.close}" is expected before this`, hintFor(text, at));
      expected = inner!.close === '}' ? 'name' : 'value';
      at++;
    } else if (expected === 'colon') {
      if (letter !== ':') return fault(at, '":" is expected here', hintFor(text, at));
      expected = 'value';
      at++;
    } else if (letter === '"') {
      const end = endOfText(text, at);
      if (typeof end !== 'number') return end;
      expected = expected.startsWith('name') ? 'colon' : 'separator';
      at = end;
    } else if (expected.startsWith('name')) {
      return letter === '}'
        ? fault(at, 'a name is expected here', 'a comma stands before it, and nothing behind the comma')
        : fault(at, 'a name in double quotes is expected here', hintFor(text, at));
    } else if (letter === '{' || letter === '[') {
      if (open.length === MAX_DEPTH) return fault(at, `more than ${MAX_DEPTH} levels`, 'JSON is expected');
      open.push({ at, close: letter === '{' ? '}' : ']' });
      expected = letter === '{' ? 'name or end' : 'value or end';
      at++;
    } else {
      const end = endOf(ATOM, text, at);
      if (end === undefined) return fault(at, 'a value is expected here', hintFor(text, at));
      expected = 'separator';
      at = end;
    }
  }
}

/** The place behind a text in quotes that starts here. */
function endOfText(text: string, start: number): number | JsonFault {
  for (let at = start + 1; ; at++) {
    const letter = text[at];
    if (letter === undefined || letter === '\n' || letter === '\r')
      return fault(start, 'this quote is not closed', 'a text ends on the line where it begins');
    if (letter === '"') return at + 1;
    if (letter < ' ') return fault(at, 'a control character stands in a text', 'write a tab as \\t');
    if (letter !== '\\') continue;
    const end = endOf(ESCAPE, text, at + 1);
    if (end === undefined) return fault(at, 'this is no escape', 'write a backslash as \\\\');
    at = end - 1;
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function endsEarly(
  text: string,
  inner: { readonly at: number; readonly close: string } | undefined,
): JsonFault {
  if (inner === undefined)
    return fault(text.length, 'a value is expected, but the text ends', 'JSON is expected');
  const line = text.slice(0, inner.at).split('\n').length;
  return fault(
    text.length,
    `"${inner.close}" is expected, but the text ends`,
    `the ${text[inner.at]!} of line ${line} is not closed`,
  );
}

function severalHint(letter: string): string {
  return letter === '{' ? 'put several objects into a list: [{...}, {...}]' : 'JSON is expected';
}

function hintFor(text: string, at: number): string {
  if (text[at] === "'") return 'JSON has names and texts in double quotes';
  return /[/#]/.test(text[at]!) ? 'JSON has no comments' : 'JSON is expected';
}

function fault(at: number, message: string, hint: string): JsonFault {
  return { at, message, hint };
}
