// Runs first on `npm start`. Plain old syntax and no imports, so that an old Node reaches the message.
var MIN_MAJOR = 20;
var MIN_MINOR = 19;
var parts = process.versions.node.split('.');
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < MIN_MAJOR || (major === MIN_MAJOR && minor < MIN_MINOR)) {
  console.error(
    'pxtr needs Node.js ' +
      MIN_MAJOR +
      '.' +
      MIN_MINOR +
      ' or newer; this is ' +
      process.versions.node +
      '.\n' +
      'Install a current release of Node.js, then run `npm ci && npm start` again.',
  );
  process.exit(1);
}
