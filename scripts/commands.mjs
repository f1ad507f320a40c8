// Writes docs/commands.md: every command there is, from the tables that the program itself reads.
//   node scripts/commands.mjs           write the file (npm run docs:commands builds dist/ first)
//
// A new command, mode or option needs nothing here. What this file knows about a table is the names of its columns.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PAGE = 'docs/commands.md';
export const COMMAND = 'npm run docs:commands';

/** Modules with the tables, below src/ and dist/src/, without their endings. */
export const MODULES = [
  'ios/commands',
  'ios/grammar',
  'ios/exec-commands',
  'ios/show/show',
  'ios/output-filter',
  'sim/lab-shell-command',
  'cli/program',
  'cli/io',
];

/** Of a configuration or exec command that is ours; the-lab.md and the pages of the guide use it as well. */
const OWN = '†';
/** Of an exec command that needs `enable`. */
const PRIVILEGED = '#';

/**
 * The page. `modules` are the namespaces of MODULES, merged into one object.
 * @returns {string}
 */
export function renderPage(modules) {
  const parts = [
    programPart(modules),
    shellPart(modules),
    execPart(modules),
    filterPart(modules),
    configurationPart(modules),
  ];
  return [
    '# Commands',
    '',
    `Written by \`${COMMAND}\` from the tables that the program itself reads; do not edit.`,
    '',
    ...parts.map(({ title, sections }) => {
      const links = sections.map((section) => `[${plain(section.title)}](#${anchor(section.title)})`);
      return `- [${title}](#${anchor(title)})${links.length === 0 ? '' : `: ${links.join(', ')}`}`;
    }),
    ...parts.flatMap(({ title, lines, sections }) => [
      '',
      `## ${title}`,
      '',
      ...lines,
      ...sections.flatMap((section) => ['', `### ${section.title}`, '', ...section.lines]),
    ]),
    '',
  ].join('\n');
}

// ---- the program -----------------------------------------------------------------------------------------------------

function programPart({ createProgram, EXIT }) {
  let printed = '';
  const io = { out: (text) => (printed += text), err: (text) => (printed += text), colors: false };
  const program = createProgram(io, { code: 0 });
  const helpOf = (command) => {
    printed = '';
    command.outputHelp();
    return printed;
  };
  const meanings = {
    ok: 'done, as expected',
    failed: 'failed',
    usage: 'usage',
    assertion: 'an expectation does not hold',
  };
  const codes = Object.entries(EXIT).map(([name, code]) => `${code} ${meanings[name] ?? name}`);
  return {
    title: 'The program',
    lines: [
      '`pxtr` when the package is installed, `node dist/src/cli/main.js` in a clone. Every command has `--help`.',
      `Exit codes: ${codes.join(', ')}. \`NO_COLOR\` and \`FORCE_COLOR\` are heeded.`,
      '2 is for what cannot be carried out as it was typed: a flag, a name, a file that cannot be read. 1 is for what was ' +
        'begun and went wrong: a file whose contents are not right, or one that cannot be written. `pxtr diff` and ' +
        '`pxtr lab diff` say 1 when something differs, and 2 when they could not compare.',
      '',
      ...table(
        ['Command', 'Does'],
        leavesOf(program).map((command) => [link(pathOf(command)), command.description()]),
      ),
    ],
    sections: leavesOf(program).map((command) => ({
      title: `\`${pathOf(command)}\``,
      lines: commandLines(command, helpOf(command)),
    })),
  };
}

/**
 * Commands that do something, in the order of their help; groups are only names in front of them. One with options of its
 * own does something, whatever it has below it.
 */
function leavesOf(command) {
  const all = command.commands.filter((each) => each.name() !== 'help');
  return all.flatMap((each) => [
    ...(each.commands.length === 0 || each.options.length > 0 ? [each] : []),
    ...leavesOf(each),
  ]);
}

