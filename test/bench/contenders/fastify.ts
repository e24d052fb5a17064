/**
 * A route of Fastify that does nothing; with SCHEMA=1 it checks that what comes is a click, with HOLD_MS it waits before
 * it answers, as whoever answers only after a put must.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { Click, parseTime } from '../../../service/click.ts'

const app = Fastify({
  forceCloseConnections: true,
  ajv: {
    customOptions: {
      removeAdditional: false,
      coerceTypes: false,
      formats: {
        'well-formed': (value: string) => value.isWellFormed(),
        'date-time': (value: string) => parseTime(value) !== undefined,
      },
    },
  },
})
const hold = Number(process.env.HOLD_MS ?? 0)
app.post('/clicklogger', process.env.SCHEMA === '1' ? { schema: { body: Click } } : {}, async () => {
  if (hold > 0) await sleep(hold)
  return { status: 'OK' }
})
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST as string })
process.on('SIGTERM', () => void app.close())
