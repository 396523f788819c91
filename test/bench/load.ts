import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { LoadOrder, LoadReport } from './offer.ts';

// node load.ts: takes a LoadOrder as JSON on its standard input, sends its requests over and over, in their order and
// each caller the next one, and prints a LoadReport.

const { url, token, callers, seconds, method, requests, status } = JSON.parse(
  await text(process.stdin),
) as LoadOrder;
const agent = new Agent({ keepAlive: true, maxSockets: callers });
const { hostname, port } = new URL(url);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const durations: number[] = [];
const since = performance.now();
const until = since + seconds * 1000;
let next = 0;

function send({ path, body }: LoadOrder['requests'][number]): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
      if (response.statusCode !== status) reject(new Error(`${path}: status ${response.statusCode ?? 0}`));
      response.resume().on('end', resolve);
    });
    sent.on('error', reject).end(body);
  });
}

async function caller(): Promise<void> {
  for (let begun = performance.now(); begun < until; begun = performance.now()) {
    const order = requests[next++ % requests.length];
    if (order) await send(order);
    durations.push(performance.now() - begun);
  }
}

await Promise.all(Array.from({ length: callers }, caller));
const lasted = (performance.now() - since) / 1000;
const report: LoadReport = { perSecond: durations.length / lasted, sent: durations.length, durations };
// A pipe takes it in pieces: it is over when all of it is written.
process.stdout.write(JSON.stringify(report), () => process.exit());
