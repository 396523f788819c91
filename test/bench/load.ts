import { Agent, get } from 'node:http';

// node load.ts URL TOKEN CALLERS SECONDS: asks for a URL over and over and prints how many answers came a second.

const [url = '', token = '', callers = '', seconds = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(callers) });
const until = performance.now() + Number(seconds) * 1000;
let answers = 0;

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode ?? 0}`));
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
}

async function caller(): Promise<void> {
  for (; performance.now() < until; answers += 1) await ask();
}

await Promise.all(Array.from({ length: Number(callers) }, caller));
console.log(answers / Number(seconds));
process.exit();
