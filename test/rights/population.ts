import type { Client } from '../harness/client.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { somebodyNew } from '../harness/people.ts';

/** A clinic with several persons of whom one may be the caller, and what there is to aim requests at. */
export interface Population {
  /** The patient who may have a token of their own. */
  readonly own: string;
  /** Known values by field of a query or body, and known ids by the path before them. */
  readonly aims: { fields: Record<string, string[]>; paths: Record<string, string[]> };
  /** What is of the other persons alone: ids, record numbers, names, numbers, addresses. */
  readonly foreign: string[];
  /** Where what is of the others can be read. */
  readonly foreignPaths: string[];
}

interface Belongings {
  readonly patient: string;
  /** By the path that is before their id. */
  readonly ids: Record<string, string>;
  readonly words: string[];
}

const othersCount = 4;
let phone = 7_946_0000;

/** Everybody has an appointment, a hold, a series and a place on the waitlist, for times that don't collide. */
export async function populate(staff: Client): Promise<Population> {
  const clinic = new Clinic(staff);
  const [type, room] = await Promise.all([clinic.type(), clinic.room()]);
  const practitioner = await clinic.practitioner([type.id]);
  const with_ = { typeId: type.id, practitionerId: practitioner.id };
  const settle = (_: unknown, index: number) => settlePerson(staff, clinic, with_, 10 + index);
  const [own, ...others] = await Promise.all(Array.from({ length: othersCount + 1 }, settle));
  if (!own) throw new Error('nobody was registered');
  const all = [...others, own];
  const paths: Record<string, string[]> = {
    '/appointments/types': [type.id],
    '/appointments/rooms': [room.id],
    '/appointments/practitioners': [practitioner.id],
  };
  for (const path of Object.keys(own.ids)) paths[path] = all.map(({ ids }) => ids[path] ?? '');
  const days = (first: number) => Array.from({ length: 20 }, (__, day) => ahead(first + day));
  const patientIds = [
    ...others.map(({ patient }) => patient),
    ...Array<string>(othersCount).fill(own.patient),
  ];
  return {
    own: own.patient,
    aims: {
      paths,
      fields: {
        patientId: patientIds,
        survivorId: patientIds,
        duplicateId: patientIds,
        typeId: [type.id],
        practitionerId: [practitioner.id],
        roomId: [room.id],
        holdId: paths['/appointments/holds'] ?? [],
        start: days(30),
        from: days(1),
        to: days(21),
        earliest: days(30),
        latest: days(60),
      },
    },
    foreign: others.flatMap(({ ids, words }) => [...Object.values(ids), ...words]),
    foreignPaths: others.flatMap(({ ids }) => Object.entries(ids).map(([path, id]) => `${path}/${id}`)),
  };
}

async function settlePerson(
  staff: Client,
  clinic: Clinic,
  with_: { typeId: string; practitionerId: string },
  day: number,
): Promise<Belongings> {
  const person = somebodyNew();
  const family = person.name[0]?.family ?? '';
  phone += 1;
  const known = {
    number: `+4420${phone}`,
    email: `${family.toLowerCase()}@example.org`,
    line: `${phone} Made-up Row`,
  };
  const { id: patientId } = await clinic.patient({
    ...person,
    telecom: [
      { system: 'phone', value: known.number },
      { system: 'email', value: known.email },
    ],
    address: [{ use: 'home', line: [known.line] }],
  });
  const visit = { ...with_, patientId };
  const appointment = await clinic.book({ ...visit, start: ahead(day, '09:00') });
  const hold = await clinic.hold({ ...visit, start: ahead(day, '11:00'), ttlSeconds: 900 });
  const recurrence = { frequency: 'daily', interval: 1, count: 1 };
  const series = await clinic.series({
    ...visit,
    start: ahead(day, '13:00'),
    recurrence,
    onConflict: 'fail',
  });
  const entry = await clinic.wait({
    ...visit,
    earliest: ahead(200),
    latest: ahead(201),
    priority: 'routine',
  });
  const { body } = await staff.get<{ mrn: string }>(`/patients/${patientId}`);
  return {
    patient: patientId,
    ids: {
      '/patients': patientId,
      '/appointments': appointment.id,
      '/appointments/holds': hold.id,
      '/appointments/series': series.id,
      '/appointments/waitlist': entry.id,
    },
    words: [body.mrn, family, ...Object.values(known)],
  };
}
