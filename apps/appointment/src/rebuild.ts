import { runTask } from '#platform';
import { PatientCopy } from './patient/patient.copy.ts';
import { definition } from './service.ts';

await runTask(definition, (app) => app.get(PatientCopy).rebuild());
