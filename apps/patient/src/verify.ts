import { runVerification } from '#platform';
import { definition } from './service.ts';

await runVerification(definition);
