import ipaddr from 'ipaddr.js'
import { type Click, GUEST, parseTime, type StoredClick } from './click.ts'
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

/** A click as it is stored. Keys come in the schema's order; absent ones are left out of the JSON. */
export function stamp(click: Click, { receivedat, client, clientip, useragent, anonymise }: Arrival): StoredClick {
  return {
    ...click,
    userid: anonymise ? GUEST : (click.userid ?? GUEST),
    createdtime: click.createdtime === undefined ? receivedat : (parseTime(click.createdtime) as string),
    receivedat,
    ...(anonymise ? {} : { ...(clientip && { clientip }), ...(useragent && { useragent }) }),
    client,
  }
}

/**
 * An address as the policy keeps it: `truncate` leaves the network, /24 of IPv4 and /48 of IPv6.
 *
 * @returns undefined where there is nothing to keep, or the text is no address
 */
export function keepAddress(address: string | undefined, policy: Config['IP_POLICY']): string | undefined {
  if (policy === 'drop' || address === undefined || !ipaddr.isValid(address)) return undefined
  // `process` turns ::ffff:192.0.2.1, as a dual-stack socket has it, into 192.0.2.1.
  const parsed = ipaddr.process(address)
  if (policy === 'keep') return parsed.toString()
  return parsed.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed}/24`).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/48`).toString()
}
