import type { Click, ClickInput } from './types.ts'
import { uuid } from './uuid.ts'

/**
 * A click as the schema wants it: whatever a page's author cannot foresee (a long address, half an emoji) is cut and
 * repaired, so that the service has no reason to reject it. Unknown keys are kept: its reason tells the author of them.
 *
 * @param defaults what the page knows
 * @param input what was said of this click; goes before the defaults
 * @param anonymise leave out whatever ties this click to a person, or to other clicks
 */
export function makeClick(defaults: Partial<Click>, input: ClickInput, anonymise: boolean): Click {
  const requestid = uuid()
  const click: Record<string, unknown> = { contextid: requestid }
  for (const part of [defaults, input]) {
    for (const [key, value] of Object.entries(part)) {
      // An empty text says nothing, and comes from an attribute without a value.
      if (value != null && value !== '') {
        click[key] =
          key === 'attributes' ? makeAttributes(value as object) : cut(value, /^(url|referrer)$/.test(key) ? 2048 : 256)
      }
    }
  }
  click.requestid = requestid
  if (anonymise) {
    click.contextid = requestid
    delete click.userid
    delete click.referrer
  }
  if (click.url) click.url = withoutFragment(click.url as string, anonymise)
  if (click.referrer) click.referrer = withoutFragment(click.referrer as string, false)
  return click as Click
}

function withoutFragment(url: string, orQuery: boolean): string {
  return url.replace(orQuery ? /[?#].*/s : /#.*/s, '')
}

function makeAttributes(given: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value != null)
      .slice(0, 20)
      .map(([key, value]) => [
        key
          .toLowerCase()
          .replace(/[^a-z0-9]/g, '_')
          .replace(/^(?![a-z])/, 'x')
          .slice(0, 64),
        cut(value, 1024),
      ]),
  )
}

/** In characters as the service counts them, and without the halves of pairs, which have no UTF-8 form. */
function cut(value: unknown, length: number): string {
  return Array.from(text(value).replace(/[\ud800-\udfff]/gu, '\ufffd'))
    .slice(0, length)
    .join('')
}

/** Whatever it is: an object that has no text is not worth a click. */
function text(value: unknown): string {
  try {
    return `${typeof value === 'object' ? JSON.stringify(value) : value}`
  } catch {
    return Object.prototype.toString.call(value)
  }
}
