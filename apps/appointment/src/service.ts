import { serviceNamed } from '#catalogue';
import { patientChangedQueue, patientsWantedQueue } from '#contracts';
import type { ServiceDefinition } from '#platform';
import { AppointmentModule } from './appointment.module.ts';

export const definition: ServiceDefinition = {
  service: serviceNamed('appointment'),
  title: 'Appointment book',
  module: AppointmentModule,
  queues: [patientChangedQueue, patientsWantedQueue],
};
