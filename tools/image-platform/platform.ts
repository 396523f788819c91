import { parse } from 'yaml';
import { Fault } from '../terminal.ts';

/** Runners that build for a platform without emulation: https://docs.github.com/en/actions/reference/runners/github-hosted-runners */
export const runners = { 'linux/amd64': 'ubuntu-24.04', 'linux/arm64': 'ubuntu-24.04-arm' } as const;

type Platform = keyof typeof runners;

/**
 * The platform of all stacks, which run the same images.
 * @param project text of Pulumi.yaml, which has the default
 * @param stacks text of each stack's file, by stack
 * @throws Fault when stacks differ, or name a platform that nothing builds for
 */
export function platformOf(project: string, stacks: ReadonlyMap<string, string>): Platform {
  const byDefault = valueIn(configIn(project).imagePlatform, 'default');
  const named = [...stacks].map(([stack, text]) => ({
    stack,
    platform: configIn(text)['clinic:imagePlatform'] ?? byDefault,
  }));
  const [platform, ...others] = [...new Set(named.map((one) => one.platform))];
  if (others.length > 0)
    throw new Fault(
      `clinic:imagePlatform must be the same in all stacks, which run the same images: ${named
        .map((one) => `${one.stack} has ${String(one.platform)}`)
        .join(', ')}`,
    );
  if (!isPlatform(platform))
    throw new Fault(`clinic:imagePlatform must be ${Object.keys(runners).join(' or ')}`);
  return platform;
}

function configIn(text: string): Readonly<Record<string, unknown>> {
  const config = valueIn(parse(text), 'config');
  return typeof config === 'object' && config !== null ? { ...config } : {};
}

function valueIn(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined;
}

function isPlatform(value: unknown): value is Platform {
  return typeof value === 'string' && Object.hasOwn(runners, value);
}
