import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '#catalogue';
import { startGateway } from '../../tools/gateway.ts';
import { startIssuer } from '../../tools/issuer.ts';
import { freePort } from '../../tools/processes.ts';
import { startPostgres } from '../../tools/postgres.ts';
import { Client } from '../harness/client.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import {
  buildImage,
  Container,
  mostOverBaseMb,
  removeAll,
  requireEngine,
  runOnce,
  runOpen,
  sizeOverBase,
} from './engine.ts';

const imageOf = (service: string): string => `clinic-container-test-${service}`;
const names = services.map(({ name }) => name);

const containers = new Map<string, Container>();
const ports = new Map<string, number>();
const undo: (() => Promise<unknown>)[] = [];
let staff: Client;
let owner: URL;
let issuerUrl: string;

beforeAll(async () => {
  await requireEngine();
  await removeAll();
  undo.push(removeAll);
  for (const { name, port } of services)
    await timed(`build ${name}`, () => buildImage(imageOf(name), { SERVICE: name, PORT: port }));

  const directory = await mkdtemp(join(tmpdir(), 'clinic-container-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startPostgres({ directory: join(directory, 'postgres'), persistent: false });
  undo.push(() => postgres.stop());
  owner = new URL(postgres.ownerUrl);
  const issuer = await startIssuer();
  undo.push(() => issuer.stop());
  issuerUrl = issuer.url;

  for (const name of names) ports.set(name, await freePort());
  const upstreams = services.map((service) => ({ service, port: portOf(service.name) }));
  const gateway = await startGateway({ port: 0, upstreams });
  undo.push(() => gateway.stop());
  staff = new Client(gateway.url, await issuer.token());

  const owned = { DATABASE_OWNER_USER: owner.username, DATABASE_OWNER_PASSWORD: owner.password };
  const migrated = await timed('migrate both at once', () =>
    Promise.all(
      names.map((name) =>
        runOnce(
          imageOf(name),
          { DATABASE_URL: environmentOf(name).DATABASE_URL, ...owned },
          'node',
          'dist/service/migrate.js',
        ),
      ),
    ),
  );
  expect(migrated).toEqual(names.map(() => ({ exitCode: 0, stdout: '', stderr: '' })));
  for (const name of names) containers.set(name, await Container.start(imageOf(name), environmentOf(name)));
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

describe.each(names)('the image of %s', (name) => {
  it(`adds at most ${mostOverBaseMb} MB to its base`, async () => {
    const megabytes = (await sizeOverBase(imageOf(name))) / 1e6;
    say(`${name}: ${megabytes.toFixed(1)} MB over the base image`);
    expect(megabytes).toBeGreaterThan(1);
    expect(megabytes).toBeLessThanOrEqual(mostOverBaseMb);
  });

  it('becomes healthy by its own check', async () => {
    await timed(`${name} until healthy`, async () => {
      expect(await containerOf(name).health()).toBe('healthy');
    });
  });

  it('runs without root, capabilities and ways to gain them', async () => {
    const status = await containerOf(name).run('cat', '/proc/1/status');
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  });

  it('can write nowhere', async () => {
    // Message queues are no files.
    const kernel = ['-regex', '/proc\\|/sys\\|/dev/mqueue', '-prune'];
    const writable = ['-type', 'd', '(', '-writable', '-print', ',', '!', '-readable', '-prune', ')'];
    const search = ['find', '/', ...kernel, '-o', ...writable];
    expect(await containerOf(name).run(...search)).toBe('');
  });

  it('owns none of its files, should the file system be writable after all', async () => {
    const { stdout } = await runOpen(
      imageOf(name),
      ...['find', '/app', '!', '-type', 'l', '(', '-writable', '-o', '!', '-user', '0', ')'],
    );
    expect(stdout).toBe('');
  });

  it.each(['DATABASE_URL', 'OIDC_ISSUER'] as const)(
    'ends with a line that names %s when it is missing',
    async (key) => {
      const environment = Object.entries(environmentOf(name)).filter(([present]) => present !== key);
      const { exitCode, stdout, stderr } = await runOnce(imageOf(name), Object.fromEntries(environment));
      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(new RegExp(`^configuration: ${key}: .*\n$`));
    },
  );
});

it('registers a patient, offers times and books one across the containers', async () => {
  const clinic = new Clinic(staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const patient = await clinic.patient();

  const name = [{ family: ' Changed ' }];
  const changed = await staff.change<{ name: object }>('PATCH', `/patients/${patient.id}`, 1, { name });
  expect([changed.status, changed.body.name]).toEqual([200, [{ family: 'Changed', given: [], prefix: [] }]]);

  const query = `typeId=${type.id}&from=${ahead(2)}&to=${ahead(3)}&limit=1`;
  const slots = await staff.get<{ items: { start: string }[] }>(`/appointments/slots?${query}`);
  expect(slots.status).toBe(200);
  expect(slots.body.items).toEqual([
    { start: ahead(2), end: ahead(2, '09:30'), practitionerId: practitioner.id },
  ]);

  const booking = {
    typeId: type.id,
    practitionerId: practitioner.id,
    start: ahead(2),
    patientId: patient.id,
  };
  const booked = await clinic.book(booking);
  expect(booked.status).toBe('booked');
  expect((await staff.get(`/appointments/${booked.id}`)).body).toEqual(booked);
  const twice = await staff.post('/appointments', booking);
  expect(twice).toMatchObject({ status: 409, body: { code: 'slot_taken' } });
});

it('serves its documentation without what was left out of the image', async () => {
  for (const { prefix } of services) {
    const page = await staff.get<string>(`${prefix}/docs/`);
    expect(page.status).toBe(200);
    const files = [...page.body.matchAll(/(?:href|src)="(\.?\/?[^":]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const { pathname } = new URL(file, `${staff.url}${prefix}/docs/`);
      expect({ pathname, status: (await staff.get(pathname)).status }).toEqual({ pathname, status: 200 });
    }
  }
});

it.each(names)('%s ends with 0 when it is told to stop, never short of memory', async (name) => {
  const container = containerOf(name);
  const exitCode = await timed(`stop ${name}`, () => container.stop());
  expect({ exitCode, logs: await container.logs() }).toMatchObject({ exitCode: 0 });
  expect(await container.inspect('{{.State.OOMKilled}}')).toBe('false');
});

function environmentOf(name: string) {
  return {
    HOST: '127.0.0.1',
    PORT: portOf(name),
    DATABASE_URL: `postgres://${name}:container-test@${owner.host}${owner.pathname}`,
    OIDC_ISSUER: issuerUrl,
    OIDC_AUDIENCE: 'clinic',
    OIDC_ALLOW_LOOPBACK: 'true',
  };
}

function portOf(name: string): number {
  return ports.get(name) ?? 0;
}

function containerOf(name: string): Container {
  const container = containers.get(name);
  if (!container) throw new Error(`${name} was not started`);
  return container;
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  say(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

function say(text: string): void {
  process.stdout.write(`container test: ${text}\n`);
}
