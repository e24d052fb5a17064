/** A route of Fastify that does nothing, or with SCHEMA=1 only checks that what comes is a click. */
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
app.post('/clicklogger', process.env.SCHEMA === '1' ? { schema: { body: Click } } : {}, async () => ({ status: 'OK' }))
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST as string })
process.on('SIGTERM', () => void app.close())
