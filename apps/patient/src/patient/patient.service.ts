import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  applyMergePatch,
  isId,
  type Page,
  type PageQuery,
  type PatientDto,
  type PatientPatch,
  type RegistrationInput,
} from '#contracts';
import {
  Database,
  decodeCursor,
  defaultLimit,
  DomainError,
  NotFound,
  nowUtc,
  toPage,
  type Connection,
  type Precondition,
} from '#platform';
import { MatchService } from '../match/match.service.ts';
import { mrnOf } from './mrn.ts';
import { detailsOf, inputOf, toDto } from './patient.record.ts';
import { PatientRepository } from './patient.repository.ts';
import { PatientTeller } from './patient.teller.ts';

@Injectable()
export class PatientService {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly matching: MatchService,
    private readonly teller: PatientTeller,
  ) {}

  async register(
    tx: Connection,
    { confirmedNotDuplicateOf = [], ...input }: RegistrationInput,
  ): Promise<PatientDto> {
    const details = detailsOf(input);
    await this.matching.requireNew(tx, details, confirmedNotDuplicateOf);
    const now = nowUtc();
    const mrn = mrnOf(await this.patients.nextMrnSerial(tx));
    const patient = {
      id: randomUUIDv7(),
      mrn,
      ...details,
      replacedBy: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.teller.insert(tx, patient);
    return toDto(patient);
  }

  async find(id: string): Promise<PatientDto> {
    const patient = await this.patients.find(this.database.reader, id);
    if (!patient) throw new NotFound('patient');
    return toDto(patient);
  }

  async list({ limit = defaultLimit, cursor }: PageQuery): Promise<Page<PatientDto>> {
    const [before] = decodeCursor(cursor, [isId]) ?? [];
    const rows = await this.patients.newest(this.database.reader, limit + 1, before);
    return toPage(rows, limit, ({ id }) => [id], toDto);
  }

  async change(
    tx: Connection,
    id: string,
    precondition: Precondition,
    patch: PatientPatch,
  ): Promise<PatientDto> {
    const current = await this.patients.findForChange(tx, id);
    if (!current) throw new NotFound('patient');
    precondition.check(current.version);
    // It is to be had back as it was when the merge is undone.
    if (current.replacedBy !== null)
      throw new DomainError('patient_merged', 'The record was merged into another; change that one.', {
        replacedBy: current.replacedBy,
      });
    const details = detailsOf(applyMergePatch(inputOf(current), patch));
    const change = details.active || !current.active ? 'updated' : 'deactivated';
    return toDto(await this.teller.change(tx, current, details, change));
  }
}
