/** The syntax of oor.conf: `name = value`, `name = { value, value }`, `name { ... }`; comments as in shells and C. */
import { err, ok, type Result } from '../base/result.ts';
import type { ImportError, ImportPlace } from './imported.ts';

export interface Statement extends ImportPlace {
  readonly name: string;
  readonly content:
    | { readonly kind: 'value'; readonly text: string }
    | { readonly kind: 'list'; readonly texts: readonly string[] }
    | { readonly kind: 'block'; readonly statements: readonly Statement[] };
}

interface Token extends ImportPlace {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** All statements of a file, or the first place where it is none. */
export function parseConfuse(text: string): Result<readonly Statement[], ImportError> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  let at = 0;
  const list = tokens.value;
  const end: Token = { text: '', isQuoted: false, ...lastPlace(text) };
  const peek = (): Token => list[at] ?? end;
  const is = (sign: string): boolean => !peek().isQuoted && peek().text === sign;
  const fail = (message: string, hint = ''): Result<never, ImportError> => {
    const { line, column } = peek();
    return err({ line, column, message: at < list.length ? message : `${message}, but the file ends`, hint });
  };

  function statements(isInner: boolean): Result<readonly Statement[], ImportError> {
    const found: Statement[] = [];
    while (at < list.length && !is('}')) {
      const statement = one();
      if (!statement.ok) return statement;
      found.push(statement.value);
    }
    if (isInner && at >= list.length) return fail('"}" is expected');
    if (!isInner && at < list.length) return fail('this "}" closes nothing');
    return ok(found);
  }

  function one(): Result<Statement, ImportError> {
    const { text: name, line, column } = peek();
    if (/^[={},+]$/.test(name) && !peek().isQuoted) return fail('a name is expected here');
    at++;
    const hasEquals = is('=');
    if (hasEquals) at++;
    if (is('{')) {
      at++;
      return hasEquals ? values(name, { line, column }) : block(name, { line, column });
    }
    if (!hasEquals) return fail(`"=" or "{" is expected after ${name}`);
    if (at >= list.length || is('}')) return fail(`a value of ${name} is expected`);
    const value = peek().text;
    at++;
    return ok({ name, line, column, content: { kind: 'value', text: value } });
  }

  function values(name: string, place: ImportPlace): Result<Statement, ImportError> {
    const texts: string[] = [];
    while (at < list.length && !is('}')) {
      if (!is(',')) texts.push(peek().text);
      at++;
    }
    if (at >= list.length) return fail(`"}" is expected after the values of ${name}`);
    at++;
    return ok({ name, ...place, content: { kind: 'list', texts } });
  }

  function block(name: string, place: ImportPlace): Result<Statement, ImportError> {
    const inside = statements(true);
    if (!inside.ok) return inside;
    at++;
    return ok({ name, ...place, content: { kind: 'block', statements: inside.value } });
  }

  return statements(false);
}

function tokenize(text: string): Result<readonly Token[], ImportError> {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  const pattern =
    /(\n)|([ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|"((?:[^"\\]|\\.)*)"|'([^']*)'|([={},])|([^\s={},"'#]+)/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const place = { line, column: start - lineStart + 1 };
    const match = pattern.exec(text);
    if (match === null) return err({ ...place, message: 'this quote is not closed', hint: '' });
    const [whole, newline, blank, double, single, sign, word] = match;
    const content = double?.replace(/\\(.)/g, '$1') ?? single ?? sign ?? word;
    if (newline === undefined && blank === undefined)
      tokens.push({ ...place, text: content!, isQuoted: sign === undefined && word === undefined });
    for (let i = 0; i < whole.length; i++)
      if (whole[i] === '\n') {
        line++;
        lineStart = start + i + 1;
      }
  }
  return ok(tokens);
}

function lastPlace(text: string): ImportPlace {
  const lines = text.split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
