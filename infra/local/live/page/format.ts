/** Numbers for people. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)

/** `1 click`, `2 clicks`, `1.2M clicks`. */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${value >= 1_000_000 ? short.format(value) : whole.format(value)} ${value === 1 ? one : several}`
}

export const rate = (perSecond: number): string => (perSecond >= 10 ? whole : fine).format(perSecond)

export function bytes(value: number): string {
  if (value < 1000) return `${whole.format(value)} B`
  if (value < 1_000_000) return `${fine.format(value / 1000)} kB`
  return `${fine.format(value / 1_000_000)} MB`
}

export function milliseconds(value: number | null): string {
  if (value === null) return '–'
  if (value >= 1000) return `${fine.format(value / 1000)} s`
  return `${(value >= 10 ? whole : fine).format(value)} ms`
}

/** The local time of day, of a moment that `Date` takes. */
export const clock = (moment: number | string): string => new Date(moment).toLocaleTimeString('en-GB')
