/**
 * The release build as the shared one: the two differ in nothing but what they say of the memory that they import, so
 * that one of them in a package is enough. test/engine/shared-module.test.ts holds it to the shared build.
 */

const IMPORT_SECTION = 2;
const MEMORY_NAME = [0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79]; // "memory"
/** Kind 2 is a memory; limits: flags 0 and a least size of one page. */
const UNSHARED = [2, 0, 1];
/** Shared, with a least and a largest size: 1 and 65,536 pages, the latter in LEB128. */
const SHARED = [2, 3, 1, 0x80, 0x80, 4];

/** Of bytes that scripts/build.mjs made. Throws RangeError on others. */
export function withSharedMemory(release: Uint8Array): Uint8Array<ArrayBuffer> {
  const wanted = [...MEMORY_NAME, ...UNSHARED];
  // The import section has nothing else in it and is among the first hundreds of bytes.
  const at = release.findIndex((_, i) => wanted.every((byte, j) => release[i + j] === byte));
  // Section, size (one byte), one import, "env" and its length, the length of "memory".
  const section = at - 8;
  const grown = SHARED.length - UNSHARED.length;
  if (at < 0 || release[section] !== IMPORT_SECTION)
    throw new RangeError('not a release build of the engine');
  const shared = new Uint8Array(release.length + grown);
  const limits = at + MEMORY_NAME.length;
  shared.set(release.subarray(0, limits));
  shared[section + 1]! += grown;
  shared.set(SHARED, limits);
  shared.set(release.subarray(limits + UNSHARED.length), limits + SHARED.length);
  return shared;
}
