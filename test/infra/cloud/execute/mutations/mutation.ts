import type { Edit } from '../edit.ts'

/** A mistake that somebody could make in a template. */
export interface Mutation {
  readonly make: (edit: Edit) => void
  /** What the execution says of it. */
  readonly caught: RegExp
}

/** Name of a mistake to the mistake. */
export type Mutations = Readonly<Record<string, Mutation>>

const COLUMNS = 'TableInput / StorageDescriptor / Columns'
const ENVIRONMENT = 'ContainerDefinitions / 0 / Environment'

/** Path of a column of the Glue table. */
export const column = (edit: Edit, name: string) =>
  `${COLUMNS} / ${indexOf(edit.get('AWS::Glue::Table', 'Rows', COLUMNS), name)}`

/** Path of a variable of the container. */
export const variable = (edit: Edit, name: string) =>
  `${ENVIRONMENT} / ${indexOf(edit.get('AWS::ECS::TaskDefinition', '', ENVIRONMENT), name)}`

const indexOf = (list: unknown, name: string) => (list as { Name: string }[]).findIndex(({ Name }) => Name === name)
