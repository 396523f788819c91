// Pulumi loads a pack by `require` and registers ts-node for it first. What is imported instead is read by Node as it is,
// types stripped; Pulumi waits for the promise and reports what it is rejected with.
'use strict';

require('../check-node.cjs');

module.exports = import('./pack.ts');
