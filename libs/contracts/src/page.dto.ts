import { ApiProperty } from '@nestjs/swagger';
import { Text, Whole } from './value-fields.ts';

export class PageQuery {
  @Whole({ optional: true, min: 1, max: 200, default: 50 })
  limit?: number;

  @Text({
    optional: true,
    max: 500,
    pattern: /^[A-Za-z0-9_-]+$/,
    message: 'must be a nextCursor as it was answered',
  })
  cursor?: string;
}

type Constructor<T> = new (...args: never[]) => T;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The class of a page of items of one DTO, for the OpenAPI document. */
export function pageOf<T>(item: Constructor<T>): Constructor<Page<T>> {
  class PageDto implements Page<T> {
    @ApiProperty({ type: [item] })
    items!: T[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: 'The cursor of the next page; null on the last.',
    })
    nextCursor!: string | null;
  }
  Object.defineProperty(PageDto, 'name', { value: `${item.name.replace(/Dto$/, '')}Page` });
  return PageDto;
}
