import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

/** What a service does now and then by itself; what fails is told in the log and done next time. */
export abstract class Round implements OnApplicationBootstrap, OnApplicationShutdown {
  protected readonly logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  /** Whether the service ends: a round that is under way need not go on. */
  protected isStopping = false;

  /**
   * @param context names it in the log
   * @param complaint what could not be done
   */
  protected constructor(
    context: string,
    private readonly everyMs: number,
    private readonly complaint: string,
  ) {
    this.logger = new Logger(context);
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#next(), this.everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.isStopping = true;
  }

  /** Unless the one before is still under way. */
  async #next(): Promise<void> {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    await this.go().finally(() => (this.#isUnderWay = false));
  }

  async go(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.logger.warn({ err: error }, this.complaint);
    }
  }

  protected abstract work(): Promise<void>;
}
