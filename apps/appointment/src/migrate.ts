import { runMigrations } from '#platform';
import { appointmentService } from './service.ts';

await runMigrations(appointmentService);
