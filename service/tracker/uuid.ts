let last = 0

/**
 * A UUID of version 7: those of one page sort in the order in which they were made, also within a millisecond.
 * Not `crypto.randomUUID`, which pages without TLS do not have.
 */
export function uuid(): string {
  last = Math.max(Date.now(), last + 1)
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, '0'))
  return (last.toString(16).padStart(12, '0') + random.join('')).replace(
    /(.{8})(.{4}).(...).(...)(.{12})/,
    '$1-$2-7$3-8$4-$5',
  )
}
