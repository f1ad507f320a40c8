/**
 * The look of a bench page. Colours c0 to c6: M. Okabe, K. Ito, "Color Universal Design" (2008), darker or lighter where
 * the page needs it; `on` is what is written on them.
 */
export const BENCH_STYLE = `
:root { color-scheme: light dark; --ink: #1b2530; --faint: #56636f; --page: #ffffff; --rule: #d5dbe1;
  --c0: #0072b2; --c1: #e69f00; --c2: #009e73; --c3: #cc79a7; --c4: #56b4e9; --c5: #d55e00; --c6: #5b6570;
  --on0: #ffffff; --on1: #1b2530; --on2: #ffffff; --on3: #1b2530; --on4: #1b2530; --on5: #ffffff; --on6: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --faint: #9aa7b4; --page: #0d1117; --rule: #303a44;
    --c0: #3a9bd9; --c1: #e69f00; --c2: #1fb58c; --c3: #d896bb; --c4: #8fd0f5; --c5: #f08a4b; --c6: #aab4be;
    --on0: #0d1117; --on1: #0d1117; --on2: #0d1117; --on3: #0d1117; --on4: #0d1117; --on5: #0d1117; --on6: #0d1117; }
}
body { margin: 2rem auto; padding: 0 1.25rem; max-width: 80rem; color: var(--ink); background: var(--page);
  font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 2rem 0 .25rem; }
p { margin: 0 0 .75rem; max-width: 60rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
a { color: inherit; }
.faint { color: var(--faint); }
.picture, .scroll { overflow-x: auto; }
svg { max-width: 100%; height: auto; display: block; font-size: 12px; }
text { fill: var(--ink); }
text.faint { fill: var(--faint); }
.grid { stroke: var(--rule); fill: none; }
.whisker { stroke: var(--ink); stroke-width: 1.25; fill: none; }
.piece { stroke: var(--page); stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.d1 { stroke-dasharray: 7 4; } .d2 { stroke-dasharray: 2 3; }
${[0, 1, 2, 3, 4, 5, 6].map((i) => `.c${i} { fill: var(--c${i}); } .s${i} { stroke: var(--c${i}); } text.on${i} { fill: var(--on${i}); }`).join('\n')}
.cells { display: flex; flex-wrap: wrap; gap: .5rem 1rem; }
figure { margin: 0; }
figcaption { font-size: 13px; }
table { border-collapse: collapse; margin: .75rem 0; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child, .environment td { text-align: left; }
.environment td { white-space: normal; overflow-wrap: anywhere; }
summary { color: var(--faint); }
`;
