/** What a stack was told to run, from its outputs. */
export interface Intended {
  readonly service: string;
  readonly prefix: string;
  readonly livePath: string;
  /** ARN of the task definition that the last `up` registered; undefined when it broke off before it told. */
  readonly taskDefinition: string | undefined;
  /** `sha256:...` */
  readonly digest: string;
}

/** What AWS says of one service: the parts of its answers that the verdict reads, in AWS' own names. */
export interface ObservedService {
  readonly deployments: readonly Deployment[];
  readonly desiredCount: number;
  readonly runningCount: number;
  /** Images of the task definition that the PRIMARY deployment runs. */
  readonly images: readonly string[];
  readonly targets: readonly Target[];
  /** Newest first. */
  readonly events: readonly string[];
}

/** Why a service is not as it should be, as far as it can be told; what can't be asked says that instead. */
export interface Evidence {
  readonly stoppedReasons: readonly string[];
  readonly lastLogLines: readonly string[];
}

export interface Deployment {
  readonly status?: string | undefined;
  readonly rolloutState?: string | undefined;
  readonly rolloutStateReason?: string | undefined;
  readonly taskDefinition?: string | undefined;
  readonly desiredCount?: number | undefined;
  readonly runningCount?: number | undefined;
  readonly pendingCount?: number | undefined;
}

export interface Target {
  readonly id: string;
  readonly state: string;
  readonly reason?: string | undefined;
}

export interface Alarm {
  readonly name: string;
  readonly reason: string;
  /** When it began to ring. */
  readonly since?: Date | undefined;
  /** Whether it is about a service or the load balancer, rather than the database or the jobs. */
  readonly isOfAnswers: boolean;
}

/** A request of the smoke session and what came of it; status 0: no answer. */
export interface Smoke {
  readonly request: string;
  readonly expected: number;
  readonly got: number;
  readonly why?: string;
}
