import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Click, MAX_USERAGENT } from './click.ts'
import type { Config } from './config.ts'
import type { Refusal } from './delivery/delivery.ts'
import type { RefusedReason } from './delivery/ledger.ts'
import { EmptyBody, InvalidClick, MalformedBody, NotDelivered, TooManyClicks } from './errors.ts'
import { type SentBody, Unfit } from './plugins/body.ts'
import { createKeepAddress, createStamp } from './stamp.ts'
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

export type Take = (request: FastifyRequest, reply: FastifyReply, body: SentBody) => void

const JSON_TYPE = 'application/json; charset=utf-8'
const OK = JSON.stringify({ status: 'OK' } satisfies Answer)
const OK_DROPPED = JSON.stringify({ status: 'OK', dropped: 'gpc' } satisfies Answer)

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
 *
 * Thousands of requests wait here at once. So there is no promise for each of them, and what nearly all of them are
 * answered is a constant text: together a sixth of the CPU time of a Fastify route that holds its answer.
 */
export function createTake({ ledger, delivery, quarantine }: FastifyInstance, config: Config): Take {
  const keepAddress = createKeepAddress(config.IP_POLICY)

  return (request, reply, { several, values }) => {
    if (values.length === 0) throw new EmptyBody()
    ledger.received += values.length
    if (values.length > MAX_CLICKS) {
      ledger.rejected.too_many += values.length
      throw new TooManyClicks(MAX_CLICKS)
    }

    const anonymise = config.GPC_POLICY !== 'keep' && asksForPrivacy(request)
    const dropped = anonymise && config.GPC_POLICY === 'drop'
    const receivedat = now()
    const { client, headers } = request
    const clientip = keepAddress(addressOf(request))
    const useragent = headers['user-agent']?.slice(0, MAX_USERAGENT) || undefined
    const stamp = createStamp({ receivedat, client, clientip, useragent, anonymise })

    const lines: string[] = []
    let reasons: Map<number, string> | undefined
    for (let n = 0; n < values.length; n += 1) {
      const value = values[n]
      const reason = value instanceof Unfit ? value.reason : check(value)
      if (reason === undefined) lines.push(stamp(value as Click))
      else {
        reasons ??= new Map()
        reasons.set(n, reason)
        const { kind, data } = value instanceof Unfit ? value : new Unfit('schema', reason, value)
        ledger.rejected[kind] += 1
        // What is no click cannot be anonymised: of a sender who asks for privacy it is counted, and not kept.
        if (!anonymise) quarantine.add({ reason, time: receivedat, client, data })
        if (!several) throw kind === 'malformed' ? new MalformedBody(reason) : new InvalidClick(reason)
      }
    }

    if (dropped) {
      ledger.dropped.gpc += lines.length
      answer([])
    } else delivery.deliver(lines, answer)

    function answer(refusals: readonly Refusal[]): void {
      if (refusals.length === 0 && reasons === undefined) {
        reply.header('content-type', JSON_TYPE).send(dropped ? OK_DROPPED : OK)
        return
      }
      const results = tell(values, reasons, refusals)
      if (!results.some(({ status }) => status === 'ok')) {
        reply.code(refusals.length > 0 ? 503 : 400)
        if (refusals.length > 0) reply.header('retry-after', delivery.retryAfter)
      }
      reply.send(
        several
          ? ({ status: 'PARTIAL', results, ...(dropped && { dropped: 'gpc' }) } satisfies Answer)
          : new NotDelivered(REFUSED[(refusals[0] as Refusal).reason]),
      )
    }
  }

  function addressOf({ headers, socket }: FastifyRequest): string | undefined {
    return config.AUTH === 'gateway' ? (headers['x-click-ip'] as string | undefined) : socket.remoteAddress
  }
}

/** The results of several clicks, in the order sent. Refusals count the good clicks only. */
function tell(
  values: readonly unknown[],
  reasons: ReadonlyMap<number, string> | undefined,
  refusals: readonly Refusal[],
): ClickResult[] {
  const refused = new Map<number, RefusedReason>()
  for (const { from, count, reason } of refusals) for (let n = from; n < from + count; n += 1) refused.set(n, reason)
  let nth = 0
  return values.map((value, index) => {
    const requestid = readRequestId(value)
    const reason = reasons?.get(index)
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

let moment = 0
let text = ''

/** The time, UTC. Many clicks come in one millisecond, and writing it down takes as long as reading a click's JSON. */
function now(): string {
  const time = Date.now()
  if (time !== moment) {
    moment = time
    text = new Date(time).toISOString()
  }
  return text
}
