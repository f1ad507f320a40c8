/** HTML documents that need nothing else: no scripts, nothing to load. They can be mailed, and opened from a disk. */
import { element, escapeXml } from '../../sim/draw/svg.ts';

/** A whole document. `title` is text, `style` is CSS; each of `body` is HTML, and stands on lines of its own. */
export function htmlDocument(title: string, style: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    tag('title', {}, escapeXml(title)),
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** HTML knows no `<td/>`: an element without content is closed all the same. */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly string[]
): string {
  return element(name, attributes, ...content, '');
}
