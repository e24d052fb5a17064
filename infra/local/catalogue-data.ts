/** Twelve creatures of our own. */
import type { Mysfit } from './catalogue.ts'

type Facts = Omit<Mysfit, 'mysfitId' | 'thumbImageUri' | 'profileImageUri'>

const FACTS: readonly Facts[] = [
  {
    name: 'Bramblewick',
    age: 214,
    goodevil: 'Good',
    lawchaos: 'Lawful',
    species: 'Hedge Warden',
    description:
      'Counts every leaf of its hedge twice a year and writes the difference in a ledger that nobody may see.',
    likes: 'Straight rows, early frost, sharp pencils',
    adopted: false,
  },
  {
    name: 'Quillow',
    age: 38,
    goodevil: 'Good',
    lawchaos: 'Neutral',
    species: 'Ink Otter',
    description: 'Swims through spilled ink and leaves legible footprints, mostly recipes, sometimes apologies.',
    likes: 'Fountain pens, river stones, second drafts',
    adopted: true,
  },
  {
    name: 'Tumblehex',
    age: 77,
    goodevil: 'Good',
    lawchaos: 'Chaotic',
    species: 'Knot Sprite',
    description: 'Unties shoelaces so that people look down in time to see what they would have stepped on.',
    likes: 'Loose threads, puddles, being thanked late',
    adopted: false,
  },
  {
    name: 'Old Marrowmere',
    age: 1902,
    goodevil: 'Neutral',
    lawchaos: 'Lawful',
    species: 'Tide Clerk',
    description: 'Signs for the sea when it arrives and again when it leaves. Has not missed a tide, and mentions it.',
    likes: 'Punctuality, barnacles, stamps in triplicate',
    adopted: false,
  },
  {
    name: 'Pebblethorn',
    age: 450,
    goodevil: 'Neutral',
    lawchaos: 'Neutral',
    species: 'Moss Golem',
    description: 'Sits where it was put. Visitors find that they have told it everything.',
    likes: 'Drizzle, silence, the same drizzle again',
    adopted: true,
  },
  {
    name: 'Zifferling',
    age: 9,
    goodevil: 'Neutral',
    lawchaos: 'Chaotic',
    species: 'Clock Moth',
    description: 'Eats minutes, usually the ones before a train departs, and sheds them as dust on Sundays.',
    likes: 'Alarm clocks, lamp light, long queues',
    adopted: false,
  },
  {
    name: 'Lady Cindervane',
    age: 333,
    goodevil: 'Evil',
    lawchaos: 'Lawful',
    species: 'Chimney Wyrm',
    description: 'Rents out warmth by the hour. The contract is fair; the small print is smaller than it looks.',
    likes: 'Signatures, coal dust, winter',
    adopted: false,
  },
  {
    name: 'Grudgel',
    age: 61,
    goodevil: 'Evil',
    lawchaos: 'Neutral',
    species: 'Cellar Toad',
    description: 'Remembers every door that was ever closed in its face and hums the list on damp evenings.',
    likes: 'Cold steps, unpaid debts, pickled turnips',
    adopted: false,
  },
  {
    name: 'Skirrawhisk',
    age: 18,
    goodevil: 'Evil',
    lawchaos: 'Chaotic',
    species: 'Attic Gale',
    description: 'A small wind that learned to read and now shuffles the pages of whatever you have not finished.',
    likes: 'Open windows, card houses, cliffhangers',
    adopted: true,
  },
  {
    name: 'Fennimore Dray',
    age: 129,
    goodevil: 'Good',
    lawchaos: 'Lawful',
    species: 'Lantern Stag',
    description: 'Walks home those who are lost, at the speed limit, and points out places of local interest.',
    likes: 'Maps, gravel paths, oat biscuits',
    adopted: false,
  },
  {
    name: 'Ooloop',
    age: 4,
    goodevil: 'Neutral',
    lawchaos: 'Chaotic',
    species: 'Echo Jelly',
    description: 'Answers every question with the question before it. Conversations with it end where they began.',
    likes: 'Wells, stairwells, the word “wells”',
    adopted: true,
  },
  {
    name: 'Hesper Nettlecloak',
    age: 512,
    goodevil: 'Good',
    lawchaos: 'Chaotic',
    species: 'Night Gardener',
    description: 'Plants what people threw away: spoons, buttons, one umbrella. The umbrella is in bloom.',
    likes: 'Moonlit compost, odd socks, trespassing politely',
    adopted: false,
  },
]

/** `m-01` to `m-12`. */
export const CREATURES: Mysfit[] = FACTS.map((facts, index) => {
  const mysfitId = `m-${String(index + 1).padStart(2, '0')}`
  const image = `/creatures/${mysfitId}.svg`
  return { mysfitId, ...facts, thumbImageUri: image, profileImageUri: image }
})