function pathOf(command) {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function commandLines(command, help) {
  const { before, after } = splitHelp(help);
  const given = command.registeredArguments.map((argument) => [
    code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
    argument.description + choicesOf(argument),
  ]);
  const options = command.options
    .filter((option) => !option.hidden)
    .map((option) => [
      code(option.flags),
      option.description + choicesOf(option) + (option.mandatory ? ' (required)' : '') + defaultOf(option),
    ]);
  return [
    `${upperFirst(command.description())}.`,
    '',
    '```',
    `${pathOf(command)} ${command.usage()}`,
    '```',
    ...(given.length + options.length === 0
      ? []
      : ['', ...table(['Argument or option', 'Meaning'], [...given, ...options])]),
    ...before.flatMap((paragraph) => ['', paragraph]),
    ...(after.length === 0 ? [] : ['', '```', ...after, '```']),
  ];
}

/** What stands behind the options in a help text: paragraphs, and the lines below "Example:". */
function splitHelp(help) {
  const lines = help.trimEnd().split('\n');
  const heading = lines.findLastIndex((line) => /^Examples?:$/.test(line));
  const after = heading < 0 ? [] : lines.slice(heading + 1).map((line) => line.replace(/^ {2}/, ''));
  const body = (heading < 0 ? lines : lines.slice(0, heading)).join('\n');
  // Commander's own parts are a usage line, the description and lists, each with a heading and indented lines.
  const [, , ...paragraphs] = body.split(/\n{2,}/).map((paragraph) => paragraph.trimEnd());
  const own = paragraphs.filter((text) => text !== '' && !/^[A-Z][\w ]*:\n {2}/.test(text));
  return {
    before: own.map((text) => text.split('\n').map(upperFirstLine).join('\n')).map(escapeText),
    after,
  };
}

function choicesOf({ argChoices }) {
  return argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
}

function defaultOf({ defaultValue, defaultValueDescription }) {
  if (defaultValue === undefined || defaultValue === false) return '';
  return ` (default ${defaultValueDescription ?? defaultValue})`;
}

// ---- consoles --------------------------------------------------------------------------------------------------------

function shellPart({ SHELL_COMMANDS }) {
  return {
    title: 'In a lab shell',
    lines: [
      'At every prompt of `pxtr lab shell`, beside what the node itself knows. Exact words only, no abbreviations.',
      '',
      ...table(
        ['Command', 'Does'],
        SHELL_COMMANDS.map(({ usage, help }) => [code(usage), help]),
      ),
    ],
    sections: [],
  };
}

function execPart({ EXEC_COMMANDS, SHOW_COMMANDS }) {
  const showMarks = new Map(SHOW_COMMANDS.map((command) => [command.pattern.text, command]));
  const rows = foldNo(
    EXEC_COMMANDS.map((entry) => {
      const show = showMarks.get(entry.pattern.text);
      const own = entry.own ?? show?.own ?? false;
      return { ...show, ...entry, own, text: entry.pattern.text };
    }),
  );
  const groups = [
    { title: 'Exec: `show`', isMine: (text) => text.startsWith('show ') },
    { title: 'Exec: `debug`', isMine: (text) => text.startsWith('debug ') },
    { title: 'Exec: everything else', isMine: (text) => !/^(show|debug) /.test(text) },
  ];
  return {
    title: 'Exec mode',
    lines: [
      `At the prompts \`>\` and \`#\`. Words may be abbreviated. ${legend()} ${code(PRIVILEGED)} needs \`enable\` (consoles of a lab`,
      'start enabled). From configuration mode: `do COMMAND`.',
    ],
    sections: groups
      .map(({ title, isMine }) => ({ title, rows: rows.filter(({ text }) => isMine(text)) }))
      .filter((group) => group.rows.length > 0)
      .map((group) => ({ title: group.title, lines: commandTable(group.rows) })),
  };
}

/** `no X` and `undebug Y` are the `no` forms of `X` and `debug Y` when those are in the table as well. */
function foldNo(entries) {
  const texts = new Set(entries.map(({ text }) => text));
  const positiveOf = (text) => {
    const positive = text.startsWith('undebug ') ? text.slice(2) : text.replace(/^no /, '');
    return positive !== text && texts.has(positive) ? positive : undefined;
  };
  return entries
    .filter(({ text }) => positiveOf(text) === undefined)
    .map((entry) => {
      const no = entries.filter(({ text }) => positiveOf(text) === entry.text).map(({ text }) => text);
      return { ...entry, no: no.length === 0 ? undefined : no };
    });
}

function filterPart({ FILTERS }) {
  return {
    title: 'Output filters',
    lines: [
      'Behind any exec command: `show running-config | section router lisp`. Several may follow each other.',
      '',
      ...table(
        ['Filter', 'Does'],
        FILTERS.map(({ keyword, help }) => [code(`| ${keyword} REGEXP`), help]),
      ),
    ],
    sections: [],
  };
}

function configurationPart({ COMMANDS, MODES }) {
  const modes = Object.keys(MODES);
  return {
    title: 'Configuration',
    lines: [
      `Behind \`configure terminal\`, and in the \`.ios\` files of a lab. The order of lines does not matter. ${legend()}`,
      'The column `no` has the shorter forms that undo a line; the line itself with `no` in front does so as well, where',
      'the column is not empty.',
    ],
    sections: modes
      .map((mode) => ({ mode, commands: COMMANDS.filter((command) => command.mode === mode) }))
      .filter(({ commands }) => commands.length > 0)
      .map(({ mode, commands }) => {
        const { prompt, entry } = MODES[mode];
        const openers = COMMANDS.filter((command) => command.opens === mode).map(
          ({ patterns }) => patterns[0].text,
        );
        const entered = openers.length === 0 ? [entry] : openers.map((text) => readable(text).syntax);
        return {
          title: `Configuration: ${code(entry)}`,
          lines: [
            `Prompt ${code(`${prompt}#`)}, entered by ${entered.map(code).join(' or ')}.`,
            '',
            ...commandTable(
              commands.map((command) => {
                const [text, ...others] = command.patterns.map((pattern) => pattern.text);
                const shorter = command.noPatterns
                  .map((pattern) => pattern.text)
                  .filter((each) => each !== text);
                return {
                  ...command,
                  text,
                  others,
                  no: command.noPatterns.length === 0 ? undefined : shorter.map((each) => `no ${each}`),
                };
              }),
            ),
          ],
        };
      }),
  };
}

function legend() {
  return `${OWN} is our own and not in IOS.`;
}

// ---- tables of commands ----------------------------------------------------------------------------------------------

/** What the columns of a table are made of, or what is no matter of documentation. Any other field is a column too. */
const KNOWN_FIELDS = new Set(
  'mode pattern patterns noPatterns text others no help own privileged opens changesMode'.split(' '),
);

function commandTable(rows) {
  const hasNo = rows.some(({ no }) => no !== undefined);
  const fields = new Set(
    rows.flatMap((row) => Object.keys(row).filter((field) => wordOf(row[field]) !== '')),
  );
  const extra = [...fields].filter((field) => !KNOWN_FIELDS.has(field));
  const header = ['Command', 'Parameters', ...(hasNo ? ['`no`'] : []), ...extra.map(upperFirst), 'Does'];
  return table(
    header,
    rows.map((row) => {
      const texts = [row.text, ...(row.others ?? [])].map(readable);
      const marks = `${row.own ? OWN : ''}${row.privileged ? code(PRIVILEGED) : ''}`;
      const parameters = [...new Set(texts.flatMap((text) => text.parameters))];
      return [
        texts.map(({ syntax }) => code(syntax)).join('<br>') + (marks === '' ? '' : ` ${marks}`),
        parameters.join('<br>'),
        ...(hasNo ? [noCell(row)] : []),
        ...extra.map((field) => wordOf(row[field])),
        row.help,
      ];
    }),
  );
}

/** A value as a cell has it; functions and objects are not for readers. */
function wordOf(value) {
  if (value === true) return 'yes';
  if (Array.isArray(value))
    return value
      .map(wordOf)
      .filter((word) => word !== '')
      .join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function noCell({ no }) {
  if (no === undefined) return '';
  return no.length === 0 ? 'yes' : no.map((text) => code(readable(text).syntax)).join('<br>');
}

/**
 * A pattern (src/ios/pattern.ts) as documentation writes it: parameters in capitals, their kinds apart.
 * `<minutes:1-60>` becomes MINUTES and "MINUTES 1-60", `<family:ip|ipv6>` becomes (ip | ipv6).
 * @returns {{ syntax: string, parameters: string[] }}
 */
export function readable(pattern) {
  const parameters = [];
  const syntax = pattern.replace(/<([^:>]+):([^>]+)>/g, (whole, name, type, at) => {
    if (type.includes('|'))
      return isAlone(pattern, at, whole) ? type.replaceAll('|', ' | ') : `(${type.replaceAll('|', ' | ')})`;
    const word = name.toUpperCase();
    parameters.push(`${code(word)} ${kindOf(type)}`);
    return word;
  });
  return { syntax: syntax.replace(/([[({]) ?/g, '$1').replace(/ ?([\])}])/g, '$1'), parameters };
}

/** The brackets around a choice that stands alone in them are brackets enough. */
function isAlone(pattern, at, whole) {
  return (
    /[[({|]$/.test(pattern.slice(0, at).trimEnd()) &&
    /^[\])}|]/.test(pattern.slice(at + whole.length).trimStart())
  );
}

const KINDS = {
  ip: 'IPv4 or IPv6 address',
  ip4: 'IPv4 address',
  ip6: 'IPv6 address',
  prefix: 'prefix with its length',
  prefix4: 'IPv4 prefix with its length',
  prefix6: 'IPv6 prefix with its length',
  host6: 'IPv6 address with the length of its subnet',
  mask: 'mask',
  word: 'word',
  interface: 'interface',
  'host-name': 'name of a node',
};

function kindOf(type) {
  const [, digits] = /^hex([0-9]+)$/.exec(type) ?? [];
  if (digits !== undefined) return `${digits} hexadecimal digits`;
  const [, least, most] = /^([0-9]+)-([0-9]+)$/.exec(type) ?? [];
  return least === undefined ? (KINDS[type] ?? type) : `${least} to ${most}`;
}

// ---- Markdown --------------------------------------------------------------------------------------------------------

function table(header, rows) {
  return [
    `| ${header.join(' | ')} |`,
    `|${header.map(() => '---').join('|')}|`,
    ...rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`),
  ];
}

/** Cells hold what `code` and `link` made, `<br>`, and plain text; `|` ends a cell even inside a code span. */
function cell(text) {
  return text
    .split(/(\[`[^`]*`\]\(#[^)]*\)|`+[^`]*`+|<br>)/)
    .map((part, i) => (i % 2 === 1 ? part : escapeText(part)))
    .join('')
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Signs that Markdown or HTML would take for something. `_` only matters at the edge of a word. */
function escapeText(text) {
  return text.replaceAll(/[\\*<>[\]]/g, (sign) =>
    sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`,
  );
}

function code(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function link(title) {
  return `[${code(title)}](#${anchor(title)})`;
}

function plain(title) {
  return title.replace(/^(Exec|Configuration): /, '');
}

/** As GitHub makes it of a heading. */
function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function upperFirst(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function upperFirstLine(line, i) {
  return i === 0 ? upperFirst(line) : line;
}

/** @param {(name: string) => Promise<object>} load  loads a module of MODULES @returns {Promise<object>} */
export async function loadModules(load) {
  return Object.assign({}, ...(await Promise.all(MODULES.map(load))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const modules = await loadModules((name) => import(`../dist/src/${name}.js`));
  writeFileSync(join(ROOT, PAGE), renderPage(modules));
}
