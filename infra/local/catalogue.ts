/** A demo catalogue: what clicks are about, on one machine. Enrichment asks it, and so can a demo site. */
import createError from '@fastify/error'
// Brings `hide` of a route's schema into the types, also where only this file's types are wanted: in the demo site's page.
import type {} from '@fastify/swagger'
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { CREATURES } from './catalogue-data.ts'

/** One creature, with the fields of the older site (Mythical Mysfits). */
export const Mysfit = Type.Object({
  mysfitId: Type.String(),
  name: Type.String(),
  age: Type.Integer(),
  goodevil: Type.Union([Type.Literal('Good'), Type.Literal('Neutral'), Type.Literal('Evil')]),
  lawchaos: Type.Union([Type.Literal('Lawful'), Type.Literal('Neutral'), Type.Literal('Chaotic')]),
  species: Type.String(),
  description: Type.String(),
  thumbImageUri: Type.String(),
  profileImageUri: Type.String(),
  likes: Type.String(),
  adopted: Type.Boolean(),
})
export type Mysfit = Static<typeof Mysfit>

export const UnknownMysfit = createError<[id: string]>('CLK_UNKNOWN_MYSFIT', 'There is no creature %s here.', 404)

const Params = Type.Object({ id: Type.String() })

/** `GET /mysfits` and `GET /mysfits/:id`, as the older site's service answers them. */
export default async function catalogue(app: FastifyInstance) {
  const byId = new Map(CREATURES.map((creature) => [creature.mysfitId, creature]))

  app.get(
    '/mysfits',
    { schema: { hide: true, response: { 200: Type.Object({ mysfits: Type.Array(Mysfit) }) } } },
    async () => ({ mysfits: CREATURES }),
  )
  app.get<{ Params: Static<typeof Params> }>(
    '/mysfits/:id',
    { schema: { hide: true, params: Params, response: { 200: Mysfit } } },
    async ({ params: { id } }) => {
      const creature = byId.get(id)
      if (creature === undefined) throw new UnknownMysfit(id)
      return creature
    },
  )
}
