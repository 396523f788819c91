import { Logger } from '@nestjs/common';
import type { Config } from '../config/config.ts';
import type { Telemetry } from './sdk.ts';

/** Begins to tell a collector of traces and metrics where one is named; otherwise nothing of it is even loaded. */
export async function startTelemetry({ service, telemetry }: Config): Promise<Telemetry | undefined> {
  if (!telemetry) return undefined;
  const { startSdk } = await import('./sdk.ts');
  return startSdk(service.name, telemetry, new Logger('Telemetry'));
}
