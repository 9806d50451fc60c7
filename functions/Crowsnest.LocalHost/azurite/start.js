// Starts Azurite and ends it when standard input ends: the parent may be killed and then can end nothing itself.
'use strict';
const path = require('path');
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
require(path.join(process.cwd(), 'node_modules', 'azurite', 'dist', 'src', 'azurite.js'));
