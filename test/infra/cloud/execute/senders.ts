/** The two older systems' samples, and how they are sent. */
import assert from 'node:assert/strict'
import { JSON_TYPE, SAMPLE } from '../../../helpers/app.ts'

/** The origin that may send. */
export const ORIGIN = 'https://shop.example'

/** What a sender may write, but nobody may believe. */
export const SPOOFED = { 'x-click-client': 'somebody-else', 'x-click-ip': '203.0.113.9' }

export const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Shop/1.0'

/** With every field, so that every column is seen. */
export const CLICK = {
  ...SAMPLE,
  userid: 'u-7',
  itemid: 'm-02',
  url: 'https://shop.example/login?next=cart',
  referrer: 'https://shop.example/',
  createdtime: '2026-02-03T04:05:06.789Z',
  attributes: { campaign: 'spring' },
}

export const PROFILE_VIEW = JSON.stringify({ userId: 'guest', mysfitId: 'm-01' })

/** Fails unless an answer has this status and, as JSON, this body. */
export async function answers(pending: Response | Promise<Response>, status: number, body: object): Promise<void> {
  const answer = await pending
  const text = await answer.text()
  assert.deepEqual([answer.status, text], [status, JSON.stringify(body)])
}

/** As an application sends, with headers that it should not. */
export const post = (url: string, authorization: string | undefined, body: string) =>
  fetch(`${url}/clicklogger`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...SPOOFED, 'user-agent': AGENT, ...(authorization && { authorization }) },
    body,
  })

/** As the older site's pages send, with headers that they should not. */
export const put = (url: string, origin: { origin?: string }) =>
  fetch(`${url}/clicks`, {
    method: 'PUT',
    headers: { ...JSON_TYPE, ...SPOOFED, 'user-agent': AGENT, ...origin },
    body: PROFILE_VIEW,
  })
