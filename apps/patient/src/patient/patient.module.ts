import { Module } from '@nestjs/common';
import { PatientController } from './patient.controller.ts';
import { PatientRepository } from './patient.repository.ts';
import { PatientService } from './patient.service.ts';

@Module({ controllers: [PatientController], providers: [PatientRepository, PatientService] })
export class PatientModule {}
