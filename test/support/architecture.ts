// The rules of the source tree as functions over file texts: what may import what, which globals are banned where,
// what the engine module may contain. test/architecture.test.ts applies them to the tree and to bad snippets.
import { posix } from 'node:path';
import ts from 'typescript';

/** One broken rule, as a line of text: `<file>: <what>`. */
export type Violation = string;

export interface Import {
  specifier: string;
  /** `import type`, `export type`, or an `import('x')` type: erased, so nothing is loaded at run time. */
  typeOnly: boolean;
  /** An `import()` call. */
  dynamic: boolean;
}

/** A parsed source file; `path` is relative to the repository, with forward slashes. */
export interface Source {
  path: string;
  tree: ts.SourceFile;
  imports: Import[];
}

// --- The table -----------------------------------------------------------------------------------------------------

const BELOW_ROUTER = ['base', 'wire', 'mapping', 'roles', 'engine'];
const BELOW_6 = [...BELOW_ROUTER, 'tables', 'router', 'ios', 'sim', 'import'];

/** Folder of src/ -> floor and the folders it may import. Its own folder is always allowed. */
const FLOORS: Record<string, { floor: number; mayImport: readonly string[] }> = {
  base: { floor: 0, mayImport: [] },
  wire: { floor: 1, mayImport: ['base'] },
  mapping: { floor: 2, mayImport: ['base'] },
  tables: { floor: 2, mayImport: ['base', 'wire'] },
  roles: { floor: 3, mayImport: ['base', 'wire', 'mapping'] },
  engine: { floor: 3, mayImport: ['base', 'wire', 'mapping'] },
  router: { floor: 4, mayImport: BELOW_ROUTER },
  ios: { floor: 5, mayImport: [...BELOW_ROUTER, 'router'] },
  sim: { floor: 5, mayImport: [...BELOW_ROUTER, 'router'] },
  import: { floor: 5, mayImport: ['base', 'mapping', 'router', 'ios'] },
  entries: { floor: 5, mayImport: BELOW_6 },
  stores: { floor: 6, mayImport: ['base', 'wire', 'mapping'] },
  linux: { floor: 6, mayImport: ['base', 'engine'] },
  daemon: { floor: 6, mayImport: [...BELOW_6, 'linux', 'stores'] },
  threads: { floor: 6, mayImport: ['base', 'engine'] },
  bench: { floor: 6, mayImport: ['base', 'wire', 'tables', 'engine'] },
  cli: { floor: 6, mayImport: [...BELOW_6, 'bench', 'threads'] },
  web: { floor: 6, mayImport: BELOW_6 },
};

/**
 * src/index.ts and src/entries/ are the public surface: they re-export floors 0 to 5 and are held to their bans.
 * Nothing else imports them.
 */
const PUBLIC_SURFACE = 'src/index.ts';
const ENTRIES = 'entries';

/** Files that only one platform can run -> the files that may import them, behind an export condition or in Node. */
const PLATFORM_FILES: Record<string, RegExp> = {
  'src/engine/open-node.ts': /^src\/entries\/url-node\.ts$/,
  'src/engine/open-url.ts': /^src\/(entries\/url|engine\/open-research-url)\.ts$/,
  'src/engine/open-research-node.ts': /^src\/(cli\/|bench\/|entries\/research-node\.ts$)/,
  'src/engine/open-research-url.ts': /^src\/entries\/research\.ts$/,
};

/** Folders that cli reaches only by `import()`, so that the lab runs where their native parts do not. */
const DYNAMIC_FROM_CLI = ['daemon', 'stores', 'linux'];

/** Files with more freedom than their folder. */
const EXTRA_FOLDERS: readonly { file: RegExp; folder: string }[] = [
  { file: /^src\/sim\/lab[^/]*\.ts$/, folder: 'ios' },
  // Node alone has this entry.
  { file: /^src\/entries\/workers\.ts$/, folder: 'threads' },
];

