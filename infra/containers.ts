import type * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { livePath, memoryArgs, type Service } from '#catalogue';

export interface ContainersArgs {
  readonly service: Service;
  readonly region: string;
  /** `repository@sha256:...` */
  readonly image: pulumi.Input<string>;
  readonly logGroupName: pulumi.Input<string>;
  readonly oidcIssuer: pulumi.Input<string>;
  readonly oidcAudience: string | undefined;
  readonly oidcClientIds: readonly pulumi.Input<string>[];
  readonly otlpEndpoint: string | undefined;
  readonly corsOrigins: readonly string[];
  readonly rateLimitPerMinute: number;
  readonly taskMemoryMiB: number;
  readonly ecsExec: boolean;
  readonly databaseHost: pulumi.Input<string>;
  readonly databasePort: pulumi.Input<number>;
  readonly databaseName: pulumi.Input<string>;
  readonly ownerSecretArn: pulumi.Input<string>;
}

type Container = awsx.types.input.ecs.TaskDefinitionContainerDefinitionArgs;
type Variables = Readonly<Record<string, pulumi.Input<string>>>;

/** From SIGTERM, when health turns 503, until the listener closes. */
const drainSeconds = 15;
/** A target is let go of for so long: what began before the drain ended can finish. */
export const deregistrationDelaySeconds = 30;
/** Longer than both, so that no answer in flight is cut. Fargate allows 120 at most. */
const stopTimeoutSeconds = 60;

/** What ECS Exec's agent writes to, which the read-only root file system would forbid. */
const execPaths = { 'exec-lib': '/var/lib/amazon', 'exec-log': '/var/log/amazon' };

export function needsDatabase(service: Service): boolean {
  return service.needs.includes('database');
}

export function volumesOf(ecsExec: boolean): { name: string }[] {
  return ecsExec ? Object.keys(execPaths).map((name) => ({ name })) : [];
}

/** What a task of a service runs: `migrate` first, where there is a database, and `app` once that has succeeded. */
export function containersOf(args: ContainersArgs): Record<string, Container> {
  const { service } = args;
  if (!needsDatabase(service)) return { app: appContainer(args) };
  return {
    app: { ...appContainer(args), dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
    migrate: {
      ...common(args, 'migrate'),
      command: ['node', 'dist/service/migrate.js'],
      essential: false,
      environment: variables(databaseVariables(args)),
      // Only this container is given them, and only by ECS; keys of the secret's JSON: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
      secrets: [
        { name: 'DATABASE_OWNER_USER', valueFrom: pulumi.interpolate`${args.ownerSecretArn}:username::` },
        { name: 'DATABASE_OWNER_PASSWORD', valueFrom: pulumi.interpolate`${args.ownerSecretArn}:password::` },
      ],
    },
  };
}

function appContainer(args: ContainersArgs): Container {
  const { service, oidcIssuer, oidcAudience, oidcClientIds, otlpEndpoint, corsOrigins } = args;
  return {
    ...common(args, 'app'),
    command: ['node', ...memoryArgs(args.taskMemoryMiB), 'dist/service/main.js'],
    // Node sizes its heap by its own container's limit, as the task's may be invisible from inside; it may be all of that:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-size-best-practice.html
    memory: args.taskMemoryMiB,
    essential: true,
    portMappings: [{ containerPort: service.port, hostPort: service.port, protocol: 'tcp' }],
    environment: variables({
      ...(needsDatabase(service) && databaseVariables(args)),
      DRAIN_SECONDS: String(drainSeconds),
      RATE_LIMIT_PER_MINUTE: String(args.rateLimitPerMinute),
      ...(corsOrigins.length > 0 && { CORS_ORIGINS: corsOrigins.join(',') }),
      OIDC_ISSUER: oidcIssuer,
      ...(oidcAudience !== undefined && { OIDC_AUDIENCE: oidcAudience }),
      ...(oidcClientIds.length > 0 && {
        OIDC_CLIENT_IDS: pulumi.all([...oidcClientIds]).apply((ids) => ids.join(',')),
      }),
      ...(otlpEndpoint !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }),
    }),
    stopTimeout: stopTimeoutSeconds,
    healthCheck: {
      // ECS does not read the image's own. There is no shell and no curl in it.
      command: ['CMD', 'node', '--eval', liveCheck(service)],
      interval: 30,
      timeout: 10,
      retries: 3,
      startPeriod: 60,
    },
  };
}

function common({ image, region, logGroupName, ecsExec }: ContainersArgs, name: string): Container {
  return {
    name,
    image,
    // The image's own user: https://docs.docker.com/reference/dockerfile/#user
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true },
    ...(ecsExec && {
      mountPoints: Object.entries(execPaths).map(([sourceVolume, containerPath]) => ({
        sourceVolume,
        containerPath,
        readOnly: false,
      })),
    }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroupName,
        'awslogs-region': region,
        'awslogs-stream-prefix': name,
      },
    },
  };
}

/** The service's own role, which has no password: a token for each connection, over TLS. */
function databaseVariables(args: ContainersArgs): Variables {
  const { service, region, databaseHost, databasePort, databaseName } = args;
  return {
    AWS_REGION: region,
    DATABASE_AUTH: 'iam',
    DATABASE_URL: pulumi.interpolate`postgres://${service.name}@${databaseHost}:${databasePort}/${databaseName}`,
  };
}

function variables(values: Variables): { name: string; value: pulumi.Input<string> }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function liveCheck(service: Service): string {
  const url = `http://127.0.0.1:${service.port}${livePath(service)}`;
  return `fetch('${url}').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
}
