import { runMigrations } from '#platform';
import { patientService } from './service.ts';

await runMigrations(patientService);
