import { isId } from '#contracts';

/** The members by which representations name a patient, wherever they stand in an answer. */
const naming: ReadonlySet<string> = new Set(['patientId', 'survivorId', 'duplicateId', 'replacedBy']);

/**
 * The ids of all patients that an answer tells of: those it names, and those whose own representation it holds, which
 * is told by its MRN and names others by its own members alone.
 */
export function personsIn(answer: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(answer)) for (const item of answer) personsIn(item, found);
  else if (typeof answer === 'object' && answer !== null) {
    const isPatient = 'mrn' in answer;
    for (const name of Object.keys(answer)) {
      const value = (answer as Record<string, unknown>)[name];
      if (typeof value === 'object' && !isPatient) personsIn(value, found);
      else if ((naming.has(name) || (isPatient && name === 'id')) && isId(value))
        found.add(value.toLowerCase());
    }
    // An appointment or entry that followed its patient's record: `patient: { from, to }`.
    if ('patient' in answer) movedIn(answer.patient, found);
  }
  return found;
}

/**
 * The ids of the patients that a JSON document names by its own members: whose representation it is, or whom it asks
 * about. Whatever it holds beside them is not looked at, so that it may have any depth.
 */
export function personsAtTop(document: unknown): string[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) =>
    naming.has(name) && isId(value) ? [value.toLowerCase()] : [],
  );
}

function movedIn(move: unknown, found: Set<string>): void {
  if (typeof move !== 'object' || move === null || !('from' in move && 'to' in move)) return;
  for (const id of [move.from, move.to]) if (isId(id)) found.add(id.toLowerCase());
}
