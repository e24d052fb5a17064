/** Who may ask: the page itself. Any site that a person visits can reach this machine's ports through the browser. */
import createError from '@fastify/error'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import ipaddr from 'ipaddr.js'
import type { Clients } from '../../../service/clients.ts'

export const NotOwnPage = createError(
  'CLK_NOT_OWN_PAGE',
  'This is for the live view’s own page, opened on this machine at an origin in ALLOWED_ORIGINS, such as http://localhost.',
  403,
)

/**
 * Refuses what another site's page sends or reads. The origin must be a known one too: a foreign name that is made to
 * resolve to this machine (DNS rebinding) is an origin of its own, to which the browser says "same origin".
 *
 * @param onThisMachine refuse other machines too, whose programs can send any header
 */
export function ownPageOnly(clients: Clients, onThisMachine: boolean): onRequestHookHandler {
  return (request, _reply, done) => {
    const known = clients.byOrigin(request.headers.origin ?? ownOrigin(request)) !== undefined
    const near = !onThisMachine || isLoopback(request.ip)
    done(known && near && fromOwnPage(request) ? undefined : new NotOwnPage())
  }
}

/** Whether an address, or the name `localhost`, is this machine’s own. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback')

function fromOwnPage(request: FastifyRequest): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  // Browsers send it with everything that changes something.
  return origin === undefined ? request.method === 'GET' : origin === ownOrigin(request)
}

const ownOrigin = ({ protocol, host }: FastifyRequest) => `${protocol}://${host}`