/** Package -> the files that may import it. A package without a row may be imported nowhere. */
const PACKAGES: Record<string, RegExp> = {
  '@noble/hashes': /^src\/base\/mac\.ts$/,
  '@assemblyscript/loader': /^src\/engine\/wasm\.ts$/,
  valibot: /^src\/router\/options-schema\.ts$/,
  yaml: /^src\/(sim\/lab[^/]*|import\/odl)\.ts$/,
  commander: /^src\/cli\//,
  'longest-prefix-match': /^src\/bench\/peers\//,
  picocolors: /^src\/cli\//,
  koffi: /^src\/linux\//,
  'classic-level': /^src\/stores\/level\.ts$/,
  etcd3: /^src\/stores\/etcd\.ts$/,
  preact: /^src\/web\//,
  '@preact/signals': /^src\/web\//,
  uplot: /^src\/web\//,
  'd3-force': /^src\/web\//,
};

/** Files that may import `node:*`. */
const NODE_ALLOWED = /^src\/((stores|linux|daemon|threads|bench|cli)\/|engine\/open-(research-)?node\.ts$)/;

/** The file that may make requests. */
const FETCH_ALLOWED = 'src/engine/open-url.ts';

const BANNED_GLOBALS = new Set([
  'fetch',
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
  'process',
  'Buffer',
]);

// --- Reading -------------------------------------------------------------------------------------------------------

export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const imports: Import[] = [];
  walk(tree, (node) => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      imports.push({ specifier: stringText(node.moduleSpecifier), typeOnly: isErased(node), dynamic: false });
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      const specifier = stringText(node.moduleReference.expression);
      imports.push({ specifier, typeOnly: node.isTypeOnly, dynamic: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      imports.push({ specifier: stringText(node.argument.literal), typeOnly: true, dynamic: false });
    } else if (ts.isCallExpression(node) && isLoadCall(node.expression)) {
      imports.push({ specifier: stringText(node.arguments[0]), typeOnly: false, dynamic: true });
    }
  });
  return { path, tree, imports };
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function isLoadCall(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

/** `import type ...` or all names marked `type`; with verbatimModuleSyntax only the former is dropped entirely. */
function isErased(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  return ts.isExportDeclaration(node)
    ? node.isTypeOnly
    : node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function stringText(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)';
}

/** The repository path an import leads to, or undefined for packages. AssemblyScript imports have no extension. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  return from.startsWith('assembly/') && !path.endsWith('.ts') ? `${path}.ts` : path;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** True where clocks, timers, randomness and consoles are banned. */
function isBelowFloor6(path: string): boolean {
  if (!path.startsWith('src/')) return false;
  const folder = folderOf(path);
  return folder === undefined || (FLOORS[folder]?.floor ?? 0) < 6;
}

// --- Rules over sources --------------------------------------------------------------------------------------------

/** Every import against the table. */
export function importViolations(source: Source): Violation[] {
  const { path } = source;
  if (path.startsWith('assembly/')) return assemblyImportViolations(source);
  const folder = folderOf(path);
  if (folder === undefined && path !== PUBLIC_SURFACE)
    return [`${path}: only index.ts lies directly in src/`];
  const rule = folder === undefined ? { mayImport: [...BELOW_6, ENTRIES] } : FLOORS[folder];
  if (rule === undefined) return [`${path}: src/${String(folder)} has no row in the table of floors`];
  const found: Violation[] = [];
  for (const each of source.imports) {
    const problem = importProblem(path, folder, rule.mayImport, each);
    if (problem !== undefined) found.push(`${path}: ${problem}`);
  }
  return found;
}

function importProblem(
  path: string,
  folder: string | undefined,
  mayImport: readonly string[],
  { specifier, typeOnly, dynamic }: Import,
): string | undefined {
  if (specifier === '(computed)') return 'imports a computed specifier';
  if (specifier.startsWith('node:')) {
    return NODE_ALLOWED.test(path)
      ? undefined
      : `imports ${specifier}; node: belongs to floor 6 and open-node.ts`;
  }
  const to = target(path, specifier);
  if (to === undefined) {
    const name = packageName(specifier);
    const allowed = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
    if (allowed === undefined) return `imports package ${name}, which has no row in the table`;
    return allowed.test(path) ? undefined : `imports package ${name}, allowed only in ${allowed.source}`;
  }
  if (to.startsWith('assembly/')) {
    if (to !== 'assembly/layout.ts') return `imports ${to}; only assembly/layout.ts is shared`;
    return folder === 'engine' ? undefined : 'imports assembly/layout.ts, which only engine may';
  }
  if (to === PUBLIC_SURFACE) return 'imports the public surface';
  const importer = PLATFORM_FILES[to];
  if (importer !== undefined && !importer.test(path))
    return `imports ${to}, which only ${importer.source} may`;
  const toFolder = folderOf(to);
  if (toFolder === undefined) return `imports ${to}, outside the floors`;
  if (toFolder === folder || mayImport.includes(toFolder)) return undefined;
  if (EXTRA_FOLDERS.some((extra) => extra.folder === toFolder && extra.file.test(path))) return undefined;
  if (folder === 'cli' && DYNAMIC_FROM_CLI.includes(toFolder)) {
    return dynamic || typeOnly
      ? undefined
      : `imports ${toFolder} statically; cli reaches it only by import()`;
  }
  return `${folder ?? 'index.ts'} may not import ${toFolder} (${to})`;
}

function assemblyImportViolations({ path, imports }: Source): Violation[] {
  if (path === 'assembly/layout.ts') {
    return imports.map(({ specifier }) => `${path}: imports ${specifier}; layout.ts imports nothing`);
  }
  return imports
    .filter(({ specifier }) => !target(path, specifier)?.startsWith('assembly/'))
    .map(({ specifier }) => `${path}: imports ${specifier}; assembly/ imports only assembly/`);
}

/** Clocks, timers, consoles and unseeded randomness below floor 6. Comments and strings do not count: this walks the tree. */
export function globalViolations({ path, tree }: Source): Violation[] {
  if (!isBelowFloor6(path)) return [];
  const own = declaredNames(tree);
  const found: Violation[] = [];
  walk(tree, (node) => {
    const member = memberAccess(node);
    if (member?.object === 'Math' && member.name === 'random') found.push(`${path}: uses Math.random`);
    if (member?.object === 'globalThis' && isBanned(member.name, path))
      found.push(`${path}: uses ${member.name}`);
    if (!ts.isIdentifier(node) || !isBanned(node.text, path) || own.has(node.text)) return;
    if (!isPropertyName(node)) found.push(`${path}: uses ${node.text}`);
  });
  return found;
}

function isBanned(name: string, path: string): boolean {
  return BANNED_GLOBALS.has(name) && !(name === 'fetch' && path === FETCH_ALLOWED);
}

function memberAccess(node: ts.Node): { object: string; name: string } | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return { object: node.expression.text, name: node.name.text };
  }
  if (ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return { object: node.expression.text, name: stringText(node.argumentExpression) };
  }
  if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent)) {
    const from = node.parent.parent.initializer;
    const key = node.propertyName ?? node.name;
    if (from !== undefined && ts.isIdentifier(from) && ts.isIdentifier(key))
      return { object: from.text, name: key.text };
  }
  return undefined;
}

