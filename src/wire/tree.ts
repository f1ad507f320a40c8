/** The shape of a described packet: labelled values with the bytes they came from. */
export interface TreeNode {
  readonly label: string;
  readonly value: string;
  /** Bytes [start, end) of the outermost buffer. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly TreeNode[];
}

export function node(
  label: string,
  value: string | number,
  start: number,
  end: number,
  children: readonly TreeNode[] = [],
): TreeNode {
  return { label, value: String(value), start, end, children };
}

/** Lays fields side by side from an offset on: `field('TTL', 64, 1)` describes the next byte. */
export class FieldList {
  readonly nodes: TreeNode[] = [];
  #at: number;

  constructor(start: number) {
    this.#at = start;
  }

  /** Offset of the next field. */
  get offset(): number {
    return this.#at;
  }

  field(label: string, value: string | number, byteCount: number, children: readonly TreeNode[] = []): this {
    this.nodes.push(node(label, value, this.#at, this.#at + byteCount, children));
    this.#at += byteCount;
    return this;
  }

  /** A field whose children are laid out by `fill` from the field's own start; it ends where they end. */
  group(label: string, value: string | number, fill: (inner: FieldList) => void): this {
    const inner = new FieldList(this.#at);
    fill(inner);
    this.nodes.push(node(label, value, this.#at, inner.offset, inner.nodes));
    this.#at = inner.offset;
    return this;
  }

  skip(byteCount: number): this {
    this.#at += byteCount;
    return this;
  }
}

/** Indented text; with `ranges` every line ends in its byte range, `[12..14)`. */
export function renderTree(nodes: readonly TreeNode[], options: { readonly ranges?: boolean } = {}): string {
  const lines: string[] = [];
  const walk = (list: readonly TreeNode[], depth: number): void => {
    for (const { label, value, start, end, children } of list) {
      const range = options.ranges === true ? ` [${start}..${end})` : '';
      lines.push(`${'  '.repeat(depth)}${label}${value === '' ? '' : `: ${value}`}${range}`);
      walk(children, depth + 1);
    }
  };
  walk(nodes, 0);
  return lines.join('\n');
}
