import { Module } from '@nestjs/common';
import { MergeController } from '../merge/merge.controller.ts';
import { MergeRepository } from '../merge/merge.repository.ts';
import { MergeService } from '../merge/merge.service.ts';
import { PatientController } from './patient.controller.ts';
import { PatientRepository } from './patient.repository.ts';
import { PatientRetelling } from './patient.retelling.ts';
import { PatientService } from './patient.service.ts';
import { PatientTeller } from './patient.teller.ts';

@Module({
  controllers: [MergeController, PatientController],
  providers: [
    MergeRepository,
    MergeService,
    PatientRepository,
    PatientRetelling,
    PatientService,
    PatientTeller,
  ],
})
export class PatientModule {}
