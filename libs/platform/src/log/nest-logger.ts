import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/**
 * Writes what Nest's own `Logger` is told as our lines: `new Logger('Sealer').log({ position }, 'access log sealed')`
 * leaves `position`, the message, and `context`, which is `Sealer`.
 */
export class NestLogger implements LoggerService {
  readonly verbose = this.#lineOf('trace');
  readonly debug = this.#lineOf('debug');
  readonly log = this.#lineOf('info');
  readonly warn = this.#lineOf('warn');
  readonly error = this.#lineOf('error');
  readonly fatal = this.#lineOf('fatal');

  constructor(private readonly logger: Logger) {}

  #lineOf(level: Level) {
    return (...told: unknown[]): void => {
      this.#write(level, told);
    };
  }

  /** Nest adds the context behind all else. A stack, which its own errors come with, quotes a message and is left out. */
  #write(level: Level, [subject, ...more]: unknown[]): void {
    const rest = more.filter((part) => !(typeof part === 'string' && /\n\s+at /.test(part)));
    const context = rest.pop();
    if (typeof subject !== 'object') this.logger[level]({ context }, subject as string);
    else if (subject instanceof Error) this.logger[level]({ context, err: subject });
    else this.logger[level]({ context, ...subject }, rest[0] as string | undefined);
  }
}
