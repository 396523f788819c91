import { serviceNamed } from '#catalogue';
import { startGateway } from '../../tools/gateway.ts';

/** The gateway in a process of its own, which can be killed: its port, and `patient=3000` for each of its services. */
const [port, ...upstreams] = process.argv.slice(2);
const gateway = await startGateway({
  port: Number(port),
  upstreams: upstreams.map((upstream) => {
    const [name = '', at] = upstream.split('=');
    return { service: serviceNamed(name), port: Number(at) };
  }),
});
process.once('SIGTERM', () => {
  void gateway.stop().then(() => process.exit(0));
});
process.stdout.write('ready\n');
