import { post } from '../faults/post.ts';
import type { Told } from './desks.ts';
import type { Taken, Waiting } from './line.ts';
import { hoursOf, type SmallClinic } from './small-clinic.ts';
import { always, instantOf, without, type Span } from './slots.ts';
import type { Wish } from './wish.ts';

/** What the line is to know of what was done; and what was answered, for whoever looks for a fault. */
export interface Done {
  told: string;
  note?: (() => void) | undefined;
  /** The version that an appointment has by it: what was sent at once was done in this order. */
  version?: number;
}

const hours: Span[] = [
  { from: 0, to: 5 },
  { from: 0, to: 3 },
  { from: 2, to: 5 },
  { from: 1, to: 4 },
  { from: 0, to: 0 },
];

function nth<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}

/** Carries a wish out with what there is in a clinic. @returns undefined when there is nothing to do it with */
export async function act(clinic: SmallClinic, wish: Wish, isSecond: boolean): Promise<Done | undefined> {
  switch (wish.kind) {
    case 'enter':
      return enter(clinic, wish, isSecond);
    case 'withdraw':
    case 'accept':
    case 'decline':
    case 'lapse':
    case 'giveBack':
    case 'over':
      return answer(clinic, wish, isSecond);
    case 'book':
    case 'hold':
      return take(clinic, wish, isSecond);
    case 'release':
    case 'runOut':
      return letGo(clinic, wish, isSecond);
    case 'cancel':
    case 'noshow':
    case 'move':
      return change(clinic, wish, isSecond);
    case 'available':
      return available(clinic, wish);
    case 'practitioner':
    case 'room':
    case 'type':
      return toggle(clinic, wish);
    case 'deactivate':
      return deactivate(clinic, wish);
  }
}

type Of<K extends Wish['kind']> = Extract<Wish, { kind: K }>;

function done({ status, body }: Told, wanted: number, note: () => void): Done {
  if (status >= 500) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { told: `${status} ${body.code ?? ''}`, note: status === wanted ? note : undefined };
}

function inOrder(reply: Told, note: () => void): Done {
  const { version } = reply.body;
  return { ...done(reply, 200, note), ...(typeof version === 'number' && { version }) };
}

async function enter({ line, desks }: SmallClinic, wish: Of<'enter'>, isSecond: boolean): Promise<Done> {
  const kindId = nth(line.kinds, wish.visit)?.id ?? '';
  const patientId = nth(line.patients, wish.patient)?.id ?? '';
  const practitionerId =
    wish.practitioner % 3 === 2 ? undefined : nth(line.practitioners, wish.practitioner)?.id;
  const [from, to] = [wish.from, Math.min(wish.from + wish.length, 5)];
  const reply = await desks.send(isSecond, 'POST', '/appointments/waitlist', {
    ...{ patientId, typeId: kindId, practitionerId },
    ...{ earliest: instantOf(from), latest: instantOf(to), priority: wish.isUrgent ? 'urgent' : 'routine' },
  });
  return done(reply, 201, () => {
    const { isUrgent } = wish;
    const came = { since: line.step, status: 'waiting', version: 1, passed: [] };
    line.entries.push({
      id: reply.body.id ?? '',
      patientId,
      kindId,
      practitionerId,
      from,
      to,
      isUrgent,
      ...came,
    });
  });
}

type Answer = Of<'withdraw' | 'accept' | 'decline' | 'lapse' | 'giveBack' | 'over'>;

