import { Injectable } from '@nestjs/common';
import type { FoundPatientsDto, SearchInput } from '#contracts';
import { Database, defaultLimit, ValidationFailed } from '#platform';
import { toDto } from '../patient/patient.record.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { PatientRow } from '../patient/patient.table.ts';
import { nameFit } from './name-fit.ts';
import { SearchRepository } from './search.repository.ts';
import { termsOf, type Terms } from './terms.ts';

interface Found {
  patient: PatientRow;
  score: number;
}

@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly names: SearchRepository,
    private readonly patients: PatientRepository,
  ) {}

  async search({ limit = defaultLimit, name, ...others }: SearchInput): Promise<FoundPatientsDto> {
    if ([name, ...Object.values(others)].every((term) => term === undefined))
      throw new ValidationFailed([
        { path: '', message: 'give one of name, birthDate, phone, email, identifier, mrn at least' },
      ]);
    const terms = termsOf(others);
    if (!terms) return { items: [] };
    const found =
      name === undefined ? await this.#withoutName(terms, limit) : await this.#byName(name, terms, limit);
    const fitting = found.filter(({ patient }) => terms.fits(patient));
    const ranked = (await this.#kept(fitting)).sort(
      (a, b) => b.score - a.score || (a.patient.id < b.patient.id ? 1 : -1),
    );
    return {
      items: ranked.slice(0, limit).map(({ patient, score }) => ({ patient: toDto(patient), score })),
    };
  }

  async #withoutName(terms: Terms, limit: number): Promise<Found[]> {
    const people = await this.names.people(terms, candidatesFor(limit));
    return people.map((patient) => ({ patient, score: 1 }));
  }

  /** Names are compared first; the records are read of those alone who may be answered. */
  async #byName(name: string, terms: Terms, limit: number): Promise<Found[]> {
    const scores = await this.#scores(name, terms, limit);
    const best = [...scores].sort(([a, scoreOfA], [b, scoreOfB]) => scoreOfB - scoreOfA || (a < b ? 1 : -1));
    const ids = best.slice(0, terms.areNone ? limit : candidatesFor(limit)).map(([id]) => id);
    const people = await this.patients.findAll(this.database.reader, ids);
    return people.map((patient) => ({ patient, score: scores.get(patient.id) ?? 0 }));
  }

  /** How well each person's names fit, by id. */
  async #scores(name: string, terms: Terms, limit: number): Promise<Map<string, number>> {
    const { typed, people } = terms.areNone
      ? await this.names.named(name, limit, candidatesFor(limit))
      : await this.names.namedAnd(name, terms, candidatesFor(limit));
    return new Map(people.map(({ id, words }) => [id, rounded(nameFit(typed, words))]));
  }

  /** Who was merged away is found as the one whose record is kept. */
  async #kept(found: readonly Found[]): Promise<Found[]> {
    const survivors = await this.patients.survivorsOf(
      this.database.reader,
      found.map(({ patient }) => patient),
    );
    const best = new Map<string, Found>();
    for (const { patient, score } of found) {
      const kept = survivors.get(patient.id) ?? patient;
      if (score >= (best.get(kept.id)?.score ?? 0)) best.set(kept.id, { patient: kept, score });
    }
    return [...best.values()];
  }
}

/** The best of twice as many as are wanted, which come in no order. */
function candidatesFor(limit: number): number {
  return Math.max(100, 2 * limit);
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
