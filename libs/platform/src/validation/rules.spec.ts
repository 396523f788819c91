import { expect, it } from '@jest/globals';
import { getMetadataStorage, IsBoolean, IsString } from 'class-validator';
import { ValidationFailed } from '../problem/domain-error.ts';
import { parseJson } from './parse.ts';

class Named {
  @IsString()
  name!: string;
}

class Flagged extends Named {
  @IsBoolean({ groups: ['strict'] })
  flag!: boolean;
}

const rulesOf = (target: typeof Named, groups?: string[]) =>
  getMetadataStorage().getTargetValidationMetadatas(target, '', false, false, groups);

it('keeps the rules of each class, with those it inherits', () => {
  for (const dto of [Named, Flagged, Named]) {
    const flag = dto === Flagged && { flag: true };
    expect(parseJson(dto, { name: 'Ada', ...flag })).toBeInstanceOf(dto);
    expect(() => parseJson(dto, { name: 1, ...flag })).toThrow(ValidationFailed);
  }
  expect(() => parseJson(Named, { name: 'Ada', flag: true })).toThrow(ValidationFailed);
  expect(rulesOf(Flagged).map((rule) => rule.propertyName)).toEqual(['flag', 'name']);
  expect(rulesOf(Flagged)).toBe(rulesOf(Flagged));
});

it('keeps them of what is nested too', () => {
  const storage = getMetadataStorage();
  expect(storage.getTargetValidationMetadatas(Flagged, 'Outer', false, false)).toBe(rulesOf(Flagged));
});

it('gathers anew what is asked for by groups', () => {
  expect(rulesOf(Flagged, ['strict']).map((rule) => rule.propertyName)).toEqual(['flag']);
  expect(rulesOf(Flagged, ['other'])).toEqual([]);
});
