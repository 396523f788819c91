import { Injectable } from '@nestjs/common';
import type { FoundPatientsDto, SearchInput } from '#contracts';
import { Database, defaultLimit, ValidationFailed } from '#platform';
import { toDto } from '../patient/patient.record.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { PatientRow } from '../patient/patient.table.ts';
import { nameFit } from './name-fit.ts';
import { SearchRepository, type NamedRow, type Readings } from './search.repository.ts';
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
      name === undefined ? await this.#withoutName(terms) : await this.#byName(name, terms, limit);
    const ranked = (await this.#kept(found)).sort(
      (a, b) => b.score - a.score || (a.patient.id < b.patient.id ? 1 : -1),
    );
    return {
      items: ranked.slice(0, limit).map(({ patient, score }) => ({ patient: toDto(patient), score })),
    };
  }

  async #withoutName(terms: Terms): Promise<Found[]> {
    const people = await this.names.people(this.database.reader, [], terms);
    return people.filter((patient) => terms.fits(patient)).map((patient) => ({ patient, score: 1 }));
  }

  /** First by the very words typed, then by their beginnings, then by words like them, until there are enough. */
  async #byName(name: string, terms: Terms, limit: number): Promise<Found[]> {
    const reader = this.database.reader;
    const { typed, readings } = await this.names.beginnings(reader, name);
    if (typed.length === 0) return [];
    const found = new Map<string, Found>();
    const add = (people: NamedRow[]) => {
      for (const { words, ...patient } of people)
        if (terms.fits(patient)) found.set(patient.id, { patient, score: rounded(nameFit(typed, words)) });
      return found.size >= limit;
    };
    const exact = typed.map((word, place) => (readings[place]?.includes(word) ? [word] : []));
    for (const tier of [exact, readings])
      if (isComplete(tier) && add(await this.names.people(reader, tier, terms))) return [...found.values()];
    const likenesses = await this.names.likenesses(reader, typed);
    const all = readings.map((words, place) => [...new Set([...words, ...(likenesses[place] ?? [])])]);
    if (isComplete(all)) add(await this.names.people(reader, all, terms));
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

function isComplete(readings: Readings): boolean {
  return readings.every((words) => words.length > 0);
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
