import { Module } from '@nestjs/common';
import { Survivors } from '#platform';
import { AccessLogController } from '../access-log/access-log.controller.ts';
import { AccessLogService } from '../access-log/access-log.service.ts';
import { MatchController } from '../match/match.controller.ts';
import { MatchRepository } from '../match/match.repository.ts';
import { MatchService } from '../match/match.service.ts';
import { MergeController } from '../merge/merge.controller.ts';
import { MergeRepository } from '../merge/merge.repository.ts';
import { MergeService } from '../merge/merge.service.ts';
import { SearchController } from '../search/search.controller.ts';
import { SearchRepository } from '../search/search.repository.ts';
import { SearchService } from '../search/search.service.ts';
import { PatientController } from './patient.controller.ts';
import { PatientRepository } from './patient.repository.ts';
import { PatientRetelling } from './patient.retelling.ts';
import { PatientService } from './patient.service.ts';
import { PatientSurvivors } from './patient.survivors.ts';
import { PatientTeller } from './patient.teller.ts';

@Module({
  controllers: [MergeController, PatientController, SearchController, MatchController, AccessLogController],
  providers: [
    AccessLogService,
    MatchRepository,
    MatchService,
    MergeRepository,
    MergeService,
    PatientRepository,
    PatientRetelling,
    PatientService,
    PatientTeller,
    SearchRepository,
    SearchService,
    { provide: Survivors, useClass: PatientSurvivors },
  ],
  exports: [Survivors],
})
export class PatientModule {}
