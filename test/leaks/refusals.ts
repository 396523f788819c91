import { forEach } from '../faults/outcome.ts';
import { badBodies, badFields } from '../fuzz/bad-bodies.ts';
import type { Wrong } from '../fuzz/bad-request.ts';
import { badHeaders, badMethods, badPaths, badQueries } from '../fuzz/bad-targets.ts';
import type { Operation } from '../fuzz/document.ts';
import { ahead } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { Desk } from './desk.ts';
import type { Story } from './story.ts';
import type { WatchedClinic } from './watched-clinic.ts';

const atOnce = 8;
/** Of the thousands of ways in which each kind of wrong can be done: what they are refused with is a test of its own. */
const ofEachKind = 12;

/** Every operation with every kind of malformed request. */
export async function malformed({ desk }: WatchedClinic, story: Story): Promise<void> {
  const { operations } = story;
  const requests = operations.flatMap((operation) =>
    [
      operation.body ? badFields(operation.body) : [],
      operation.body ? badBodies(operation.contentTypes) : [],
      badQueries(operation),
      badHeaders(operation),
      badPaths(operation),
      badMethods(operation, operations),
    ].flatMap((wrongs) => few(wrongs).map((wrong) => ({ operation, ...wrong }))),
  );
  await forEach(requests, atOnce, (request) => attempt(desk, story, request));
}

/** Some of many, from the first to the last. */
function few(wrongs: readonly Wrong[]): Wrong[] {
  const step = Math.max(1, wrongs.length / ofEachKind);
  return wrongs.filter((_, index) => index % step < 1);
}

async function attempt(desk: Desk, story: Story, request: Wrong & { operation: Operation }): Promise<void> {
  const { operation, method = operation.method, query, headers, body } = request;
  const path = request.path ?? operation.path.replace('{id}', story.idOf(operation.path));
  const target = query === undefined ? path : `${path}?${query}`;
  const given = body ?? (operation.body ? '{}' : undefined);
  await desk.send(operation.name, method, target, given, { 'if-match': '*', ...headers });
}

/** Everything once more, by somebody who may not, and about what is not there. */
export async function forbidden(clinic: WatchedClinic, story: Story): Promise<void> {
  const { canaries, issuer, desk } = clinic;
  const forged = await issuer.forged({
    scope: 'clinic/patients.read',
    email: canaries.email('forged token'),
  });
  const stranger = '01935a3e-5b7c-7abc-8def-0123456789ab';
  const desks = [
    new Desk(new Client(desk.client.url, undefined), canaries),
    new Desk(new Client(desk.client.url, forged), canaries),
    await clinic.as({ scope: '' }),
    await clinic.as({ patient_id: stranger }),
  ];
  for (const other of desks) {
    const theirs = story.by(other);
    for (const { name, isOpen } of story.operations) if (!isOpen) await theirs.tries(name);
    desk.faults.push(...other.faults);
  }
  for (const { name, path } of story.operations)
    if (path.includes('{id}')) await story.tries(name, { id: stranger });
}

/** What is in order by itself, but not as things are. */
export async function conflicting({ desk, canaries }: WatchedClinic, story: Story): Promise<void> {
  const { visit } = story;
  const person = story.taken.get('PATCH /patients/{id}') as object;
  await story.tries('POST /patients', { fields: { ...person, confirmedNotDuplicateOf: undefined } });
  const headers = { 'idempotency-key': canaries.text('repeated Idempotency-Key') };
  const booking = { ...visit, holdId: undefined, override: undefined, roomId: undefined, start: ahead(40) };
  for (const fields of [booking, { ...booking, start: ahead(41) }])
    await story.tries('POST /appointments', { fields, headers });
  for (const fields of [booking, { ...booking, start: ahead(900) }, { ...booking, patientId: visit.typeId }])
    await story.tries('POST /appointments', { fields });
  for (const fields of [{ status: 'fulfilled' }, { status: 'noshow' }, { status: 'booked' }])
    await story.tries('POST /appointments/{id}/status', { fields });
  for (const { name, parameters } of story.operations)
    if (parameters.some((parameter) => parameter.name === 'If-Match'))
      for (const tag of ['"999"', '']) await story.tries(name, { headers: { 'if-match': tag } });
  const survivorId = story.idOf('/patients');
  await story.tries('POST /patients/merges', { fields: { survivorId, duplicateId: survivorId } });
  await story.tries('POST /patients/merges/{id}/undo');
  if (!desk.statuses.get('POST /patients')?.has(409)) throw new Error('nobody was taken for somebody known');
}
