import { describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { answer, created, isValues } from './testing/account.ts';
import { stackValues } from './testing/stack.ts';

const root = join(import.meta.dirname, '..');

describe('the program', () => {
  it('hands its outputs to Pulumi, from the configuration that Pulumi hands to it', async () => {
    await pulumi.runtime.setMocks(
      { newResource: (args) => created(args, isValues(args.inputs) ? args.inputs : {}), call: answer },
      'clinic',
      'dev',
    );
    pulumi.runtime.setAllConfig(Object.fromEntries(stackValues('dev')));
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const program = await import('./index.ts');
    expect(warned.mock.calls).toEqual([[expect.stringContaining('clinic:domain is not set')]]);
    warned.mockRestore();
    expect(Object.keys(program).sort()).toEqual([
      'albDnsName',
      'clientIds',
      'cluster',
      'deliveryRoles',
      'ecsServices',
      'images',
      'issuer',
      'logGroups',
      'repositories',
      'serviceUrls',
      'targetGroups',
      'taskDefinitions',
      'tokenCommand',
      'url',
    ]);
    const url = await new Promise((resolve) => program.url.apply(resolve));
    expect(url).toBe('http://clinic-dev.elb.example');
    await pulumi.runtime.disconnect();
  });

  it('runs as TypeScript, by the entry point and with the options that Pulumi.yaml names', () => {
    expect(parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'))).toMatchObject({
      name: 'clinic',
      main: 'infra/index.ts',
      runtime: {
        name: 'nodejs',
        options: { typescript: false, nodeargs: '--conditions=source --require ./check-node.cjs' },
      },
    });
  });
});

describe('a Node that is too old', () => {
  const run = async (version: string): Promise<string> => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./check-node.cjs')`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--eval', `${pretend}; console.log('goes on')`],
      { cwd: import.meta.dirname },
    ).catch((error: unknown) => ({ stdout: isValues(error) ? String(error.stderr) : '' }));
    return stdout;
  };

  it.each(['18.20.8', '20.20.2', '22.17.1'])('is told so in one line: %s', async (version) => {
    expect(await run(version)).toMatch(/^The program needs Node 22\.18 or newer; .*\n$/);
  });

  it.each(['22.18.0', '24.0.0', '26.10.0'])('%s is not', async (version) => {
    expect(await run(version)).toBe('goes on\n');
  });
});
