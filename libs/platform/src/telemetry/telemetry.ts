import { Logger } from '@nestjs/common';
import type { Config } from '../config/config.ts';

export interface Telemetry {
  /** Tells what is still untold, for a few seconds at most. */
  stop(): Promise<void>;
}

/** Begins to tell a collector of traces and metrics where one is named; otherwise nothing of it is even loaded. */
export async function startTelemetry({ service, telemetry }: Config): Promise<Telemetry | undefined> {
  if (!telemetry) return undefined;
  const { startSdk } = await import('./sdk.ts');
  return startSdk(service.name, telemetry, new Logger('Telemetry'));
}