/** Names this file binds itself: a parameter called `process` is not the global. */
function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isBindingElement(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isImportSpecifier(node)) &&
      node.name !== undefined &&
      ts.isIdentifier(node.name)
    ) {
      names.add(node.name.text);
    }
  });
  return names;
}

/** `x.process`, `{ process: 1 }`, a member called `process`: a name inside something, not the global. */
function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isGetAccessorDeclaration(parent) ||
      ts.isSetAccessorDeclaration(parent) ||
      ts.isNamedTupleMember(parent)) &&
    parent.name === node
  );
}

/** No default exports, no enums. */
export function syntaxViolations({ path, tree }: Source): Violation[] {
  const found: Violation[] = [];
  walk(tree, (node) => {
    const isDefault =
      ts.isExportAssignment(node) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default') ||
      (ts.canHaveModifiers(node) &&
        (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword));
    if (isDefault) found.push(`${path}: has a default export`);
    if (ts.isEnumDeclaration(node)) found.push(`${path}: declares enum ${node.name.text}`);
  });
  return found;
}

/** The public surface says what is public and does nothing: every statement exports from another file. */
export function entryViolations({ path, tree }: Source): Violation[] {
  if (path !== PUBLIC_SURFACE && folderOf(path) !== ENTRIES) return [];
  return tree.statements
    .filter((statement) => !ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined)
    .map((statement) => `${path}: "${statement.getText(tree).slice(0, 40)}" is no re-export`);
}

