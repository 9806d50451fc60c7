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

// Ctrl+C reaches everybody at a terminal; what is still running needs storage to its end.
const once = process.once;
process.once = function (name, ...rest) {
  return name === 'SIGINT' ? this : once.call(this, name, ...rest);
};
process.on('SIGINT', () => {});

process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
require(path.join(process.cwd(), 'node_modules', 'azurite', 'dist', 'src', 'azurite.js'));
