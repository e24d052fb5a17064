/**
 * THE schema of a click. Validation, static types, OpenAPI, Glue and Parquet columns and the browser script's types
 * all derive from the two constants here; nothing else in the project says what a click is.
 */
import { type Static, Type } from '@sinclair/typebox'
import { v7 as uuid } from 'uuid'

/** Who clicked, when nobody says: the name that the older click logger stamped on every click. */
export const GUEST = 'GUEST'

/** Attributes that a sender may set on one click. */
export const MAX_ATTRIBUTES = 20

/** Attributes that the transformer may add to those, so that its own output is valid input when it is replayed. */
export const MAX_ENRICHMENT_FIELDS = 20

/** Lower case only: the OpenX SerDe behind Firehose's conversion folds case and refuses the duplicates that this makes. */
export const ATTRIBUTE_KEY = '^[a-z][a-z0-9_]{0,63}$'

/** Characters of a client's user agent that are kept. */
export const MAX_USERAGENT = 512

// `well-formed` refuses unpaired surrogates: they have no UTF-8 form, and one of them fails a whole Parquet file.
const text = (maxLength: number, description: string) => Type.String({ maxLength, format: 'well-formed', description })

// \S: not blank, and so not empty. A no-break space is blank too.
const required = (description: string) =>
  Type.String({ maxLength: 256, pattern: '\\S', format: 'well-formed', description })

// `date-time` is checked by parseTime below.
const time = (description: string) => Type.String({ maxLength: 64, format: 'date-time', description })

const attributes = (maxProperties: number) =>
  Type.Record(Type.String({ pattern: ATTRIBUTE_KEY }), text(1024, 'Value of one attribute'), {
    additionalProperties: false,
    maxProperties,
    description: 'Free, flat facts about the click. Keys are lower case.',
  })

/**
 * A click as it is sent. Lengths are in characters (code points); with them, a click is at most some 150 KB of JSON,
 * so that one always fits a Firehose record (1,000 KiB), a DynamoDB item (400 KB) and its keys (1,024 and 2,048 bytes).
 */
export const Click = Type.Object(
  {
    requestid: required('Identity of this click: a retry carries the same one, so that duplicates can be told'),
    contextid: required('The session, or whatever ties clicks together'),
    callerid: required('The application or site that the click comes from'),
    component: required('What was clicked'),
    action: required('What was done to it: click, view, submit …'),
    type: required('Where it was done: webpage, app …'),
    userid: Type.Optional(
      Type.String({ maxLength: 256, format: 'well-formed', default: GUEST, description: 'Who clicked' }),
    ),
    itemid: Type.Optional(text(256, 'What the click is about; enrichment asks the catalogue for it')),
    url: Type.Optional(text(2048, 'Address of the page')),
    referrer: Type.Optional(text(2048, 'Address of the page before it')),
    createdtime: Type.Optional(time('When it was clicked, ISO 8601; UTC where it has no offset. Default: receivedat')),
    attributes: Type.Optional(attributes(MAX_ATTRIBUTES)),
  },
  {
    $id: 'Click',
    additionalProperties: false,
    examples: [
      {
        requestid: '0193f0c4-6b1e-7c1a-9d0b-3f6f0f6f2a10',
        contextid: 'session-42',
        callerid: 'shop',
        component: 'buy-button',
        action: 'click',
        type: 'webpage',
        itemid: 'm-01',
        attributes: { colour: 'red' },
      },
    ],
  },
)
export type Click = Static<typeof Click>

/** A click as it is stored: what was sent, and what the service knows about its arrival. Times are UTC, in milliseconds. */
export const StoredClick = Type.Object(
  {
    ...Click.properties,
    userid: Type.String({ maxLength: 256, format: 'well-formed', description: 'Who clicked' }),
    createdtime: time('When it was clicked, UTC'),
    attributes: Type.Optional(attributes(MAX_ATTRIBUTES + MAX_ENRICHMENT_FIELDS)),
    receivedat: time('When the service took it, UTC'),
    clientip: Type.Optional(text(64, 'Address it came from, as far as the policy keeps it')),
    useragent: Type.Optional(text(MAX_USERAGENT, 'User agent it came from')),
    client: text(256, 'Who sent it: the name of the key, or the origin'),
  },
  { $id: 'StoredClick', additionalProperties: false },
)
export type StoredClick = Static<typeof StoredClick>

/** What the older site (Mythical Mysfits, module 5) sends when a profile is opened. */
export const ProfileView = Type.Object(
  {
    userId: required('The older site’s user, or `guest`'),
    mysfitId: required('The profile that was opened'),
  },
  { $id: 'ProfileView', additionalProperties: false },
)
export type ProfileView = Static<typeof ProfileView>

/**
 * The click that a profile view is. Every view by an unnamed user is a session of its own:
 * one contextid `guest` for all of them would be one hot partition.
 *
 * @param anonymise leave out who it was, as the deployment's privacy policy asks
 */
export function fromProfileView({ userId, mysfitId }: ProfileView, anonymise: boolean): Click {
  const requestid = uuid()
  const named = !anonymise && userId.toLowerCase() !== 'guest'
  return {
    requestid,
    contextid: named ? userId : requestid,
    callerid: 'MythicalMysfits',
    component: 'mysfit-profile',
    action: 'click',
    type: 'webpage',
    userid: named ? userId : GUEST,
    itemid: mysfitId,
  }
}

const ISO_8601 =
  /^(\d{4}-\d\d-(\d\d))(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:\s?([Zz])|\s?([+-]\d\d):?(\d\d))?)?$/

const FIRST_TIME = Date.UTC(1970, 0, 1)
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * Reads an ISO 8601 date, or date and time. `Date.parse` alone takes `foo 1`, turns the 30th of February into March,
 * and reads a time without an offset in the machine's own zone; here these are an error, an error, and UTC.
 *
 * @returns the same moment as `YYYY-MM-DDTHH:mm:ss.sssZ`, or undefined if it is no date from 1970 to 9999
 */
export function parseTime(value: string): string | undefined {
  const match = ISO_8601.exec(value)
  if (match === null) return undefined
  const [, date, day, clock = '00:00', , hours, minutes] = match
  if (new Date(`${date}T00:00Z`).getUTCDate() !== Number(day)) return undefined
  const moment = Date.parse(`${date}T${clock}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
  return moment >= FIRST_TIME && moment <= LAST_TIME ? new Date(moment).toISOString() : undefined
}
