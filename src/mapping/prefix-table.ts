/**
 * Longest-prefix match for the control plane: a path-compressed binary trie per family (Morrison, "PATRICIA", 1968,
 * with whole prefixes in the nodes). Every operation visits at most one node per distinct prefix length on the path.
 */
import {
  anyAddress,
  bitAt,
  commonBits,
  contains,
  covers,
  prefix,
  samePrefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../base/ip.ts';

/** A member of a table. */
export interface PrefixEntry<T> {
  readonly prefix: IpPrefix;
  readonly value: T;
}

/** A branch point or a member, or both. A node without a member has two children, the root excepted. */
interface Node<T> {
  readonly prefix: IpPrefix;
  member: PrefixEntry<T> | undefined;
  zero: Node<T> | undefined;
  one: Node<T> | undefined;
}

/** Values by IPv4 and IPv6 prefix. Enumerations are in prefix order: family, address, shorter first. */
export class PrefixTable<T> {
  #roots: { readonly 4: Node<T>; readonly 6: Node<T> } = { 4: branch(4), 6: branch(6) };
  #size = 0;

  /** Members of both families. */
  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#roots = { 4: branch(4), 6: branch(6) };
    this.#size = 0;
  }

  get(key: IpPrefix): T | undefined {
    const node = this.#descend(key);
    return node !== undefined && samePrefix(node.prefix, key) ? node.member?.value : undefined;
  }

  /** Adds or replaces. */
  set(key: IpPrefix, value: T): void {
    let node: Node<T> = this.#roots[key.address.family];
    while (node.prefix.bits < key.bits) {
      const side = bitAt(key.address, node.prefix.bits);
      const child = side === 0 ? node.zero : node.one;
      if (child === undefined) {
        node = attach(node, side, leaf(key));
        break;
      }
      const common = Math.min(commonBits(child.prefix.address, key.address), child.prefix.bits, key.bits);
      if (common === child.prefix.bits) {
        node = child;
        continue;
      }
      const fork = attach(node, side, leaf(prefix(key.address, common)));
      attach(fork, bitAt(child.prefix.address, common), child);
      node = common === key.bits ? fork : attach(fork, bitAt(key.address, common), leaf(key));
    }
    if (node.member === undefined) this.#size++;
    node.member = { prefix: node.prefix, value };
  }

  /** True when there was something to remove. */
  delete(key: IpPrefix): boolean {
    const path = this.#path(key);
    const node = path.at(-1);
    if (node?.member === undefined || !samePrefix(node.prefix, key)) return false;
    node.member = undefined;
    this.#size--;
    // The node itself, then the branch point above it, may have become superfluous.
    for (let depth = path.length - 1; depth > 0; depth--) {
      const child = path[depth]!;
      if (child.member !== undefined || (child.zero !== undefined && child.one !== undefined)) break;
      replace(path[depth - 1]!, child, child.zero ?? child.one);
    }
    return true;
  }

  /** The most specific member that contains `address`. */
  match(address: IpAddress): PrefixEntry<T> | undefined {
    return this.covering({ address, bits: address.family === 4 ? 32 : 128 }).at(-1);
  }

  /** The members that cover all of `key`, itself included, shortest first. */
  covering(key: IpPrefix): PrefixEntry<T>[] {
    return this.#path(key).flatMap(({ member }) => (member === undefined ? [] : [member]));
  }

  /** The members inside `key`, itself included, in order. The table must not change meanwhile. */
  *covered(key: IpPrefix): Iterable<PrefixEntry<T>> {
    const above = this.#descend(key);
    if (above === undefined) return;
    if (samePrefix(above.prefix, key)) {
      yield* walk(above);
      return;
    }
    const child = bitAt(key.address, above.prefix.bits) === 0 ? above.zero : above.one;
    if (child !== undefined && covers(key, child.prefix)) yield* walk(child);
  }

  /** Every member in order. The table must not change meanwhile. */
  *entries(): Iterable<PrefixEntry<T>> {
    yield* walk(this.#roots[4]);
    yield* walk(this.#roots[6]);
  }

  /**
   * The widest prefix around `address` that overlaps no member; undefined when a member contains `address`. This is
   * the least-specific hole of RFC 9301 §8.4.
   */
  gap(address: IpAddress): IpPrefix | undefined {
    let node: Node<T> = this.#roots[address.family];
    for (;;) {
      if (node.member !== undefined) return undefined;
      const { bits } = node.prefix;
      const child = bitAt(address, bits) === 0 ? node.zero : node.one;
      // Only the root may be without children: the table has no member of this family.
      if (child === undefined) return prefix(address, node.zero === node.one ? bits : bits + 1);
      if (!contains(child.prefix, address)) {
        return prefix(address, commonBits(child.prefix.address, address) + 1);
      }
      node = child;
    }
  }

  /** The same clipped to `outer`, which must contain `address`. */
  gapWithin(outer: IpPrefix, address: IpAddress): IpPrefix | undefined {
    const hole = this.gap(address);
    return hole === undefined || hole.bits >= outer.bits ? hole : outer;
  }

  /** The last node on the way to `key` that covers it. */
  #descend(key: IpPrefix): Node<T> | undefined {
    return this.#path(key).at(-1);
  }

  /** All nodes that cover `key`, from the root. */
  #path(key: IpPrefix): Node<T>[] {
    const path: Node<T>[] = [];
    let node: Node<T> | undefined = this.#roots[key.address.family];
    while (node !== undefined && covers(node.prefix, key)) {
      path.push(node);
      if (node.prefix.bits === key.bits) break;
      node = bitAt(key.address, node.prefix.bits) === 0 ? node.zero : node.one;
    }
    return path;
  }
}

function branch<T>(family: Family): Node<T> {
  return leaf({ address: anyAddress(family), bits: 0 });
}

function leaf<T>(key: IpPrefix): Node<T> {
  return { prefix: key, member: undefined, zero: undefined, one: undefined };
}

function attach<T>(parent: Node<T>, side: 0 | 1, child: Node<T>): Node<T> {
  if (side === 0) parent.zero = child;
  else parent.one = child;
  return child;
}

function replace<T>(parent: Node<T>, child: Node<T>, heir: Node<T> | undefined): void {
  if (parent.zero === child) parent.zero = heir;
  else parent.one = heir;
}

/** Pre-order: a prefix before what it covers, the zero side before the one side. */
function* walk<T>(node: Node<T>): Iterable<PrefixEntry<T>> {
  if (node.member !== undefined) yield node.member;
  if (node.zero !== undefined) yield* walk(node.zero);
  if (node.one !== undefined) yield* walk(node.one);
}
