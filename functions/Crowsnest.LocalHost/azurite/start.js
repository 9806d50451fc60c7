// Starts Azurite and ends it when standard input ends: the parent may be killed and then can end nothing itself.
'use strict';
const path = require('path');

// Azurite writes its tables down now and then, and when it is told to end: what it has accepted must not be lost.
let ending = false;
function end() {
  if (!ending) {
    ending = true;
    setTimeout(() => process.exit(1), 4000).unref();
    process.emit('SIGTERM');
  }
}

process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
require(path.join(process.cwd(), 'node_modules', 'azurite', 'dist', 'src', 'azurite.js'));
