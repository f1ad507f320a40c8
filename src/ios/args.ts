import { assert } from '../base/assert.ts';
import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { prefix } from '../base/ip.ts';
import { placeOf, placeOfLine, type ConfigError, type Place, type Remark } from './config-error.ts';
import type { Line, Token } from './lexer.ts';
import type { Matched } from './match.ts';
import { normaliseInterface } from './interface-name.ts';
import type { Value } from './token-type.ts';

/** What a run of the parser collects. */
export interface Findings {
  readonly errors: ConfigError[];
  readonly notices: Remark[];
  readonly warnings: Remark[];
}

/** A matched command line, as its handler sees it. Asking for what the pattern cannot give is a bug and throws. */
export class Args {
  readonly line: Line;
  readonly #matched: readonly Matched[];
  readonly #findings: Findings;

  constructor(line: Line, matched: readonly Matched[], findings: Findings) {
    this.line = line;
    this.#matched = matched;
    this.#findings = findings;
  }

  /** The keyword was given. */
  hasKeyword(word: string): boolean {
    return this.#matched.some(({ element }) => element.kind === 'keyword' && element.word === word);
  }

  /** The parameter was given. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  ip(name: string): IpAddress {
    const value = this.#value(name);
    assert(value.kind === 'ip', `${name} is an address`);
    return value.ip;
  }

  optionalIp(name: string): IpAddress | undefined {
    return this.has(name) ? this.ip(name) : undefined;
  }

  /** Gives notice when host bits had to be cleared. */
  prefix(name: string): IpPrefix {
    const value = this.#value(name);
    assert(value.kind === 'prefix', `${name} is a prefix`);
    if (!value.exact) this.#normalised(this.#find(name)!.token.text, value.prefix);
    return value.prefix;
  }

  /** A prefix written as address and mask; gives notice when host bits had to be cleared. */
  maskedPrefix(addressName: string, maskName: string): IpPrefix {
    const address = this.ip(addressName);
    const bits = this.number(maskName);
    const normal = prefix(address, bits);
    if (formatIp(normal.address) !== formatIp(address))
      this.#normalised(`${formatIp(address)}/${bits}`, normal);
    return normal;
  }

  /** An interface's address and the length of its subnet. */
  host(name: string): { readonly address: IpAddress; readonly bits: number } {
    const value = this.#value(name);
    assert(value.kind === 'host', `${name} is an interface address`);
    return { address: value.address, bits: value.bits };
  }

  number(name: string): number {
    const value = this.#value(name);
    assert(value.kind === 'number', `${name} is a number`);
    return value.number;
  }

  numberOr(name: string, otherwise: number): number {
    return this.has(name) ? this.number(name) : otherwise;
  }

  word(name: string): string {
    const value = this.#value(name);
    assert(value.kind === 'word', `${name} is a word`);
    return value.word;
  }

  optionalWord(name: string): string | undefined {
    return this.has(name) ? this.word(name) : undefined;
  }

  /** The words from the parameter to the end of the line, as they were written. */
  rest(name: string): string {
    const from = this.#token(name);
    const last = this.line.tokens.at(-1);
    assert(from !== undefined && last !== undefined, `${name} was given`);
    return this.line.text.slice(from.column - 1, last.column + last.length - 1);
  }

  /** The full interface name, whether it came in one word or in two; undefined when none was given. */
  optionalInterface(name: string): string | undefined {
    if (this.has(name)) return this.word(name);
    if (!this.has(`${name}.type`)) return undefined;
    return normaliseInterface(this.word(`${name}.type`) + this.word(`${name}.number`));
  }

  /** The family that a leading `ip`, `ipv4` or `ipv6` chose. */
  family(): Family {
    return this.word('family') === 'ipv6' ? 6 : 4;
  }

  /** Of the parameter, or of the whole line. */
  place(name?: string): Place {
    const token = name === undefined ? undefined : this.#token(name);
    return token === undefined ? placeOfLine(this.line) : placeOf(this.line, token);
  }

  /** Refuses the command because of a parameter. */
  refuse(name: string | undefined, message: string, hint = ''): void {
    this.#findings.errors.push({ ...this.place(name), message: `% ${message}`, hint });
  }

  /** Tells how a value was taken. */
  notice(message: string): void {
    this.#findings.notices.push({ line: this.line.number, message });
  }

  warn(message: string): void {
    this.#findings.warnings.push({ line: this.line.number, message });
  }

  #token(name: string): Token | undefined {
    return (this.#find(name) ?? this.#find(`${name}.type`))?.token;
  }

  #find(name: string): Matched | undefined {
    return this.#matched.find(({ element }) => element.kind !== 'keyword' && element.name === name);
  }

  #value(name: string): Value {
    const found = this.#find(name);
    assert(found !== undefined, `${name} was given`);
    return found.value;
  }

  #normalised(entered: string, normal: IpPrefix): void {
    this.notice(`${entered} is taken as ${formatPrefix(normal)}`);
  }
}
