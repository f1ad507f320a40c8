/**
 * Colours of the pictures, light and dark. Hues are those of Okabe and Ito ("Color Universal Design", 2008), darkened
 * where text needs contrast; no two things differ by colour alone: lines have patterns, badges have words.
 */

/** Declarations of a class: in light, and what differs in dark. */
interface Rule {
  readonly selector: string;
  readonly light: string;
  readonly dark?: string;
}

const RULES: readonly Rule[] = [
  {
    selector: '.sans',
    light: 'font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif',
  },
  {
    selector: '.mono',
    light: 'font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  },
  { selector: '.page', light: 'fill: #ffffff', dark: 'fill: #0d1117' },
  { selector: '.ink', light: 'fill: #1b2530', dark: 'fill: #e6edf3' },
  { selector: '.faint', light: 'fill: #56636f', dark: 'fill: #9aa7b4' },
  { selector: '.eid', light: 'fill: #8a4b00', dark: 'fill: #f2b44d' },
  { selector: '.rloc', light: 'fill: #005a92', dark: 'fill: #7cc0ee' },
  { selector: '.bad', light: 'fill: #a33b00', dark: 'fill: #ff9a57' },
  {
    selector: '.zone-eid',
    light: 'fill: #fdf3e2; stroke: #d79b3d; stroke-dasharray: 6 4',
    dark: 'fill: #2b2110; stroke: #a8782b',
  },
  { selector: '.zone-rloc', light: 'fill: #ecf4fa; stroke: #8fb9d8', dark: 'fill: #0f2131; stroke: #2f5f83' },
  {
    selector: '.card',
    light: 'fill: #ffffff; stroke: #47545f; stroke-width: 1.5',
    dark: 'fill: #161b22; stroke: #8b98a5',
  },
  { selector: '.rule', light: 'stroke: #c9d1d9; fill: none', dark: 'stroke: #38424d' },
  {
    selector: '.wire',
    light: 'stroke: #47545f; stroke-width: 2; fill: none',
    dark: 'stroke: #8b98a5',
  },
  { selector: '.plug', light: 'fill: #47545f', dark: 'fill: #8b98a5' },
  { selector: '.plate', light: 'fill: #ffffff; fill-opacity: 0.92', dark: 'fill: #0d1117' },
  { selector: '.badge-tunnel', light: 'fill: #0072b2', dark: 'fill: #1f83bf' },
  { selector: '.badge-proxy', light: 'fill: #b34a00', dark: 'fill: #c65a0c' },
  { selector: '.badge-mapping', light: 'fill: #00704f', dark: 'fill: #0a8460' },
  { selector: '.badge-none', light: 'fill: #5f6b76', dark: 'fill: #57636f' },
  { selector: '.badge-word', light: 'fill: #ffffff' },
  { selector: '.life', light: 'stroke: #aab4bd; stroke-width: 1.5', dark: 'stroke: #4a5561' },
  {
    selector: '.control',
    light: 'stroke: #0072b2; stroke-width: 2; stroke-dasharray: 7 4; fill: none',
    dark: 'stroke: #56b4e9',
  },
  {
    selector: '.lisp',
    light: 'stroke: #c2570c; stroke-width: 4; fill: none',
    dark: 'stroke: #f0a04b',
  },
  { selector: '.native', light: 'stroke: #2f3b45; stroke-width: 2; fill: none', dark: 'stroke: #c3ced8' },
  {
    selector: '.upkeep',
    light: 'stroke: #7b8894; stroke-width: 1.5; stroke-dasharray: 2 3; fill: none',
    dark: 'stroke: #7b8894',
  },
  { selector: '.tip-control', light: 'fill: #0072b2', dark: 'fill: #56b4e9' },
  { selector: '.tip-lisp', light: 'fill: #c2570c', dark: 'fill: #f0a04b' },
  { selector: '.tip-native', light: 'fill: #2f3b45', dark: 'fill: #c3ced8' },
  { selector: '.tip-upkeep', light: 'fill: #7b8894' },
  { selector: '.lost', light: 'stroke: #a33b00; stroke-width: 2.5; fill: none', dark: 'stroke: #ff9a57' },
];

/** The style sheet of pictures whose root has this class. */
export function styleSheet(className: string): string {
  const rule = (selector: string, declarations: string): string =>
    `.${className} ${selector} { ${declarations}; }`;
  const dark = RULES.flatMap((each) =>
    each.dark === undefined ? [] : [`  ${rule(each.selector, each.dark)}`],
  );
  return [
    ...RULES.map(({ selector, light }) => rule(selector, light)),
    '@media (prefers-color-scheme: dark) {',
    ...dark,
    '}',
  ].join('\n');
}
