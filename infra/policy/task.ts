import { each, on, type Check, type Demand, type Props } from './rule.ts';

type TaskDefinition = Props<'awsx:ecs:FargateTaskDefinition'>;

type Container = NonNullable<TaskDefinition['container']>;
type Demands = (container: Container, name: string) => readonly Demand[];

/** Demands on each container of each task, however the task is defined. */
export function eachContainer(demands: Demands): Check[] {
  return [
    // JSON text, which is known as a whole or not at all.
    on('aws:ecs/taskDefinition:TaskDefinition', (task) =>
      each(
        () => JSON.parse(task.containerDefinitions) as readonly (Container & { readonly name: string })[],
        (container) => demands(container, container.name),
      ),
    ),
    on('awsx:ecs:FargateTaskDefinition', (task) => ofComponent(task, demands)),
    on('awsx:ecs:FargateService', ({ taskDefinitionArgs: task }) => (task ? ofComponent(task, demands) : [])),
  ];
}

function ofComponent(task: TaskDefinition, demands: Demands): Demand[] {
  const { container, containers = {} } = task;
  return [
    ...(container ? demands(container, container.name) : []),
    ...each(
      () => Object.keys(containers),
      (name) => {
        const values = containers[name];
        return values ? demands(values, name) : [];
      },
    ),
  ];
}
