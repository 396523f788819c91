import { runMigrations } from '#platform';
import { definition } from './service.ts';

await runMigrations(definition);
