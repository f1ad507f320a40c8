/**
 * Display filters: `lisp.type == map-request && link == lisp1-mapserver`. As in Wireshark, a comparison holds when any
 * occurrence of the field fits, in whatever layer; `!=` when the field is there and none is equal; `!` binds tighter
 * than `&&`, and that tighter than `||`. A bare name holds when the field is there, a bare flag when it is set.
 *
 *   filter   = and { ("||" | "or") and }
 *   and      = not { ("&&" | "and") not }
 *   not      = ("!" | "not") not | "(" filter ")" | test
 *   test     = field [ relation literal | "in" ( literal | "{" literal { "," literal } "}" ) ]
 *   relation = "==" "!=" "<" "<=" ">" ">=" "contains" "matches", or eq ne lt le gt ge ~
 */
import { err, type Result } from '../base/result.ts';
import type { FieldDefinition, FieldValue } from './field.ts';
import { fieldNames, findField } from './field-table.ts';
import { lexFilter, type FilterError, type Relation, type Token } from './filter-lexer.ts';
import { relationsOf, valueTest, type ValueTest } from './filter-value.ts';

export type { FilterError } from './filter-lexer.ts';

/** What a filter is asked about: all values of the field of this name (no alias). */
export type FieldLookup = (name: string) => readonly FieldValue[];

/** True when the frame passes. */
export type Filter = (fields: FieldLookup) => boolean;

/** Operators inside each other: more is a mistake, and less than what the call stack has. */
const DEPTH_LIMIT = 200;

/** Reads a filter. An error says where in `text` it lies. Never throws. */
export function parseFilter(text: string): Result<Filter, FilterError> {
  const tokens = lexFilter(text);
  if (!tokens.ok) return tokens;
  return new Parser(tokens.value).parse();
}

type Parsed = Result<Filter, FilterError>;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Parsed {
    if (this.#peek().kind === 'end') return this.#refuse('the filter is empty');
    const filter = this.#or();
    if (!filter.ok) return filter;
    const next = this.#peek();
    if (next.kind === 'end') return filter;
    if (next.kind === ')') return this.#refuse('this parenthesis was not opened');
    return this.#refuse('the filter should end here, or go on with && or ||');
  }

  #or(): Parsed {
    return this.#chain('or', () => this.#and());
  }

  #and(): Parsed {
    return this.#chain('and', () => this.#not());
  }

  /** One operand, or several with the same operator between them. */
  #chain(operator: 'and' | 'or', operand: () => Parsed): Parsed {
    const parts: Filter[] = [];
    do {
      const part = operand();
      if (!part.ok) return part;
      parts.push(part.value);
    } while (this.#accept(operator));
    if (parts.length === 1) return { ok: true, value: parts[0]! };
    const value: Filter =
      operator === 'and'
        ? (fields) => parts.every((part) => part(fields))
        : (fields) => parts.some((part) => part(fields));
    return { ok: true, value };
  }

  #not(): Parsed {
    if (this.#depth >= DEPTH_LIMIT) return this.#refuse('the filter is nested too deeply');
    this.#depth++;
    const filter = this.#operand();
    this.#depth--;
    return filter;
  }

  #operand(): Parsed {
    if (this.#accept('not')) {
      const inner = this.#not();
      return inner.ok ? { ok: true, value: (fields) => !inner.value(fields) } : inner;
    }
    const opening = this.#peek();
    if (!this.#accept('(')) return this.#test();
    const inner = this.#or();
    if (!inner.ok) return inner;
    if (this.#accept(')')) return inner;
    if (this.#peek().kind !== 'end') return this.#refuse('")", && or || is expected here');
    return err({ message: 'this parenthesis is not closed', start: opening.start, end: opening.end });
  }

  #test(): Parsed {
    const token = this.#peek();
    if (token.kind !== 'word')
      return this.#refuse('a field is expected here', 'such as ip.src, lisp.type or icmp');
    const field = findField(token.text) ?? findField(token.text.toLowerCase());
    if (field === undefined) {
      const { start, end, text } = token;
      return err({ message: `no field "${text}"`, start, end, unknown: { word: text, known: fieldNames() } });
    }
    this.#at++;
    const relation = this.#peek();
    if (relation.kind !== 'relation') return { ok: true, value: presence(field) };
    const allowed = relationsOf(field);
    if (!allowed.includes(relation.relation)) {
      const hint =
        allowed.length === 0
          ? `write ${field.name} alone, or a field of it`
          : `it goes with ${allowed.join(' ')}`;
      return this.#refuse(`${field.name} has no ${relation.relation}`, hint);
    }
    this.#at++;
    const tests = this.#literals(field, relation.relation);
    if (!tests.ok) return tests;
    return { ok: true, value: comparison(field, relation.relation, tests.value) };
  }

  #literals(field: FieldDefinition, relation: Relation): Result<readonly ValueTest[], FilterError> {
    const opening = this.#peek();
    if (relation !== 'in' || !this.#accept('{')) {
      const test = this.#literal(field, relation);
      return test.ok ? { ok: true, value: [test.value] } : test;
    }
    const tests: ValueTest[] = [];
    do {
      const test = this.#literal(field, relation);
      if (!test.ok) return test;
      tests.push(test.value);
    } while (this.#accept(',') || isLiteral(this.#peek()));
    if (this.#accept('}')) return { ok: true, value: tests };
    if (this.#peek().kind !== 'end') return this.#refuse('"}" or "," is expected here');
    return err({ message: 'this brace is not closed', start: opening.start, end: opening.end });
  }

  #literal(field: FieldDefinition, relation: Relation): Result<ValueTest, FilterError> {
    const token = this.#peek();
    if (!isLiteral(token)) return this.#refuse(`a value of ${field.name} is expected here`);
    this.#at++;
    return valueTest(field, relation, token);
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #accept(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#at++;
    return true;
  }

  #refuse(message: string, hint?: string): Result<never, FilterError> {
    const { start, end } = this.#peek();
    return err({ message, start, end, ...(hint === undefined ? {} : { hint }) });
  }
}

function isLiteral(token: Token): token is Extract<Token, { readonly kind: 'word' | 'string' }> {
  return token.kind === 'word' || token.kind === 'string';
}

function presence(field: FieldDefinition): Filter {
  return (fields) => valuesOf(field, fields).some((value) => value.kind !== 'flag' || value.isSet);
}

function comparison(field: FieldDefinition, relation: Relation, tests: readonly ValueTest[]): Filter {
  const fits: ValueTest = (value) => tests.some((test) => test(value));
  if (relation !== '!=') return (fields) => valuesOf(field, fields).some(fits);
  return (fields) => {
    const values = valuesOf(field, fields);
    return values.length > 0 && !values.some(fits);
  };
}

function valuesOf(field: FieldDefinition, fields: FieldLookup): readonly FieldValue[] {
  if (field.anyOf === undefined) return fields(field.name);
  return field.anyOf.flatMap((name) => fields(name));
}
