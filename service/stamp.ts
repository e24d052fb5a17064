import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { type Click, GUEST, parseTime } from './click.ts'
import type { Config } from './config.ts'

/** What a request tells about its clicks. */
export interface Arrival {
  /** When the service took it: UTC, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly receivedat: string
  readonly client: string
  /** As far as the policies keep them. */
  readonly clientip?: string | undefined
  readonly useragent?: string | undefined
  /** The sender asked not to be tracked, and the policy is not to keep who it is. */
  readonly anonymise: boolean
}

/**
 * Makes what turns each click of a request into its line, a StoredClick of click.ts as JSON with a newline. What all of
 * them share is written down once; the click itself is completed in place, since a copy cost more than its JSON.
 */
export function createStamp({ receivedat, client, clientip, useragent, anonymise }: Arrival): (click: Click) => string {
  const shared = JSON.stringify({ receivedat, ...(!anonymise && { clientip, useragent }), client })
  const end = `,${shared.slice(1)}\n`
  return (click) => {
    click.userid = anonymise ? GUEST : (click.userid ?? GUEST)
    click.createdtime = click.createdtime === undefined ? receivedat : (parseTime(click.createdtime) as string)
    return JSON.stringify(click).slice(0, -1) + end
  }
}

/** Addresses that are remembered: to read one takes five times as long as to check a click. */
const REMEMBERED_ADDRESSES = 4096

/**
 * Makes what leaves of an address as much as the policy keeps: `truncate` leaves the network, /24 of IPv4 and /48 of
 * IPv6. It gives undefined where there is nothing to keep, or the text is no address.
 */
export function createKeepAddress(policy: Config['IP_POLICY']): (address: string | undefined) => string | undefined {
  if (policy === 'drop') return () => undefined
  const kept = new LRUCache<string, string>({
    max: REMEMBERED_ADDRESSES,
    memoMethod: (address) => keepAddress(address, policy),
  })
  return (address) => (address === undefined ? undefined : kept.memo(address)) || undefined
}

function keepAddress(address: string, policy: 'truncate' | 'keep'): string {
  if (!ipaddr.isValid(address)) return ''
  // `process` turns ::ffff:192.0.2.1, as a dual-stack socket has it, into 192.0.2.1.
  const parsed = ipaddr.process(address)
  if (policy === 'keep') return parsed.toString()
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed}/24`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/48`).toString()
}