/** Import cycles, types included: each as `a -> b -> a`. Depth first; one report per edge that closes a cycle. */
export function cycleViolations(sources: readonly Source[]): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const state = new Map<string, 'open' | 'done'>();
  const found: Violation[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    state.set(path, 'open');
    for (const { specifier } of byPath.get(path)!.imports) {
      const to = target(path, specifier);
      if (to === undefined || !byPath.has(to)) continue;
      if (state.get(to) === 'open') {
        const cycle = [...trail.slice(trail.indexOf(to)), to];
        found.push(`${to}: import cycle ${cycle.join(' -> ')}`);
      } else if (state.get(to) === undefined) {
        visit(to, [...trail, to]);
      }
    }
    state.set(path, 'done');
  };
  for (const { path } of sources) if (!state.has(path)) visit(path, [path]);
  return found;
}

/** Relative imports that lead to no known file. */
export function danglingViolations(sources: readonly Source[]): Violation[] {
  const known = new Set(sources.map(({ path }) => path));
  return sources.flatMap(({ path, imports }) =>
    imports
      .map(({ specifier }) => target(path, specifier))
      .filter((to) => to !== undefined && !known.has(to) && !to.endsWith('.generated.ts'))
      .map((to) => `${path}: imports ${String(to)}, which does not exist`),
  );
}

// --- Reason texts --------------------------------------------------------------------------------------------------

/** Constants REASON_* of layout.ts, without those whose suffix says they are no code (REASON_COUNT and the like). */
export function reasonCodes({ tree }: Source): string[] {
  const names: string[] = [];
  walk(tree, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return;
    const name = node.name.text;
    if (name.startsWith('REASON_') && !/_(COUNT|OFFSET|BYTES|SHIFT|MASK)$/.test(name)) names.push(name);
  });
  return names;
}

/**
 * Codes without a text in counters.ts. A text is a non-empty string beside the constant: `[REASON_X]: 'text'` (or an object
 * with one), `[REASON_X, 'text']`, `case REASON_X: return 'text'`, `.set(REASON_X, 'text')`.
 */
export function reasonTextViolations(layout: Source, counters: Source): Violation[] {
  const worded = new Set<string>();
  walk(counters.tree, (node) => {
    if (ts.isIdentifier(node) && node.text.startsWith('REASON_') && hasTextBeside(node))
      worded.add(node.text);
  });
  return reasonCodes(layout)
    .filter((name) => !worded.has(name))
    .map((name) => `${counters.path}: no text for ${name}`);
}

function hasTextBeside(node: ts.Identifier): boolean {
  let at: ts.Node = node;
  if (ts.isPropertyAccessExpression(at.parent) && at.parent.name === node) at = at.parent;
  const { parent } = at;
  if (ts.isComputedPropertyName(parent) && ts.isPropertyAssignment(parent.parent)) {
    return holdsText(parent.parent.initializer);
  }
  if (ts.isPropertyAssignment(parent) && parent.name === node) return holdsText(parent.initializer);
  if (ts.isArrayLiteralExpression(parent))
    return holdsText(parent.elements[parent.elements.indexOf(at as ts.Expression) + 1]);
  if (ts.isCallExpression(parent))
    return holdsText(parent.arguments[parent.arguments.indexOf(at as ts.Expression) + 1]);
  if (ts.isCaseClause(parent)) return parent.statements.some((statement) => holdsText(statement));
  return false;
}

function holdsText(node: ts.Node | undefined): boolean {
  let holds = false;
  if (node !== undefined)
    walk(node, (each) => (holds ||= ts.isStringLiteralLike(each) && /\w/.test(each.text)));
  return holds;
}

// --- The engine module ---------------------------------------------------------------------------------------------

export interface WasmShape {
  /** Section numbers in file order; custom sections are 0. */
  sections: number[];
  /** `module.name kind` of each import. */
  imports: string[];
  exports: string[];
}

