/** Configurations of other LISP systems as ours. */
import type { Result } from '../base/result.ts';
import { canonicalOptions } from '../ios/apply.ts';
import { draftOf } from '../ios/draft.ts';
import { renderDraft } from '../ios/render.ts';
import { noLisp, type RouterOptions } from '../router/options.ts';
import type { ImportError, Imported, ImportSettings } from './imported.ts';
import { importOdl } from './odl.ts';
import { importOor } from './oor.ts';
import { importVpp } from './vpp.ts';

/** What can be read: oor.conf, the lines of VPP's command line, OpenDaylight's RESTCONF JSON. */
export const IMPORT_FORMATS = ['oor', 'vpp', 'odl'] as const;
/** One of them. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

const READERS = { oor: importOor, vpp: importVpp, odl: importOdl };

/** Reads a configuration; with errors nothing is imported. Never throws. */
export function importConfig(
  format: ImportFormat,
  text: string,
  settings: ImportSettings = {},
): Result<Imported, readonly ImportError[]> {
  return READERS[format](text, settings);
}

/** The format that a text looks like, and why; undefined when it looks like none. */
export function detectFormat(
  text: string,
): { readonly format: ImportFormat; readonly why: string } | undefined {
  if (/^\s*[[{]/.test(text)) return { format: 'odl', why: 'it is JSON' };
  const vpp =
    /^[ \t]*((?:sudo +)?vppctl|(?:DBG)?vpp#|lisp|one|set int(?:erface)?|ip route add|create loopback|loopback create-interface)\s+\S+/m.exec(
      text,
    );
  const oor = /^[ \t]*(?!comment\b)([a-z][a-z0-9_-]*)\s*(=|\{)/m.exec(text);
  if (oor !== null && (vpp === null || oor.index < vpp.index))
    return { format: 'oor', why: `a statement such as "${oor[0].trim()}"` };
  return vpp === null
    ? undefined
    : { format: 'vpp', why: `a line such as "${vpp[0].trim().replace(/\s+/g, ' ')} ..."` };
}

/** The configuration as IOS text, with what did not come over as it was in comments at the top. */
export function renderImported({ options, remarks }: Imported): string {
  const words = { 'no-equivalent': 'no equivalent', changed: 'changed', assumed: 'assumed' } as const;
  const lines = remarks.map(
    ({ line, kind, text }) => `! ${line === 0 ? '' : `line ${line}, `}${words[kind]}: ${text}`,
  );
  return [...lines, ...(lines.length > 0 ? ['!'] : []), configText(options)].join('\n');
}

/** What no other system says, and is as usual here, is left out: `renderConfig` would write it as if it had been said. */
function configText(options: RouterOptions): string {
  const draft = draftOf(canonicalOptions(options));
  const { lisp } = draft;
  const isUsual = lisp?.missPolicy?.value === noLisp().missPolicy;
  return renderDraft(isUsual ? { ...draft, lisp: { ...lisp, missPolicy: undefined } } : draft);
}
