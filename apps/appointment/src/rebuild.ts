import { runTask } from '#platform';
import { PatientCopy } from './patient/patient.copy.ts';
import { appointmentService } from './service.ts';

await runTask(appointmentService, (app) => app.get(PatientCopy).rebuild());
