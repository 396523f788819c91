import { Module } from '@nestjs/common';
import { MatchController } from '../match/match.controller.ts';
import { MatchRepository } from '../match/match.repository.ts';
import { MatchService } from '../match/match.service.ts';
import { SearchController } from '../search/search.controller.ts';
import { SearchRepository } from '../search/search.repository.ts';
import { SearchService } from '../search/search.service.ts';
import { PatientController } from './patient.controller.ts';
import { PatientRepository } from './patient.repository.ts';
import { PatientService } from './patient.service.ts';

@Module({
  controllers: [PatientController, SearchController, MatchController],
  providers: [
    PatientRepository,
    PatientService,
    SearchRepository,
    SearchService,
    MatchRepository,
    MatchService,
  ],
})
export class PatientModule {}
