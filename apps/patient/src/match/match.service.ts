import { Injectable } from '@nestjs/common';
import type { MatchesDto, MatchInput } from '#contracts';
import { answersOf, Database, DomainError, together, ValidationFailed, type Connection } from '#platform';
import { detailsOf, toDto, type Details } from '../patient/patient.record.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { PatientRow } from '../patient/patient.table.ts';
import { partsOf } from './birth-date.ts';
import { MatchRepository } from './match.repository.ts';
import { profileOf, type Person } from './profile.ts';
import { compare, type Score } from './score.ts';

/** Whoever looks for one person looks at no more. */
const mostAnswered = 20;

interface Match extends Score {
  patient: PatientRow;
}

@Injectable()
export class MatchService {
  constructor(
    private readonly database: Database,
    private readonly keys: MatchRepository,
    private readonly patients: PatientRepository,
  ) {}

  async match(input: MatchInput): Promise<MatchesDto> {
    if (Object.values(input).every((part) => part === undefined))
      throw new ValidationFailed([{ path: '', message: 'give what is known of the person' }]);
    const { name = [], birthDate = '' } = input;
    const { telecom, address, identifier } = detailsOf({ ...input, name, birthDate });
    const person: Person = { ...input, telecom, address, identifier };
    const candidates = await this.keys.candidates(this.database.reader, person);
    const matches = await this.#compared(this.database.reader, person, candidates);
    const items = matches.slice(0, mostAnswered);
    return { items: items.map(({ patient, score, grade }) => ({ patient: toDto(patient), score, grade })) };
  }

  /**
   * Sees to it that nobody is registered twice, until the transaction ends.
   * @param confirmed the ids of those whom the client knows to be somebody else
   * @throws DomainError possible_duplicate with all who are certainly the same person
   */
  async requireNew(tx: Connection, details: Details, confirmed: readonly string[]): Promise<void> {
    // Sent together: the candidates are read when the lock is had.
    const [, candidates] = await together(tx, () =>
      answersOf([this.keys.lockDates(tx, partsOf(details.birthDate)), this.keys.candidates(tx, details)]),
    );
    const matches = await this.#compared(tx, details, candidates);
    const certain = matches.filter(({ grade }) => grade === 'certain');
    if (certain.every(({ patient }) => confirmed.includes(patient.id))) return;
    throw new DomainError(
      'possible_duplicate',
      'Look at the candidates; if all of them are somebody else, send their ids as confirmedNotDuplicateOf.',
      { candidates: certain.map(({ patient: { id, mrn }, score, grade }) => ({ id, mrn, score, grade })) },
    );
  }

  /** The likeliest first. Who was merged away is found as the one whose record is kept. */
  async #compared(
    connection: Connection,
    person: Person,
    candidates: readonly PatientRow[],
  ): Promise<Match[]> {
    const profile = profileOf(person);
    const survivors = await this.patients.survivorsOf(connection, candidates);
    const best = new Map<string, Match>();
    for (const candidate of candidates) {
      const patient = survivors.get(candidate.id) ?? candidate;
      const match = { patient, ...compare(profile, profileOf(candidate)) };
      if (match.score >= (best.get(patient.id)?.score ?? 0)) best.set(patient.id, match);
    }
    return [...best.values()].sort((a, b) => b.score - a.score || (a.patient.id < b.patient.id ? 1 : -1));
  }
}
