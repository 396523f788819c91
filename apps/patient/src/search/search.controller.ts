import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { FoundPatientsDto, SearchInput } from '#contracts';
import { Access, patients } from '#platform';
import { SearchService } from './search.service.ts';

@ApiTags('patients')
@Controller('patients/search')
export class SearchController {
  constructor(private readonly searching: SearchService) {}

  @Post()
  @HttpCode(200)
  @Access('patients.read', patients.nobody, 'search')
  @ApiOperation({ summary: 'Search patients by name, birth date, phone, e-mail, identifier or MRN' })
  @ApiOkResponse({ type: FoundPatientsDto })
  search(@Body() input: SearchInput): Promise<FoundPatientsDto> {
    return this.searching.search(input);
  }
}
