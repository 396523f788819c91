import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MatchesDto, MatchInput } from '#contracts';
import { Access, patients } from '#platform';
import { MatchService } from './match.service.ts';

@ApiTags('patients')
@Controller('patients/match')
export class MatchController {
  constructor(private readonly matching: MatchService) {}

  @Post()
  @HttpCode(200)
  @Access('patients.read', patients.nobody, 'search')
  @ApiOperation({ summary: 'Find who a person may be, by what is known of them' })
  @ApiOkResponse({ type: MatchesDto })
  match(@Body() input: MatchInput): Promise<MatchesDto> {
    return this.matching.match(input);
  }
}
