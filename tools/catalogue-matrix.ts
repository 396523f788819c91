import { services } from '#catalogue';

/** The services as an output of a workflow's step, from which a matrix of jobs is made. */
console.log(`services=${JSON.stringify(services.map(({ name, port }) => ({ name, port })))}`);
