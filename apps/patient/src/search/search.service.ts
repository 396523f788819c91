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
    const ranked = (await this.#kept(found)).sort(
      (a, b) => b.score - a.score || (a.patient.id < b.patient.id ? 1 : -1),
    );
    return {
      items: ranked.slice(0, limit).map(({ patient, score }) => ({ patient: toDto(patient), score })),
    };
  }

  async #withoutName(terms: Terms, limit: number): Promise<Found[]> {
    const people = await this.names.people(this.database.reader, [], terms, candidatesFor(limit));
    return people.filter((patient) => terms.fits(patient)).map((patient) => ({ patient, score: 1 }));
  }

  /** First by the very words typed, or their beginnings; where those are not enough, by words like them too. */
  async #byName(name: string, terms: Terms, limit: number): Promise<Found[]> {
    const reader = this.database.reader;
    const typed = await this.names.typed(reader, name);
    if (typed.length === 0) return [];
    const words = typed.map(({ word }) => word);
    const isKnown = typed.every((word) => word.isKnown);
    const narrow = isKnown ? words.map((word) => [word]) : typed.map(({ beginnings }) => beginnings);
    const wide = typed.map(({ beginnings, likenesses }) => [...new Set([...beginnings, ...likenesses])]);
    const found = new Map<string, Found>();
    for (const readings of [narrow, wide]) {
      // Nobody can have what a word doesn't stand for.
      if (found.size >= limit || readings.some((reading) => reading.length === 0)) continue;
      for (const { words: had, ...patient } of await this.names.people(
        reader,
        readings,
        terms,
        candidatesFor(limit),
      ))
        if (terms.fits(patient)) found.set(patient.id, { patient, score: rounded(nameFit(words, had)) });
    }
    return [...found.values()];
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
