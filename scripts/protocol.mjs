// Writes docs/protocol.md: each requirement of docs/requirements.json and the test that holds it.
//   node scripts/protocol.mjs           write the file (npm run docs:protocol)
//   node scripts/protocol.mjs --check   fail when it is stale or a test names an unknown requirement
//
// A requirement is done when the name of a test or suite contains its ID: it('CP-25 locators are sorted', ...).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = 'docs/protocol.md';
export const COMMAND = 'npm run docs:protocol';

const ID = /\b(?:DP|CP|IW|LC|DT|SE|EX)-\d+\b/g;
const TEST_FUNCTIONS = new Set(['describe', 'it', 'test']);
/** Names of tests that do not run prove nothing. (`skipIf` and `runIf` run where they can.) */
const NOT_RUN = new Set(['skip', 'todo', 'fails']);

const AREAS = [
  { prefix: 'DP', title: 'Data plane', source: 'RFC 9300, RFC 9305, RFC 6040' },
  { prefix: 'CP', title: 'Control plane', source: 'RFC 9301' },
  { prefix: 'IW', title: 'Interworking', source: 'RFC 6832' },
  { prefix: 'LC', title: 'Address format', source: 'RFC 8060, RFC 9306, RFC 9735' },
  { prefix: 'DT', title: 'Delegated database tree', source: 'RFC 8111' },
  { prefix: 'SE', title: 'Security', source: 'RFC 9303, RFC 8061' },
  { prefix: 'EX', title: 'Extensions', source: 'RFC 9302, RFC 9437, RFC 8378' },
];

/** @typedef {{ id: string, level: string, section: string, text: string, status?: 'operator', note?: string }} Requirement */
/** @typedef {{ file: string, name: string }} TestName  `file` is relative to the repository, with forward slashes. */

/** @returns {Requirement[]} */
export function readRequirements() {
  return JSON.parse(readFileSync(join(ROOT, 'docs/requirements.json'), 'utf8'));
}

/** The names of all tests and suites below test/, in order of file and place. @returns {TestName[]} */
export function readTestNames() {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .flatMap((file) => testNamesIn(readFileSync(join(ROOT, file), 'utf8')).map((name) => ({ file, name })));
}

/**
 * The names given to describe, it and test in a source text, `each` and other chains included. Substitutions of
 * template literals read `…`. Where `each` has its table in place and puts it into the name, the texts of the table
 * count as names too.
 * @returns {string[]}
 */
export function testNamesIn(text) {
  const tree = ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const names = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && runsTests(node.expression)) {
      const name = textOf(node.arguments[0]);
      if (name !== undefined) {
        names.push(name);
        if (/%|\$/.test(name)) names.push(...tableTexts(node.expression));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

/** `it`, `it.skipIf(x)`, `describe.each(rows)`; not `it.skip`, and not the `it.each(rows)` that makes a function. */
function runsTests(callee) {
  const words = [];
  let at = callee;
  for (;;) {
    if (ts.isPropertyAccessExpression(at)) {
      words.push(at.name.text);
      at = at.expression;
    } else if (ts.isCallExpression(at)) at = at.expression;
    else if (ts.isTaggedTemplateExpression(at)) at = at.tag;
    else break;
  }
  return ts.isIdentifier(at) && TEST_FUNCTIONS.has(at.text) && !words.some((word) => NOT_RUN.has(word));
}

function textOf(node) {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
  }
  // A name that a constant holds, or that is put together with +, is scanned as far as it is text.
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
}

function tableTexts(callee) {
  const texts = [];
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else ts.forEachChild(node, visit);
  };
  if (ts.isCallExpression(callee)) callee.arguments.forEach(visit);
  return texts.filter((text) => text.search(ID) === 0);
}

/** Requirement ID -> the tests that name it. @returns {Map<string, TestName[]>} */
export function testsById(/** @type {readonly TestName[]} */ tests) {
  const byId = new Map();
  for (const test of tests) {
    for (const id of new Set(test.name.match(ID) ?? [])) {
      const found = byId.get(id);
      if (found === undefined) byId.set(id, [test]);
      else found.push(test);
    }
  }
  return byId;
}

/** One line for each ID that a test names and the list lacks. @returns {string[]} */
export function unknownIds(requirements, tests) {
  const known = new Set(requirements.map(({ id }) => id));
  return [...testsById(tests)]
    .filter(([id]) => !known.has(id))
    .flatMap(([id, found]) =>
      found.map(({ file, name }) => `${file}: unknown requirement ${id} in "${name}"`),
    );
}

/** 'done', 'open' or 'operator'; a test counts for more than "the operator does it". */
export function statusOf(requirement, byId) {
  if (byId.has(requirement.id)) return 'done';
  return requirement.status ?? 'open';
}

/** The page. @returns {string} */
export function renderPage(requirements, tests) {
  const byId = testsById(tests);
  const areas = AREAS.map((area) => ({
    ...area,
    rows: requirements.filter(({ id }) => id.startsWith(`${area.prefix}-`)),
  }));
  const count = (rows, status) => rows.filter((row) => statusOf(row, byId) === status).length;
  const totals = (title, rows) =>
    `| ${title} | ${count(rows, 'done')} | ${count(rows, 'open')} | ${count(rows, 'operator')} | ${rows.length} |`;
  return [
    '# Protocol coverage',
    '',
    `Written by \`${COMMAND}\` from \`docs/requirements.json\` and the names of the tests; do not edit.`,
    '',
    '- **done**: at least one test is named after the requirement. Where routers do not use it yet, the text says so.',
    '- **open**: no test yet, so not claimed.',
    '- **operator**: a matter of configuration or operation, not of code.',
    '',
    'Level "text" is a requirement in plain words of an RFC; "design" is a rule of this project.',
    '',
    '| Area | Done | Open | Operator | All |',
    '|---|---:|---:|---:|---:|',
    ...areas.map(({ title, rows }) => totals(title, rows)),
    totals('**Total**', requirements),
    ...areas.flatMap(({ title, source, rows }) => [
      '',
      `## ${title} (${source})`,
      '',
      '| ID | Level | Status | Requirement | From | Test |',
      '|---|---|---|---|---|---|',
      ...rows.map((row) => {
        const cells = [
          row.id,
          row.level,
          statusOf(row, byId),
          row.note === undefined ? row.text : `${row.text} (${row.note})`,
          row.section,
          testCell(byId.get(row.id)),
        ];
        return `| ${cells.map(escapeCell).join(' | ')} |`;
      }),
    ]),
    '',
  ].join('\n');
}

/** The first test, and how many more there are. */
function testCell(tests) {
  if (tests === undefined) return '';
  const [{ file, name }] = tests;
  const more = tests.length === 1 ? '' : ` (+${tests.length - 1})`;
  return `${file}: ${name}${more}`;
}

function escapeCell(text) {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

/** What is wrong with the committed page; empty when it is right. @returns {string[]} */
export function problems() {
  const requirements = readRequirements();
  const tests = readTestNames();
  const found = unknownIds(requirements, tests);
  const committed = existsSync(join(ROOT, PAGE)) ? readFileSync(join(ROOT, PAGE), 'utf8') : '';
  if (committed !== renderPage(requirements, tests)) found.push(`${PAGE} is stale: run ${COMMAND}`);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(join(ROOT, PAGE), renderPage(readRequirements(), readTestNames()));
  }
  const found = problems();
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}
