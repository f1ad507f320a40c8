// Which types a reader of one entry's declarations meets, and which of them the entry does not export.
import { relative } from 'node:path';
import ts from 'typescript';

/**
 * One line for each type of ours that a declaration behind this entry mentions and the entry does not export:
 * `Name (file), mentioned by Other`. Private members do not count; lib and package types do not either.
 */
export function unexportedTypes(program: ts.Program, entryFile: string, root: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entryFile);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entryFile} is no module of the program`);
  const exported = new Set(checker.getExportsOfModule(module).map((symbol) => aliased(checker, symbol)));
  const found = new Set<string>();
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      for (const mentioned of mentionedBy(checker, declaration)) {
        if (exported.has(mentioned)) continue;
        const file = mentioned.declarations?.[0]?.getSourceFile().fileName ?? '';
        if (!file.startsWith(root)) continue;
        found.add(`${mentioned.name} (${relative(root, file)}), mentioned by ${symbol.name}`);
      }
    }
  }
  return [...found].sort();
}

function aliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** Symbols of the module level that a declaration names in types, heritage and `typeof`. */
function mentionedBy(checker: ts.TypeChecker, declaration: ts.Node): Set<ts.Symbol> {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (ts.canHaveModifiers(node) && isPrivate(node)) return;
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && aliased(checker, symbol);
      if (target !== undefined && isTopLevel(target)) found.add(target);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

function isPrivate(node: ts.HasModifiers): boolean {
  const isMarked = ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
  return isMarked || (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name));
}

function isTopLevel({ declarations }: ts.Symbol): boolean {
  const parent = declarations?.[0]?.parent;
  if (parent === undefined) return false;
  if (ts.isSourceFile(parent)) return true;
  return ts.isVariableDeclarationList(parent) && ts.isSourceFile(parent.parent.parent);
}
