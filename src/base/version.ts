/** The version of the package, for floors that read no files; a test holds it equal to package.json. */
export const VERSION = '0.1.0';
