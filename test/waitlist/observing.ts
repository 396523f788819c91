import type { Waiting } from './line.ts';
import type { EntryRow, SmallClinic } from './small-clinic.ts';
import { instantOf } from './slots.ts';

/** What of its own an offer shows as. */
const ofItself = ['held', 'patient_busy', 'no_room_free'];

/**
 * Looks at a clinic that has come to rest. What follows from one time that was freed alone is foretold and must be so; where
 * several came together, or nobody can say in which order, what is there must be right by itself.
 * @returns what is wrong
 */
export async function observe(clinic: SmallClinic, isAlone: boolean): Promise<string[]> {
  const { line } = clinic;
  const [rows, taken] = [await clinic.entries(), await clinic.taken()];
  const freed = line.freedNow;
  const isForetold = isAlone && freed.length <= 1 && line.isInOrder;
  const wrong: string[] = [];
  if (isForetold) {
    if (freed[0]) line.settle(freed[0]);
    wrong.push(...differences(line.entries, rows));
  }
  wrong.push(...(await explained(clinic, rows, isAlone)));
  line.taken = taken;
  for (const row of rows) adopt(clinic, row, isForetold);
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  line.entries.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
  return [...wrong, ...line.overlooked(), ...line.unfounded()];
}

function stateOf({ id, status, offer }: Pick<Waiting, 'id' | 'status' | 'offer'>): string {
  return `${id} ${status}${offer ? ` ${offer.practitionerId} ${offer.start}` : ''}`;
}

function differences(foretold: readonly Waiting[], found: readonly EntryRow[]): string[] {
  const [expected, actual] = [foretold.map(stateOf), found.map(stateOf)];
  const surplus = actual.filter((state) => !expected.includes(state));
  return [
    ...expected.filter((state) => !actual.includes(state)).map((state) => `should be: ${state}`),
    ...surplus.map((state) => `is: ${state}`),
  ];
}

/** Asks why what was just offered can't be booked: but for the offer itself nothing must speak against it. */
async function explained(
  { line, desks }: SmallClinic,
  rows: readonly EntryRow[],
  isAlone: boolean,
): Promise<string[]> {
  if (!isAlone) return [];
  const wrong: string[] = [];
  for (const { id, offer, version } of rows) {
    const entry = line.entries.find((each) => each.id === id);
    if (!entry || !offer || version === entry.version) continue;
    const { kindId: typeId, patientId } = entry;
    const asked = { typeId, patientId, practitionerId: offer.practitionerId, start: instantOf(offer.start) };
    const query = new URLSearchParams(asked).toString();
    const { body } = await desks.send(false, 'GET', `/appointments/slots/explain?${query}`);
    const reasons = (body.reasons ?? []) as { code: string }[];
    const others = reasons.filter(({ code }) => !ofItself.includes(code));
    if (others.length > 0 || reasons.length === 0)
      wrong.push(`${id} is offered what ${JSON.stringify(body)}`);
  }
  return wrong;
}

/** Takes over how an entry is, and what became free by its history where that was not foretold. */
function adopt({ line }: SmallClinic, row: EntryRow, isForetold: boolean): void {
  const entry = line.entries.find(({ id }) => id === row.id);
  if (!entry) throw new Error(`nobody is known to have entered ${row.id}`);
  entry.passed = row.changes.flatMap(({ action, offer }) =>
    offer && ['declined', 'lapsed'].includes(action) ? [offer] : [],
  );
  if (!isForetold)
    for (const [place, { version, action, offer, appointmentId }] of row.changes.entries()) {
      if (version <= entry.version) continue;
      const before = row.changes[place - 1];
      const left = offer ?? (before?.action === 'offered' ? before.offer : undefined);
      const isBooked = line.taken.some(
        ({ id, practitionerId, start }) =>
          id === appointmentId && practitionerId === left?.practitionerId && start === left.start,
      );
      if (left && action !== 'offered' && !isBooked) line.freeTimeOf({ ...entry, ...left, roomId: null });
    }
  Object.assign(entry, { status: row.status, offer: row.offer, version: row.version });
}
