import { serviceNamed } from '#catalogue';
import { patientChangedQueue, patientsWantedQueue } from '#contracts';
import type { ServiceDefinition } from '#platform';
import { PatientModule } from './patient/patient.module.ts';

export const definition: ServiceDefinition = {
  service: serviceNamed('patient'),
  title: 'Patient register',
  module: PatientModule,
  queues: [patientChangedQueue, patientsWantedQueue],
};
