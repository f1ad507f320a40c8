/** Mistakes of programs that use a lab: types do not reach those written in JavaScript, nor names. */

/** @throws TypeError when the file is no lab, or the settings cannot make routers */
export function checkParts(
  file: { readonly nodes?: unknown } | undefined,
  settings: { readonly makeDataPlane?: unknown } | undefined,
): void {
  if (file?.nodes === undefined)
    throw new TypeError(
      'createLab takes a lab that loadLab has read: the value of its result, when that is ok',
    );
  if (typeof settings?.makeDataPlane === 'function') return;
  throw new TypeError(
    'createLab needs a data plane for each router: createLab(file, { makeDataPlane: () => createEngineSync() })',
  );
}

/** @throws Error when no node has the name */
export function checkNode(name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new Error(`there is no node ${name}; there are: ${known.join(', ')}`);
}
