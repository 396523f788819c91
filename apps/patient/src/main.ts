import { serve } from '#platform';
import { definition } from './service.ts';

await serve(definition);
