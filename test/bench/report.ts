/** Numbers and targets, for people. */

/** Why the numbers of a run mean nothing: it ends. */
export class Failure extends Error {}

export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A part of the run: what it found for people, and for programs. */
export interface Section {
  readonly name: string
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
  readonly data: unknown
}

export interface Target {
  readonly what: string
  readonly measured: number
  readonly unit: string
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
}

export const met = ({ measured, bound }: Target): boolean =>
  'atLeast' in bound ? measured >= bound.atLeast : measured <= bound.atMost

/** @returns 1,234 */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })

/** @returns bytes as MiB */
export const mebibytes = (bytes: number): string => number(bytes / 2 ** 20)

/** @returns a share as 1.2 % */
export const percent = (share: number): string => `${number(share * 100, 1)} %`

export const TARGET_HEAD = ['target', 'wanted', 'measured', '']

export function targetRow(target: Target): string[] {
  const { what, measured, unit, bound } = target
  const show = (value: number) => `${number(value, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2)}${unit}`
  const wanted = 'atLeast' in bound ? `at least ${show(bound.atLeast)}` : `at most ${show(bound.atMost)}`
  return [what, wanted, show(measured), met(target) ? 'met' : 'NOT MET']
}

/** The middle one. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

/** Says how far a long run is. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}
