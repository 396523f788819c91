import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isId } from '#contracts';
import { MalformedId } from '../problem/domain-error.ts';
import { parseJson, parseText } from './parse.ts';

/** Turns bodies and query strings into the DTO that the handler's parameter is typed with. */
@Injectable()
export class DtoPipe implements PipeTransform<unknown, unknown> {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    const dto = metatype as (new () => object) | undefined;
    switch (type) {
      case 'body':
        return dto && parseJson(dto, value === undefined ? {} : value);
      case 'query':
        return dto && parseText(dto, value as Record<string, unknown>);
      case 'param':
      case 'custom':
        return value;
    }
  }
}

/** A path's id. What has not the form of an id names nothing. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isId(value)) throw new MalformedId();
    return value.toLowerCase();
  }
}
