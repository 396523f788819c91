import { spawnSync } from 'node:child_process';
import { productionBill, type Bill } from './dependencies/bill.ts';
import { lockedDependencies } from './dependencies/lock.ts';

const { stdout, status } = spawnSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
  {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  },
);
if (status === 0) {
  const production = lockedDependencies().filter((dependency) => dependency.production);
  console.log(JSON.stringify(productionBill(JSON.parse(stdout) as Bill, production), null, 2));
} else process.exit(1);
