import { afterAll, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { buildImage, isEngineThere, mostOverBaseMb, removeImage, sizeOverBase } from '../container/engine.ts';
import { Findings } from './findings.ts';

/** Without an engine there is nothing to be measured, and what was found before stays. */
const measuring = (await isEngineThere()) ? it : it.skip;

const findings = new Findings(
  'image',
  'What an image carries',
  'What the Dockerfile puts on top of its base image, with its layers unpacked; measured where a container engine is at hand.',
);
afterAll(() => findings.save());

measuring.each(services)('the image of $name', async ({ name, port }) => {
  const tag = `clinic-bench-${name}`;
  await buildImage(tag, { SERVICE: name, PORT: port });
  const megabytes = (await sizeOverBase(tag)) / 1e6;
  await removeImage(tag);
  findings.add(
    `the image of the ${name} service`,
    `${megabytes.toFixed(1)} MB over its base`,
    `<= ${mostOverBaseMb} MB`,
  );
  expect(megabytes).toBeLessThanOrEqual(mostOverBaseMb);
});
