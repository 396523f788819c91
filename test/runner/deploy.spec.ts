import { describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { stepsOf } from './step.ts';
import { installs } from './values.ts';

const { step, left } = stepsOf('deploy.yml');
const digest = (of: string): string => `sha256:${of.repeat(64)}`;

describe('an image for each service', () => {
  const matrix = step('services: catalogue');
  it('is built by a matrix that is made of the catalogue', async () => {
    const { code, files } = await matrix({});
    const written = (files['github-output'] ?? '').replace(/^services=/, '');
    expect(code).toBe(0);
    expect(JSON.parse(written)).toEqual(services.map(({ name, port }) => ({ name, port })));
  });

  const platform = step('services: platform');
  it('is built for the platform of the stacks', async () => {
    const { code, files } = await platform({});
    const named = expect.stringMatching(
      /^platform=linux\/(amd64\nrunner=ubuntu-24\.04|arm64\nrunner=ubuntu-24\.04-arm)\n$/,
    );
    expect([code, files['github-output']]).toEqual([0, named]);
  });

  const handOn = step('image: Hand the digest on');
  it('hands its digest on under its name', async () => {
    const values = { 'matrix.service.name': 'patient', 'steps.build.outputs.digest': digest('a') };
    const { code, files } = await handOn({ values }, 'digest-patient.json');
    expect([code, JSON.parse(files['digest-patient.json'] ?? '')]).toEqual([0, { patient: digest('a') }]);
  });

  const gather = step('digests: all');
  it('is named in one list of digests', async () => {
    const { code, files } = await gather({
      files: {
        'digest-patient.json': JSON.stringify({ patient: digest('a') }),
        'digest-appointment.json': JSON.stringify({ appointment: digest('b') }),
      },
    });
    expect([code, files['github-output']]).toEqual([
      0,
      `digests=${JSON.stringify({ appointment: digest('b'), patient: digest('a') })}\n`,
    ]);
  });

  it('fails when no digest came', async () => {
    expect((await gather({})).code).not.toBe(0);
  });
});

it('has no other step that could run here', () => {
  expect(left()).toEqual(Object.keys({ 'services: npm ci': installs }));
});