const SECTION_IMPORT = 2;
const SECTION_EXPORT = 7;
const SECTION_START = 8;
const SECTION_DATA = 11;
const SECTION_DATA_COUNT = 12;
const KINDS = ['function', 'table', 'memory', 'global', 'tag'];

/** Reads section headers, imports and exports of a WebAssembly module (core specification, chapter 5.5). */
export function readWasm(bytes: Uint8Array): WasmShape {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 4)) !== '\0asm' || bytes[4] !== 1) {
    throw new Error('not a WebAssembly module');
  }
  const shape: WasmShape = { sections: [], imports: [], exports: [] };
  let at = 8;
  const u8 = (): number => {
    if (at >= bytes.length) throw new Error('WebAssembly module ends early');
    return bytes[at++]!;
  };
  const leb = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const name = (): string => {
    const length = leb();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const limits = (): void => {
    const flags = leb();
    leb();
    if ((flags & 1) !== 0) leb();
  };
  const skipType = (kind: number): void => {
    if (kind === 0) leb();
    else if (kind === 1) at += 1;
    if (kind === 1 || kind === 2) limits();
    if (kind === 3) at += 2;
    if (kind === 4) at += 1;
    if (kind === 4) leb();
  };
  while (at < bytes.length) {
    const section = u8();
    const size = leb();
    const end = at + size;
    if (end > bytes.length) throw new Error('WebAssembly section runs past the end');
    shape.sections.push(section);
    if (section === SECTION_IMPORT) {
      for (let left = leb(); left > 0; left--) {
        const label = `${name()}.${name()}`;
        const kind = u8();
        skipType(kind);
        shape.imports.push(`${label} ${KINDS[kind] ?? 'unknown'}`);
      }
    } else if (section === SECTION_EXPORT) {
      for (let left = leb(); left > 0; left--) {
        shape.exports.push(name());
        u8();
        leb();
      }
    }
    at = end;
  }
  return shape;
}

/** Its only import is env.memory; nothing is written or run at instantiation, since every worker instantiates it again. */
export function wasmViolations(path: string, shape: WasmShape): Violation[] {
  const found: Violation[] = [];
  if (shape.imports.join() !== 'env.memory memory') {
    found.push(`${path}: imports [${shape.imports.join(', ')}], expected env.memory only`);
  }
  for (const section of [SECTION_DATA, SECTION_DATA_COUNT]) {
    if (shape.sections.includes(section)) found.push(`${path}: has a data section (id ${section})`);
  }
  if (shape.sections.includes(SECTION_START)) found.push(`${path}: has a start section`);
  return found;
}

/** Keys of `interface EngineExports`, with those of interfaces it extends in the same file; undefined when it is absent. */
export function engineExportKeys({ tree }: Source): string[] | undefined {
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  walk(tree, (node) => {
    if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
  });
  if (!interfaces.has('EngineExports')) return undefined;
  const keysOf = (name: string): string[] => {
    const node = interfaces.get(name);
    if (node === undefined) return [];
    const parents = (node.heritageClauses ?? []).flatMap(({ types }) =>
      types.map(({ expression }) => expression.getText(tree)),
    );
    const own = node.members.flatMap((member) =>
      member.name !== undefined && (ts.isIdentifier(member.name) || ts.isStringLiteralLike(member.name))
        ? [member.name.text]
        : [],
    );
    return [...parents.flatMap(keysOf), ...own];
  };
  return keysOf('EngineExports');
}

/** Exports and interface keys as sets. asc always exports the memory it imports; the interface need not repeat it. */
export function exportViolations(path: string, shape: WasmShape, keys: readonly string[]): Violation[] {
  const actual = new Set(shape.exports.filter((name) => name !== 'memory'));
  const declared = new Set(keys.filter((name) => name !== 'memory'));
  return [
    ...[...actual]
      .filter((name) => !declared.has(name))
      .map((name) => `${path}: exports ${name}, not in EngineExports`),
    ...[...declared]
      .filter((name) => !actual.has(name))
      .map((name) => `${path}: EngineExports has ${name}, not exported`),
  ];
}
