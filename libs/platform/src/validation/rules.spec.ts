import { expect, it } from '@jest/globals';
import { getMetadataStorage, IsBoolean, IsString } from 'class-validator';
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
    expect(parseJson(dto, { name: 'Ada', ...(dto === Flagged && { flag: true }) })).toBeInstanceOf(dto);
    expect(() => parseJson(dto, { name: 1 })).toThrow();
  }
  expect(() => parseJson(Named, { name: 'Ada', flag: true })).toThrow();
  expect(rulesOf(Flagged).map((rule) => rule.propertyName)).toEqual(['flag', 'name']);
  expect(rulesOf(Flagged)).toBe(rulesOf(Flagged));
});

it('gathers anew what is asked for by groups', () => {
  expect(rulesOf(Flagged, ['strict']).map((rule) => rule.propertyName)).toEqual(['flag']);
  expect(rulesOf(Flagged, ['other'])).toEqual([]);
});
