import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Click, MAX_USERAGENT } from './click.ts'
import type { Config } from './config.ts'
import type { Refusal } from './delivery/delivery.ts'
import type { RefusedReason } from './delivery/ledger.ts'
import { EmptyBody, InvalidClick, MalformedBody, NotDelivered, TooManyClicks } from './errors.ts'
import { type SentBody, Unfit } from './plugins/body.ts'
import { type Arrival, keepAddress, stamp } from './stamp.ts'
import { compile } from './validate.ts'

/** Clicks in one request. A batch of the browser script or of a server is far smaller. */
export const MAX_CLICKS = 500

/** What became of one click of several. `rejected`: never send it again. `retry`: keep it, send it again later. */
export interface ClickResult {
  readonly requestid: string | null
  readonly status: 'ok' | 'rejected' | 'retry'
  readonly reason?: string
}

/** What a request gets whose clicks were taken, all or some of them. */
export type Answer =
  | { readonly status: 'OK'; readonly dropped?: 'gpc' }
  | { readonly status: 'PARTIAL'; readonly results: readonly ClickResult[]; readonly dropped?: 'gpc' }

export type Take = (request: FastifyRequest, reply: FastifyReply, body: SentBody) => Promise<Answer>

const OK: Answer = { status: 'OK' }
const OK_DROPPED: Answer = { status: 'OK', dropped: 'gpc' }

const REFUSED: Record<RefusedReason, string> = {
  buffer_full: 'the buffer is full',
  timeout: 'it was not stored in time',
  firehose: 'the delivery stream does not take it',
  spill: 'neither the delivery stream nor the spill bucket takes it',
}

const check = compile(Click)

/** Does the sender ask not to be tracked? */
export function asksForPrivacy({ headers }: FastifyRequest): boolean {
  return headers['sec-gpc'] === '1' || headers.dnt === '1'
}

/**
 * Takes the clicks of a request: checks each, stamps the good ones, and answers when Firehose has them.
 * Throws what a single click gets as an error, and what concerns a request as a whole.
 */
export function createTake({ ledger, delivery, quarantine }: FastifyInstance, config: Config): Take {
  return async (request, reply, { several, values }) => {
    if (values.length === 0) throw new EmptyBody()
    ledger.received += values.length
    if (values.length > MAX_CLICKS) {
      ledger.rejected.too_many += values.length
      throw new TooManyClicks(MAX_CLICKS)
    }

    const restrained = config.GPC_POLICY !== 'keep' && asksForPrivacy(request)
    const dropped = restrained && config.GPC_POLICY === 'drop'
    const arrival = arrive(request, restrained)
    const reasons = values.map((value) => reject(value, arrival))
    const good = values.flatMap((value, index) => (reasons[index] === undefined ? [value as Click] : []))
    if (!several && reasons[0] !== undefined) throw refuse(values[0], reasons[0])

    if (dropped) ledger.dropped.gpc += good.length
    const refusals = dropped
      ? []
      : await delivery.deliver(good.map((click) => `${JSON.stringify(stamp(click, arrival))}\n`))

    if (refusals.length === 0 && good.length === values.length) return dropped ? OK_DROPPED : OK
    const results = tell(values, reasons, refusals)
    if (!results.some(({ status }) => status === 'ok')) {
      reply.code(refusals.length > 0 ? 503 : 400)
      if (refusals.length > 0) reply.header('retry-after', delivery.retryAfter)
    }
    if (!several) throw new NotDelivered(REFUSED[(refusals[0] as Refusal).reason])
    return { status: 'PARTIAL', results, ...(dropped && { dropped: 'gpc' }) }
  }

  /** What is wrong with a value, counted, or undefined for a click. */
  function reject(value: unknown, { receivedat: time, client, anonymise }: Arrival): string | undefined {
    const unfit = value instanceof Unfit
    const reason = unfit ? value.reason : check(value)
    if (reason === undefined) return undefined
    ledger.rejected[unfit ? value.kind : 'schema'] += 1
    // What is no click cannot be anonymised: of a sender who asks for privacy it is counted, and not kept.
    if (!anonymise) quarantine.add({ reason, time, client, data: unfit ? value.data : value })
    return reason
  }

  function arrive(request: FastifyRequest, anonymise: boolean): Arrival {
    const address = config.AUTH === 'gateway' ? request.headers['x-click-ip'] : request.socket.remoteAddress
    return {
      receivedat: new Date().toISOString(),
      client: request.client,
      clientip: keepAddress(address as string | undefined, config.IP_POLICY),
      useragent: request.headers['user-agent']?.slice(0, MAX_USERAGENT),
      anonymise,
    }
  }
}

function refuse(value: unknown, reason: string): Error {
  return value instanceof Unfit && value.kind === 'malformed' ? new MalformedBody(reason) : new InvalidClick(reason)
}

/** The results of several clicks, in the order sent. Refusals count the good clicks only. */
function tell(
  values: readonly unknown[],
  reasons: readonly (string | undefined)[],
  refusals: readonly Refusal[],
): ClickResult[] {
  const refused = new Map<number, RefusedReason>()
  for (const { from, count, reason } of refusals) for (let n = from; n < from + count; n += 1) refused.set(n, reason)
  let nth = 0
  return values.map((value, index) => {
    const requestid = readRequestId(value)
    const reason = reasons[index]
    if (reason !== undefined) return { requestid, status: 'rejected', reason }
    const refusal = refused.get(nth)
    nth += 1
    return refusal === undefined
      ? { requestid, status: 'ok' }
      : { requestid, status: 'retry', reason: REFUSED[refusal] }
  })
}

function readRequestId(value: unknown): string | null {
  const { requestid } = (value ?? {}) as { requestid?: unknown }
  return typeof requestid === 'string' && requestid.length <= 512 ? requestid : null
}
