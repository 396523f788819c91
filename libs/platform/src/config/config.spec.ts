import { describe, expect, it } from '@jest/globals';
import { serviceNamed } from '#catalogue';
import { ConfigError } from './config.error.ts';
import { readConfig } from './config.ts';
import { readMigrationConfig } from './database.config.ts';

const service = serviceNamed('patient');
const minimal = {
  DATABASE_URL: 'postgres://patient:p%40ss@db.example:6432/clinic',
  OIDC_ISSUER: 'https://issuer.example/pool',
  OIDC_AUDIENCE: 'clinic',
};
const owner = { DATABASE_OWNER_USER: 'owner', DATABASE_OWNER_PASSWORD: 'secret' };

type Env = Record<string, string | undefined>;

/** What stops the start; undefined when nothing does. */
function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
}

const faultWith = (change: Env) => faultOf(() => readConfig(service, { ...minimal, ...change }));

describe('what is told to a collector', () => {
  const telemetryWith = (change: Env) => readConfig(service, { ...minimal, ...change }).telemetry;
  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/' };
  const [tracesUrl, metricsUrl] = ['https://otel.example/v1/traces', 'https://otel.example/v1/metrics'];

  it('is nothing unless one is named, or when it is switched off', () => {
    expect(telemetryWith({})).toBeUndefined();
    expect(telemetryWith({ OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
    expect(telemetryWith({ ...collector, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  });

  it('is traces and metrics, or the one that has an endpoint of its own', () => {
    expect(telemetryWith(collector)).toEqual({
      tracesUrl,
      metricsUrl,
      sampler: 'parentbased_always_on',
      samplerRatio: 1,
      traceDelayMs: 5_000,
      metricIntervalMs: 60_000,
    });
    const own = 'http://127.0.0.1:4318/own';
    expect(telemetryWith({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own })).toMatchObject({
      tracesUrl: own,
      metricsUrl: undefined,
    });
    expect(telemetryWith({ ...collector, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own })).toMatchObject({
      tracesUrl,
      metricsUrl: own,
    });
  });

  it('leaves out what is to go to nobody', () => {
    expect(telemetryWith({ ...collector, OTEL_TRACES_EXPORTER: 'none' })).toMatchObject({
      tracesUrl: undefined,
      metricsUrl,
    });
    expect(
      telemetryWith({ ...collector, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }),
    ).toBeUndefined();
  });

  it('is the share that is asked for', () => {
    const sampling = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
    expect(telemetryWith({ ...collector, ...sampling })).toMatchObject({
      sampler: 'parentbased_traceidratio',
      samplerRatio: 0.25,
    });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel.example:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:99999'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://user:secret@otel.example'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'grpc://otel.example'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc'],
    ['OTEL_METRICS_EXPORTER', 'prometheus'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0'],
    ['OTEL_SDK_DISABLED', 'perhaps'],
  ])('stops the start and names its key when wrong: %s=%s', (key, value) => {
    const fault = faultWith({ [key]: value });
    expect(fault).toMatch(new RegExp(`^${key}: `));
    expect(fault).not.toContain('secret');
  });
});

describe('the origins whose pages may call', () => {
  it('are none unless they are listed', () => {
    expect(readConfig(service, minimal).corsOrigins).toEqual([]);
    const CORS_ORIGINS =
      'https://app.example, https://b.example:8443, http://localhost:5173,http://127.0.0.1';
    expect(readConfig(service, { ...minimal, CORS_ORIGINS }).corsOrigins).toEqual([
      'https://app.example',
      'https://b.example:8443',
      'http://localhost:5173',
      'http://127.0.0.1',
    ]);
  });

  it.each([
    ...['*', 'https://*', 'https://*.example', 'null', 'app.example', 'http://app.example'],
    ...['https://app.example/', 'https://app.example/a', 'https://App.example', 'https://app.example:443'],
    ...['https://a@app.example', 'ftp://app.example', 'http://localhost.evil.example', 'file://'],
  ])('must each be exact and safe: %s', (origin) => {
    expect(faultWith({ CORS_ORIGINS: `https://ok.example,${origin}` })).toMatch(
      /^CORS_ORIGINS: must list exact/,
    );
  });
});

describe('the configuration of a service', () => {
  it('needs no more than the database, the issuer and who tokens are for', () => {
    expect(readConfig(service, minimal)).toMatchObject({
      host: '0.0.0.0',
      port: service.port,
      logLevel: 'info',
      database: {
        host: 'db.example',
        port: 6432,
        database: 'clinic',
        user: 'patient',
        password: 'p@ss',
        auth: 'password',
        poolSize: 10,
      },
      oidc: { issuer: 'https://issuer.example/pool', audience: 'clinic', clientIds: [] },
    });
  });

  it('takes what is told', () => {
    const config = readConfig(service, {
      ...minimal,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_POOL_SIZE: '20',
      OIDC_AUDIENCE: undefined,
      OIDC_CLIENT_IDS: 'web, app',
      RATE_LIMIT_PER_MINUTE: '60',
      LOG_LEVEL: 'warn',
    });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      rateLimitPerMinute: 60,
      logLevel: 'warn',
      database: { poolSize: 20 },
      oidc: { audience: undefined, clientIds: ['web', 'app'] },
    });
  });

  it('is frozen, and blind to keys that are not its own', () => {
    const config = readConfig(service, { ...minimal, PATH: '/bin', toString: 'a' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reaches a database by an IPv6 address', () => {
    const { database } = readConfig(service, { ...minimal, DATABASE_URL: 'postgres://a:b@[::1]/clinic' });
    expect(database).toMatchObject({ host: '::1', port: 5432 });
  });

  it('has no password where connections get tokens', () => {
    const iam = { ...minimal, DATABASE_AUTH: 'iam', AWS_REGION: 'eu-west-1' };
    expect(readConfig(service, iam).database).toMatchObject({
      auth: 'iam',
      password: undefined,
      region: 'eu-west-1',
    });
  });
});

describe('a wrong key is named and its value is not', () => {
  it.each<[string, Env]>([
    ['DATABASE_URL', { DATABASE_URL: undefined }],
    ['DATABASE_URL', { DATABASE_URL: '' }],
    ['DATABASE_URL', { DATABASE_URL: 'hunter2' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://a:hunter2@h/d' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://:hunter2@h/d' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://a:hunter2@h' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://a:hunter2%@h/d' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://a:hunter2@h:99999/d' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://hunter2@h/d' }],
    ['DATABASE_AUTH', { DATABASE_AUTH: 'hunter2' }],
    ['AWS_REGION', { DATABASE_AUTH: 'iam' }],
    ['DATABASE_POOL_SIZE', { DATABASE_POOL_SIZE: '1' }],
    ['PORT', { PORT: 'hunter2' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['NODE_ENV', { NODE_ENV: 'hunter2' }],
    ['OIDC_ISSUER', { OIDC_ISSUER: undefined }],
    ['OIDC_ISSUER', { OIDC_ISSUER: 'hunter2' }],
    ['OIDC_ISSUER', { OIDC_ISSUER: 'file:///hunter2' }],
    ['OIDC_ISSUER', { OIDC_ISSUER: 'http://hunter2.example', NODE_ENV: 'production' }],
    ['OIDC_AUDIENCE', { OIDC_AUDIENCE: undefined }],
    ['OIDC_CLIENT_IDS', { OIDC_AUDIENCE: '' }],
    ['OIDC_ALLOW_LOOPBACK', { OIDC_ALLOW_LOOPBACK: 'hunter2' }],
    ['RATE_LIMIT_PER_MINUTE', { RATE_LIMIT_PER_MINUTE: '0' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'hunter2' }],
  ])('%s in %j', (key, change) => {
    const fault = faultWith(change);
    expect(fault).toContain(key);
    expect(fault).not.toMatch(/hunter2|99999|65536|\n/);
  });

  it('and so is every other, at once', () => {
    const fault = faultWith({ DATABASE_URL: undefined, PORT: 'x', LOG_LEVEL: 'x' });
    for (const key of ['DATABASE_URL', 'PORT', 'LOG_LEVEL']) expect(fault).toContain(key);
  });
});

describe('an issuer on this machine', () => {
  const loopbacks = ['http://localhost:9000', 'http://127.0.0.1', 'http://127.1.2.3/a', 'http://[::1]:9000'];

  it.each(loopbacks)('is refused in production: %s', (OIDC_ISSUER) => {
    expect(faultWith({ OIDC_ISSUER, NODE_ENV: 'production' })).toContain('OIDC_ALLOW_LOOPBACK');
    expect(faultWith({ OIDC_ISSUER, NODE_ENV: 'production', OIDC_ALLOW_LOOPBACK: 'false' })).toBeDefined();
  });

  it.each(loopbacks)('is accepted there when that is asked for, and elsewhere: %s', (OIDC_ISSUER) => {
    expect(faultWith({ OIDC_ISSUER, NODE_ENV: 'production', OIDC_ALLOW_LOOPBACK: 'true' })).toBeUndefined();
    expect(faultWith({ OIDC_ISSUER })).toBeUndefined();
  });
});

describe('the configuration of migrate', () => {
  const read = (change: Env) =>
    readMigrationConfig({ DATABASE_URL: minimal.DATABASE_URL, ...owner, ...change });

  it('has the role it makes and the owner it acts as, in one database', () => {
    const { role, owner: acting } = read({});
    expect(role).toMatchObject({ user: 'patient', password: 'p@ss', database: 'clinic' });
    expect(acting).toMatchObject({
      user: 'owner',
      password: 'secret',
      host: 'db.example',
      database: 'clinic',
    });
  });

  it.each(['DATABASE_URL', 'DATABASE_OWNER_USER', 'DATABASE_OWNER_PASSWORD'])('needs %s', (key) => {
    expect(faultOf(() => read({ [key]: undefined }))).toContain(key);
  });

  it('keeps the owner’s password with a role that has none', () => {
    const { role, owner: acting } = read({ DATABASE_AUTH: 'iam' });
    expect([role.password, acting.password]).toEqual([undefined, 'secret']);
  });
});
