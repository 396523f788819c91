import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { platformOf, runners } from './platform.ts';

const project = 'config:\n  imagePlatform: { type: string, default: linux/amd64 }\n';
const arm = 'config:\n  clinic:imagePlatform: linux/arm64\n';
const stacks = (dev: string, prod: string) => new Map(Object.entries({ dev, prod }));

const outputsOf = (platform: string, runner: string) => `platform=${platform}\nrunner=${runner}\n`;

describe('images are built', () => {
  it('for the platform that the stacks name, or the default', () => {
    expect(platformOf(project, stacks('config: {}', ''))).toBe('linux/amd64');
    expect(platformOf(project, stacks(arm, arm))).toBe('linux/arm64');
  });

  it('for one platform, as the same image goes to every stack', () => {
    expect(() => platformOf(project, stacks(arm, ''))).toThrow(
      'must be the same in all stacks, which run the same images: dev has linux/arm64, prod has linux/amd64',
    );
  });

  it('for no platform that no runner has', () => {
    expect(() => platformOf(project.replace('amd64', 's390x'), stacks('', ''))).toThrow(
      'clinic:imagePlatform must be linux/amd64 or linux/arm64',
    );
  });

  it('as the configuration here says, on a runner of that kind', async () => {
    const tool = ['--conditions=source', 'tools/image-platform.ts'];
    const root = join(import.meta.dirname, '..', '..');
    const { stdout } = await promisify(execFile)(process.execPath, tool, { cwd: root });
    expect(Object.entries(runners).map((pair) => outputsOf(...pair))).toContain(stdout);
  });
});
