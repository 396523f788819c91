import { randomUUIDv7 } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { personsIn } from './persons.ts';

const ids = Array.from({ length: 6 }, () => randomUUIDv7());
const [a, b, c, d, e, other] = ids;

it.each<[string, unknown, unknown[]]>([
  ['a patient’s own representation', { id: a, mrn: '1', name: [{ family: 'Example' }] }, [a]],
  ['one that was merged away, and the one that is kept', { id: a, mrn: '1', replacedBy: b }, [a, b]],
  [
    'a page',
    {
      items: [
        { id: a, mrn: '1' },
        { id: b, mrn: '2' },
      ],
      nextCursor: null,
    },
    [a, b],
  ],
  ['matches', { items: [{ patient: { id: a, mrn: '1' }, score: 1, grade: 'certain' }] }, [a]],
  [
    'the candidates of a refusal',
    { code: 'possible_duplicate', candidates: [{ id: c, mrn: '3', score: 1 }] },
    [c],
  ],
  ['a merge', { id: other, survivorId: a, duplicateId: b, kept: { name: [] } }, [a, b]],
  [
    'a series and its appointments',
    { id: other, patientId: a, booked: [{ id: other, patientId: b }] },
    [a, b],
  ],
  [
    'a change by which an appointment followed',
    { items: [{ what: { patient: { from: d, to: e } } }] },
    [d, e],
  ],
  ['each once, however it is written', [{ patientId: a }, { patientId: a?.toUpperCase() }], [a]],
  ['nobody within a patient’s own representation', { id: a, mrn: '1', name: [{ patientId: b }] }, [a]],
  ['nobody in ids of other things', { id: other, practitionerId: other, roomId: other, typeId: other }, []],
  ['nobody in what is no id', { patientId: 'x', survivorId: 1, replacedBy: null }, []],
  ['nobody in nothing', undefined, []],
])('finds %s', (_, answer, persons) => {
  expect([...personsIn(answer)].sort()).toEqual([...persons].sort());
});
