import { spawnSync } from 'node:child_process';
import { verdictOf } from './dependencies/advisories.ts';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
  shell: process.platform === 'win32',
});
const { exitCode, lines } = verdictOf(stdout);
for (const line of lines) (exitCode === 0 ? console.log : console.error)(`audit:dependencies: ${line}`);
process.exit(exitCode);
