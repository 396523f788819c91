import { serve } from '#platform';
import { patientService } from './service.ts';

await serve(patientService);
