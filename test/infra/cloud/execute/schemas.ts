/** Shapes of properties that more than one player reads. */
import { type TProperties, Type } from '@sinclair/typebox'

export const Text = Type.String({ minLength: 1 })

/** Properties for people. */
const COSMETIC = { Name: Type.Unknown(), Description: Type.Unknown(), Tags: Type.Unknown() }

/** Every property is played: one that is not known fails, as it would change what AWS does and not what is played. */
export const strict = <T extends TProperties>(properties: T) =>
  Type.Composite([Type.Partial(Type.Object(COSMETIC)), Type.Object(properties)], { additionalProperties: false })

/** Also `key=value` lists, such as attributes of load balancers. */
export const Attributes = Type.Array(Type.Object({ Key: Text, Value: Type.String() }))