/** To what is offered if it is an answer to an offer, as far as anything is. */
async function answer(
  clinic: SmallClinic,
  { kind, entry: which }: Answer,
  isSecond: boolean,
): Promise<Done | undefined> {
  const { line, desks } = clinic;
  const offered = line.entries.filter(({ status }) => status === 'offered');
  const isToOffer = kind !== 'withdraw' && kind !== 'over' && offered.length > 0;
  const entry = nth(isToOffer ? offered : line.entries, which);
  if (!entry) return undefined;
  const path = `/appointments/waitlist/${entry.id}`;
  const ends = (status: string) => () => {
    end(clinic, entry, status);
  };
  if (kind === 'accept') {
    const reply = await desks.send(isSecond, 'POST', `${path}/accept`);
    return done(reply, 201, () => {
      accepted(clinic, entry, reply.body.id ?? '');
    });
  }
  if (kind === 'decline')
    return done(await desks.send(isSecond, 'POST', `${path}/decline`), 200, () => {
      passed(clinic, entry);
    });
  if (kind === 'withdraw') return done(await desks.send(isSecond, 'DELETE', path), 204, ends('withdrawn'));
  if (kind === 'over') {
    if (!isOpen(entry)) return undefined;
    await clinic.pass('entry', entry.id);
    return { told: '', note: ends('expired') };
  }
  const holdId = await clinic.offeredHold(entry.id);
  if (holdId === undefined) return undefined;
  if (kind === 'giveBack')
    return done(await desks.send(isSecond, 'DELETE', `/appointments/holds/${holdId}`), 204, () => {
      passed(clinic, entry);
    });
  await clinic.pass('hold', holdId);
  return {
    told: '',
    note: () => {
      passed(clinic, entry);
    },
  };
}

function isOpen({ status }: Waiting): boolean {
  return status === 'waiting' || status === 'offered';
}

function end({ line }: SmallClinic, entry: Waiting, status: string): void {
  if (!isOpen(entry)) return;
  entry.status = status;
  if (entry.offer) line.freeOffer(entry, entry.offer);
  entry.offer = undefined;
}

function passed({ line }: SmallClinic, entry: Waiting): void {
  if (entry.offer) {
    entry.passed.push(entry.offer);
    line.freeOffer(entry, entry.offer);
  }
  entry.status = 'waiting';
  entry.offer = undefined;
}

/** The hold is the appointment's now. */
function accepted(clinic: SmallClinic, entry: Waiting, appointmentId: string): void {
  const { offer } = entry;
  const held = clinic.line.taken.find(
    ({ practitionerId, start }) => practitionerId === offer?.practitionerId && start === offer.start,
  );
  if (held) held.id = appointmentId;
  clinic.appointments.push(appointmentId);
  entry.offer = undefined;
  fulfilled(clinic, entry.patientId, entry.kindId);
}

/** Who has what they wait for waits no more. */
function fulfilled(clinic: SmallClinic, patientId: string, kindId: string): void {
  for (const entry of clinic.line.entries)
    if (entry.patientId === patientId && entry.kindId === kindId) end(clinic, entry, 'booked');
}

async function take(clinic: SmallClinic, wish: Of<'book' | 'hold'>, isSecond: boolean): Promise<Done> {
  const { line, desks } = clinic;
  const isHold = wish.kind === 'hold';
  const kindId = nth(line.kinds, wish.visit)?.id ?? '';
  const patientId = isHold && wish.patient % 3 === 0 ? undefined : nth(line.patients, wish.patient)?.id;
  const practitionerId = nth(line.practitioners, wish.practitioner)?.id ?? '';
  const body = { typeId: kindId, patientId, practitionerId, start: instantOf(wish.start) };
  const reply = await desks.send(isSecond, 'POST', isHold ? '/appointments/holds' : '/appointments', {
    ...body,
    ...(isHold && { ttlSeconds: 900 }),
  });
  return done(reply, 201, () => {
    const { id = '', roomId = null } = reply.body;
    line.taken.push({ id, kindId, practitionerId, roomId, patientId: patientId ?? null, start: wish.start });
    if (!isHold && patientId !== undefined) fulfilled(clinic, patientId, kindId);
    (isHold ? clinic.holds : clinic.appointments).push(id);
  });
}

