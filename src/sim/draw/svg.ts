/** Writing SVG: elements with their attributes in the order given, texts escaped. Equal input gives equal text. */
import type { Font } from './text-width.ts';

/** A length of a picture, or a text. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Numbers with two digits at most: no picture needs more, and no platform prints them otherwise. */
export function number(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(Object.is(rounded, -0) ? 0 : rounded);
}

/** Text for XML 1.0: markup escaped, what no document may hold replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** An element; `content` is markup, made by this function or `escapeXml`. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : escapeXml(value!)}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** Where a text stands relative to its x. */
export type Anchor = 'start' | 'middle' | 'end';

/** One line of text; `y` is its baseline. */
export function label(
  text: string,
  x: number,
  y: number,
  { family, size, bold }: Font,
  style: { readonly anchor?: Anchor; readonly class?: string } = {},
): string {
  const attributes = {
    x,
    y,
    class: [style.class ?? 'ink', family].join(' '),
    'font-size': size,
    'font-weight': bold === true ? 600 : undefined,
    'text-anchor': style.anchor === undefined || style.anchor === 'start' ? undefined : style.anchor,
  };
  return element('text', attributes, escapeXml(text));
}

/** What a pointer that rests on the group is told. */
export function tooltip(text: string): string {
  return element('title', {}, escapeXml(text));
}

/** A whole picture. */
export interface Drawing {
  /** Class of the root: the style sheet applies below it only, also inside a page. */
  readonly className: string;
  /** Letters, digits and hyphens: ids begin with it, so that two pictures may share a page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The picture in words. */
  readonly description: string;
  readonly style: string;
  /** One element per line. */
  readonly body: readonly string[];
}

/** A self-contained document: no fonts, scripts or files from elsewhere. */
export function drawing(what: Drawing): string {
  const { className, id, width, height, title, description, style, body } = what;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: className,
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-desc`,
    width: w,
    height: h,
    viewBox: `0 0 ${w} ${h}`,
  };
  const lines = [
    element('title', { id: `${id}-title` }, escapeXml(title)),
    element('desc', { id: `${id}-desc` }, escapeXml(description)),
    element('style', {}, escapeStyle(style)),
    element('rect', { class: 'page', width: w, height: h, rx: 10 }),
    ...body,
  ];
  return `${element('svg', attributes, `\n${lines.join('\n')}\n`)}\n`;
}

/** A style sheet has no markup; `>` is a combinator there. */
function escapeStyle(style: string): string {
  return `\n${style.replace(/&/g, '&amp;').replace(/</g, '&lt;')}\n`;
}
