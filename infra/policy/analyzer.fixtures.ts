import { credentials, type ServiceError } from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import proto from '@pulumi/pulumi/proto/analyzer_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Member } from './rule.ts';

/** What the pack said, about which resource, and how much it means it. */
export interface Said {
  readonly rule: string;
  readonly message: string;
  readonly urn: string;
  readonly mandatory: boolean;
}

export interface Analyzer {
  /** Names of the rules. */
  info(): Promise<{ name: string; rules: string[] }>;
  /** Before a resource is made or changed, with what it is given. */
  analyze(member: Member): Promise<Said[]>;
  /** Once all of them are described. */
  analyzeStack(members: readonly Member[]): Promise<Said[]>;
  close(): Promise<void>;
}

type Callback<Answer> = (error: ServiceError | null, answer: Answer) => void;

/** Starts the pack as Pulumi's language host does, by the same script and from the same folder, and speaks to it as the engine. */
export async function startPack(folder: string): Promise<Analyzer> {
  const script = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run-policy-pack');
  const pack = spawn(process.execPath, [script, '127.0.0.1:1', folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  pack.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const ended = once(pack, 'exit');
  const [port] = (await Promise.race([
    once(createInterface(pack.stdout), 'line'),
    ended.then(() => Promise.reject(new Error(`the pack ended: ${complaint}`))),
  ])) as [string];
  const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    info: async () => {
      const info = await asked<proto.AnalyzerInfo>((done) => client.getAnalyzerInfo(new empty.Empty(), done));
      return { name: info.getName(), rules: info.getPoliciesList().map((policy) => policy.getName()) };
    },
    analyze: async (member) => {
      const request = new proto.AnalyzeRequest()
        .setType(member.type)
        .setName(member.name)
        .setUrn(member.urn)
        .setOptions(new proto.AnalyzerResourceOptions())
        .setProperties(sent(member.props));
      return said(await asked<proto.AnalyzeResponse>((done) => client.analyze(request, done)));
    },
    analyzeStack: async (members) => {
      const request = new proto.AnalyzeStackRequest().setResourcesList(members.map(described));
      return said(await asked<proto.AnalyzeResponse>((done) => client.analyzeStack(request, done)));
    },
    close: async () => {
      client.close();
      pack.kill();
      await ended;
    },
  };
}

function described({ type, name, urn, props, needs }: Member): proto.AnalyzerResource {
  const resource = new proto.AnalyzerResource()
    .setType(type)
    .setName(name)
    .setUrn(urn)
    .setOptions(new proto.AnalyzerResourceOptions())
    .setProperties(sent(props));
  for (const [input, urns] of Object.entries(needs))
    resource
      .getPropertydependenciesMap()
      .set(input, new proto.AnalyzerPropertyDependencies().setUrnsList([...urns]));
  return resource;
}

function sent(props: Member['props']): struct.Struct {
  // Nothing is undefined on the wire.
  return struct.Struct.fromJavaScript(
    JSON.parse(JSON.stringify(props)) as Record<string, struct.JavaScriptValue>,
  );
}

function said(response: proto.AnalyzeResponse): Said[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    rule: diagnostic.getPolicyname(),
    // The description comes first, on lines of its own.
    message: diagnostic.getMessage().replace(`${diagnostic.getDescription()}\n`, ''),
    urn: diagnostic.getUrn(),
    mandatory: diagnostic.getEnforcementlevel() === proto.EnforcementLevel.MANDATORY,
  }));
}

async function asked<Answer>(call: (done: Callback<Answer>) => unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}
