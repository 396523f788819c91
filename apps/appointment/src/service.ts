import { serviceNamed } from '#catalogue';
import { patientChangedQueue, patientsWantedQueue, waitlistOfferedQueue } from '#contracts';
import type { ServiceDefinition } from '#platform';
import { AppointmentModule } from './appointment.module.ts';
import { freedTimeQueue } from './freed/freeing.ts';
import { holdEndedQueue } from './hold/hold.keeper.ts';
import { entryOverQueue } from './waitlist/waitlist.jobs.ts';
import { WaitlistSettings } from './waitlist/waitlist.settings.ts';

export const definition: ServiceDefinition = {
  service: serviceNamed('appointment'),
  title: 'Appointment book',
  module: AppointmentModule,
  queues: [
    patientChangedQueue,
    patientsWantedQueue,
    freedTimeQueue,
    holdEndedQueue,
    entryOverQueue,
    waitlistOfferedQueue,
  ],
  settings: WaitlistSettings,
};
