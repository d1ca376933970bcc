// Made with: peers types 0mx234yf046d1gcfpxxyvh3i6@2 --ts FOLDER
// What a consumer holds of the contract Tasks, version 2.

export interface AddTaskArguments {
  due?: string | null; // date
  title: string;
}

export interface AddTaskResult {
  done?: boolean;
  due?: string | null; // date
  task_id: string;
  title: string;
}

export interface FinishTaskArguments {
  task_id: string;
}

export interface FinishTaskResult {
  done?: boolean;
  due?: string | null; // date
  task_id: string;
  title: string;
}

export interface TasksRow {
  done: boolean;
  due: string | null; // date
  task_id: string;
  title: string;
}

export type TasksKey = string;

export interface NewTasksRow {
  done?: boolean;
  due?: string | null; // date
  task_id: string;
  title: string;
}

export interface TasksColumns {
  done?: boolean;
  due?: string | null; // date
  task_id?: string;
  title?: string;
}

export interface TasksChanges {
  done?: boolean;
  due?: string | null; // date
  title?: string;
}

export interface TaskDonePayload {
  task_id: string;
  title: string;
}

export interface AddTaskTool {
  (args: AddTaskArguments): Promise<AddTaskResult>;
}

export interface FinishTaskTool {
  (args: FinishTaskArguments): Promise<FinishTaskResult>;
}

export interface TasksTable {
  get(key: TasksKey): Promise<TasksRow | null>;
  list(equals?: TasksColumns, page?: { limit?: number; after?: TasksKey }): Promise<TasksRow[]>;
  count(equals?: TasksColumns): Promise<number>;
  find_one(equals?: TasksColumns): Promise<TasksRow | null>;
  insert(row: NewTasksRow): Promise<TasksRow>;
  save(row: NewTasksRow): Promise<TasksRow>;
  update(key: TasksKey, changes: TasksChanges): Promise<TasksRow>;
  delete(key: TasksKey): Promise<boolean>;
}

export interface OpenTasksObservable {
  (): number;
  subscribe(callback: (value: number) => void): () => void;
}

export interface TaskDoneEvent {
  subscribe(callback: (payload: TaskDonePayload) => void): () => void;
}

export interface TasksContract {
  readonly tools: {
    readonly add_task: AddTaskTool;
    readonly finish_task: FinishTaskTool;
  };
  readonly tables: {
    readonly Tasks: TasksTable;
  };
  readonly observables: {
    readonly open_tasks: OpenTasksObservable;
  };
  readonly events: {
    readonly task_done: TaskDoneEvent;
  };
  dispose(): void;
}

// What a page's `mount(element, ctx)` gets as `ctx`, as far as this contract goes.
export interface Page {
  contract(id: "0mx234yf046d1gcfpxxyvh3i6", version: 2): Promise<TasksContract>;
}
