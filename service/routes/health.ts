import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'

/** The states of a process, as the load balancer sees them. */
export type Phase = 'starting' | 'serving' | 'draining'

const Health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('starting'), Type.Literal('draining')]),
})

/**
 * Health for the load balancer. Not being able to deliver is no reason to be unready: it would be so in every task,
 * and all of them would be restarted at once.
 */
export default async function health(app: FastifyInstance, { phase }: { phase: () => Phase }) {
  const schema = { tags: ['health'], response: { 200: Health, 503: Health } }

  app.get('/health/live', { schema: { summary: 'Is the process alive?', ...schema } }, async () => ({ status: 'ok' }))

  app.get('/health/ready', { schema: { summary: 'Should it get requests?', ...schema } }, async (_request, reply) => {
    const now = phase()
    if (now === 'serving') return { status: 'ok' }
    reply.code(503)
    return { status: now }
  })
}
