import * as pulumi from '@pulumi/pulumi';
import { services } from '#catalogue';
import { clinic } from './clinic.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { warningsOf } from './warnings.ts';

export const {
  url,
  albDnsName,
  serviceUrls,
  repositories,
  cluster,
  logGroups,
  images,
  taskDefinitions,
  ecsServices,
  targetGroups,
  issuer,
  clientIds,
  tokenCommand,
  deliveryRoles,
} = clinic(services, configured());

/** A wrong configuration ends the program before any resource, with one message and without a stack trace. */
function configured(): Config {
  try {
    const name = { project: pulumi.getProject(), stack: pulumi.getStack() };
    const given = Object.keys(pulumi.runtime.allConfig());
    const config = readConfig(services, (key) => pulumi.runtime.getConfig(key), name, given);
    for (const warning of warningsOf(services, config)) void pulumi.log.warn(warning);
    return config;
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
