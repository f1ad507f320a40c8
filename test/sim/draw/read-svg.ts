// Reads what the pictures are made of, without a browser: tags in balance, texts and rectangles with their places.
import { textWidth } from '../../../src/sim/draw/text-width.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SvgText extends Box {
  readonly text: string;
}

/** What a reader of XML would stop at; undefined when the document is well formed. */
export function malformation(svg: string): string | undefined {
  const open: string[] = [];
  const pieces = svg.split(/(<[^>]*>)/);
  for (const piece of pieces) {
    if (!piece.startsWith('<')) {
      if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(piece)) return `a bare & in "${piece}"`;
      continue;
    }
    const [, closing, name = '', rest = ''] = /^<(\/?)([A-Za-z]+)([^]*?)\/?>$/.exec(piece) ?? [];
    if (name === '') return `no tag: ${piece}`;
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes something else`;
      continue;
    }
    if (!/^( [a-zA-Z0-9-]+="[^"<]*")*$/.test(rest)) return `attributes of ${piece}`;
    const names = [...rest.matchAll(/ ([a-zA-Z0-9-]+)=/g)].map(([, attribute]) => attribute);
    if (new Set(names).size !== names.length) return `an attribute twice in ${piece}`;
    if (!piece.endsWith('/>')) open.push(name);
  }
  return open.length === 0 ? undefined : `${open.join(' ')} stay open`;
}

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}

export function viewBox(svg: string): Box {
  const [x, y, width, height] = attribute(svg, 'viewBox').split(' ').map(Number);
  return { x: x!, y: y!, width: width!, height: height! };
}

/** Every text, as large as it may get. */
export function textsOf(svg: string): SvgText[] {
  return [...svg.matchAll(/(<text[^>]*>)([^<]*)<\/text>/g)].map(([, tag = '', escaped = '']) => {
    const text = escaped
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
    const size = Number(attribute(tag, 'font-size'));
    const family = attribute(tag, 'class').split(' ').includes('mono') ? 'mono' : 'sans';
    const bold = attribute(tag, 'font-weight') === '600';
    const width = textWidth(text, { family, size, ...(bold ? { bold } : {}) });
    const anchor = attribute(tag, 'text-anchor');
    const x = Number(attribute(tag, 'x')) - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
    return { text, x, y: Number(attribute(tag, 'y')) - size * 0.8, width, height: size };
  });
}

export function rectsOf(svg: string, style: string): Box[] {
  return [...svg.matchAll(/<rect[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => attribute(tag, 'class') === style)
    .map((tag) => {
      const at = (name: string): number => Number(attribute(tag, name));
      return { x: at('x'), y: at('y'), width: at('width'), height: at('height') };
    });
}

export function isOver(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
