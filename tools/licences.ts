import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencePage, licences, refusedLicences } from './dependencies/licences.ts';

const found = licences();
writeFileSync(join(import.meta.dirname, '..', 'docs', 'licences.md'), licencePage(found));
for (const refused of refusedLicences(found)) {
  console.error(`licences: nobody has allowed ${refused}`);
  process.exitCode = 1;
}
