import { serve } from '#platform';
import { appointmentService } from './service.ts';

await serve(appointmentService);