async function letGo(
  clinic: SmallClinic,
  wish: Of<'release' | 'runOut'>,
  isSecond: boolean,
): Promise<Done | undefined> {
  const { line, desks } = clinic;
  const id = nth(
    clinic.holds.filter((hold) => line.taken.some((taken) => taken.id === hold)),
    wish.hold,
  );
  if (id === undefined) return undefined;
  const note = () => {
    line.giveUp(id);
  };
  if (wish.kind === 'release')
    return done(await desks.send(isSecond, 'DELETE', `/appointments/holds/${id}`), 204, note);
  await clinic.pass('hold', id);
  return { told: '', note };
}

async function change(
  clinic: SmallClinic,
  wish: Of<'cancel' | 'noshow' | 'move'>,
  isSecond: boolean,
): Promise<Done | undefined> {
  const { line, desks } = clinic;
  const isBooked = ({ id }: Taken) => clinic.appointments.includes(id);
  const taken = nth(line.taken.filter(isBooked), wish.appointment);
  if (!taken) return undefined;
  const path = `/appointments/${taken.id}`;
  if (wish.kind !== 'move') {
    const status = wish.kind === 'cancel' ? 'cancelled' : 'noshow';
    const reply = await desks.send(isSecond, 'POST', `${path}/status`, { status });
    return inOrder(reply, () => {
      line.giveUp(taken.id);
    });
  }
  const practitionerId = nth(line.practitioners, wish.practitioner)?.id ?? '';
  const to = { practitionerId, start: instantOf(wish.start) };
  const reply = await desks.send(isSecond, 'POST', `${path}/reschedule`, to);
  return inOrder(reply, () => {
    line.giveUp(taken.id);
    line.taken.push({ ...taken, practitionerId, start: wish.start, roomId: reply.body.roomId ?? null });
  });
}

async function available({ line, desks }: SmallClinic, wish: Of<'available'>): Promise<Done | undefined> {
  const practitioner = nth(line.practitioners, wish.practitioner);
  const open = nth(hours, wish.hours);
  if (!practitioner || !open) return undefined;
  const path = `/appointments/practitioners/${practitioner.id}/availability?conflicts=keep`;
  const reply = await desks.change('PUT', path, practitioner.availabilityVersion, hoursOf(open));
  return done(reply, 200, () => {
    const { id: practitionerId, kindIds } = practitioner;
    const spans = without(open, practitioner.open);
    practitioner.availabilityVersion += 1;
    practitioner.open = open;
    if (spans.length > 0) line.free({ practitionerId, kindIds, spans });
  });
}

async function toggle(
  { line, desks }: SmallClinic,
  wish: Of<'practitioner' | 'room' | 'type'>,
): Promise<Done | undefined> {
  const collections = { practitioner: line.practitioners, room: line.rooms, type: line.kinds };
  const resource = nth<{ id: string; active: boolean; version: number }>(collections[wish.kind], wish.which);
  if (!resource) return undefined;
  const active = !resource.active;
  const path = `/appointments/${wish.kind}s/${resource.id}`;
  return done(await desks.change('PATCH', path, resource.version, { active }), 200, () => {
    resource.active = active;
    resource.version += 1;
    if (!active) return;
    const kindIds = line.practitioners.find(({ id }) => id === resource.id)?.kindIds ?? [resource.id];
    const spans = [always];
    if (wish.kind === 'practitioner') line.free({ practitionerId: resource.id, kindIds, spans });
    if (wish.kind === 'room') line.free({ roomId: resource.id, spans });
    if (wish.kind === 'type') line.free({ kindIds, spans });
  });
}

async function deactivate(clinic: SmallClinic, wish: Of<'deactivate'>): Promise<Done | undefined> {
  const patient = nth(clinic.line.patients, wish.patient);
  if (!patient?.active) return undefined;
  await post(clinic.desks.system.database, [{ id: patient.id, active: false, replacedBy: null, version: 2 }]);
  return {
    told: '',
    note: () => {
      patient.active = false;
      for (const entry of clinic.line.entries)
        if (entry.patientId === patient.id) end(clinic, entry, 'expired');
    },
  };
}
