// Loaded before the program on whatever Node the CLI found: plain old JavaScript, so that any of them can read it.
'use strict';

var current = process.versions.node;
var version = current.split('.').map(Number);

// From 22.18 on Node runs TypeScript by itself: https://nodejs.org/api/typescript.html
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.stderr.write(
    'The program needs Node 22.18 or newer; what runs now is Node ' +
      current +
      '. `npm run pulumi -- ...` uses the one that `npm ci` installed.\n',
  );
  // By this code the CLI knows that everything has been said.
  process.exit(32);
}
