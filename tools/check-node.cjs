// Runs before `npm start` on whatever Node is there: plain old JavaScript, so that any of them can read it.
'use strict';

var needed = 26;
var current = process.versions.node;

if (parseInt(current, 10) < needed) {
  var lines = [
    'This project needs Node ' + needed + '; what runs now is Node ' + current + '.',
    '`npm ci` installs Node ' + needed + ' for this folder alone, as the development dependency `node`.',
    'Its install script must be allowed to run (allowScripts in package.json; no --ignore-scripts).',
  ];
  process.stderr.write(lines.join('\n') + '\n');
  process.exit(1);
}
