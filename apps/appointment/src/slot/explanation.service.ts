import { Injectable } from '@nestjs/common';
import type { ExplanationDto, ExplanationQuery } from '#contracts';
import { Database } from '#platform';
import { Taking } from '../booking/taking.ts';
import { TermsReader } from '../booking/terms.ts';

/** Says of a time what a booking of it would be told. */
@Injectable()
export class ExplanationService {
  constructor(
    private readonly database: Database,
    private readonly terms: TermsReader,
    private readonly taking: Taking,
  ) {}

  /** @throws DomainError type_unknown, practitioner_unknown, room_unknown, patient_unknown, patient_inactive */
  async explain(query: ExplanationQuery): Promise<ExplanationDto> {
    const { reader } = this.database;
    const terms = await this.terms.read(reader, { ...query, patientId: query.patientId });
    const reasons = await this.taking.reasonsAgainst(reader, terms, Date.parse(query.start), Date.now());
    return { bookable: reasons.length === 0, reasons };
  }
}
