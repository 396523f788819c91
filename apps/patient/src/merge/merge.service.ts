import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { maxEntries, maxMerges, type MergeDto, type MergeInput, type UndoInput } from '#contracts';
import { Database, DomainError, NotFound, nowUtc, type Caller, type Connection } from '#platform';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { PatientRow } from '../patient/patient.table.ts';
import { PatientTeller } from '../patient/patient.teller.ts';
import { keptOf, toDto } from './merge.record.ts';
import { MergeRepository } from './merge.repository.ts';
import type { MergeRow } from './merge.table.ts';
import { listsOf, separate, unite, type Lists, type Standing } from './union.ts';

/** Makes two records of one person one, and two again. */
@Injectable()
export class MergeService {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly merges: MergeRepository,
    private readonly teller: PatientTeller,
  ) {}

  /**
   * The duplicate keeps all that it has and only points to the survivor, so that it can be had back.
   * @throws DomainError patient_unknown, patient_inactive, patient_merged, merge_self, merge_cycle,
   * merge_chain_too_long, merge_too_large
   */
  async merge(
    tx: Connection,
    caller: Caller,
    { survivorId, duplicateId, reason }: MergeInput,
  ): Promise<MergeDto> {
    if (survivorId === duplicateId)
      throw new DomainError('merge_self', 'survivorId and duplicateId name the same record.');
    const locked = await this.patients.lockForChange(tx, [survivorId, duplicateId]);
    const survivor = known(locked, survivorId, 'survivorId');
    const duplicate = known(locked, duplicateId, 'duplicateId');
    if (await this.#leadsTo(tx, survivor, duplicateId))
      throw new DomainError('merge_cycle', 'The survivor was merged into the duplicate; undo that first.');
    requireMergeable(survivor, 'survivor');
    requireMergeable(duplicate, 'duplicate');
    await this.#requireShortChain(tx, duplicateId);
    const united = unite(survivor, duplicate);
    const lists = listsOf(united);
    requireRoom(lists);
    const now = nowUtc();
    const merge: MergeRow = {
      ...{ id: randomUUIDv7(), survivorId, duplicateId, reason, by: caller.subject },
      ...{ united, kept: keptOf(survivor) },
      ...{ undoneBy: null, undoneAt: null, undoneReason: null },
      ...{ version: 1, createdAt: now, updatedAt: now },
    };
    await this.teller.change(tx, survivor, lists, 'updated');
    await this.teller.change(tx, duplicate, { active: false, replacedBy: survivorId }, 'merged');
    await this.merges.insert(tx, merge);
    return toDto(merge);
  }

  async find(id: string): Promise<MergeDto> {
    return toDto(required(await this.merges.find(this.database.reader, id)));
  }

  /**
   * @throws DomainError merge_undone, merge_built_upon when the survivor was itself merged away since: what it had then
   * includes what this merge brought, and is to be had back as it was
   */
  async undo(tx: Connection, caller: Caller, id: string, { reason }: UndoInput): Promise<MergeDto> {
    const { survivorId, duplicateId } = required(await this.merges.find(tx, id));
    const locked = await this.patients.lockForChange(tx, [survivorId, duplicateId]);
    // Under the locks that whoever changes it has too.
    const merge = required(await this.merges.find(tx, id));
    if (merge.undoneAt !== null) throw new DomainError('merge_undone', 'The merge was undone before.');
    const survivor = known(locked, survivorId, 'survivorId');
    const duplicate = known(locked, duplicateId, 'duplicateId');
    const later = await this.merges.standingOf(tx, survivorId);
    if (later)
      throw new DomainError(
        'merge_built_upon',
        'The survivor was merged into another record since; undo that merge first.',
        { undoFirst: later.id },
      );
    const now = nowUtc();
    await this.teller.change(tx, survivor, await this.#withoutMerge(tx, survivor, merge, now), 'updated');
    await this.teller.change(tx, duplicate, { active: true, replacedBy: null }, 'unmerged');
    const undone: MergeRow = {
      ...merge,
      ...{ undoneBy: caller.subject, undoneAt: now, undoneReason: reason ?? null },
      ...{ version: merge.version + 1, updatedAt: now },
    };
    await this.merges.update(tx, undone);
    return toDto(undone);
  }

  /** What the survivor has without a merge; the later merges into it that stay take note of what is theirs now. */
  async #withoutMerge(tx: Connection, survivor: PatientRow, undone: MergeRow, now: string): Promise<Lists> {
    const others = (await this.merges.standingInto(tx, survivor.id)).filter(({ id }) => id > undone.id);
    const standing: Standing[] = [];
    for (const { united, duplicateId } of others) {
      const duplicate = await this.patients.find(tx, duplicateId);
      if (duplicate) standing.push({ united, duplicate });
    }
    const separated = separate(survivor, undone.united, standing);
    for (const [index, other] of others.entries()) {
      const united = separated.standing[index];
      if (!united || JSON.stringify(united) === JSON.stringify(other.united)) continue;
      await this.merges.update(tx, { ...other, united, version: other.version + 1, updatedAt: now });
    }
    return separated.lists;
  }

  /** Nothing else merges into the duplicate meanwhile: its row is locked. */
  async #requireShortChain(tx: Connection, duplicateId: string): Promise<void> {
    if ((await this.merges.mergesLeadingTo(tx, duplicateId, maxMerges)) < maxMerges) return;
    throw new DomainError(
      'merge_chain_too_long',
      `${maxMerges} merges, one upon the other, lead to the duplicate: merge it the other way round, or undo some.`,
    );
  }

  async #leadsTo(tx: Connection, record: PatientRow, id: string): Promise<boolean> {
    for (let next = record.replacedBy; next !== null;) {
      if (next === id) return true;
      next = (await this.patients.find(tx, next))?.replacedBy ?? null;
    }
    return false;
  }
}

function required(merge: MergeRow | undefined): MergeRow {
  if (!merge) throw new NotFound('merge');
  return merge;
}

function known(locked: readonly PatientRow[], id: string, field: string): PatientRow {
  const patient = locked.find((each) => each.id === id);
  if (!patient) throw new DomainError('patient_unknown', `No patient has this ${field}.`);
  return patient;
}

function requireMergeable({ active, replacedBy }: PatientRow, role: string): void {
  if (replacedBy !== null)
    throw new DomainError('patient_merged', `The ${role} was merged into another record; see replacedBy.`, {
      replacedBy,
    });
  if (!active) throw new DomainError('patient_inactive', `The ${role}’s record is inactive.`);
}

/** What is united must still be a record that can be changed. */
function requireRoom(lists: Lists): void {
  for (const [name, list] of Object.entries(lists))
    if ((list as unknown[]).length > maxEntries)
      throw new DomainError(
        'merge_too_large',
        `Together the records have more than ${maxEntries} entries in ${name}; remove some first.`,
      );
}
