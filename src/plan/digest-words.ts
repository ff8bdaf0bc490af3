/**
 * A digest in words, so that two people can compare what they see, on a page and in a terminal. They never decide: whatever
 * approves or sends takes the whole digest.
 */
const WORDS = (
  "acorn almond amber anchor apple apron arrow aspen atlas autumn avenue azure badge bakery balcony " +
  "bamboo banjo barley basil basket beacon beetle berry birch biscuit blanket blossom bonnet bottle " +
  "bramble breeze bridge bronze bucket butter cactus camel canyon caravan carbon castle cedar ceiling " +
  "cello chalk cherry chimney citrus clover cobalt coffee comet compass copper coral cotton cricket " +
  "curtain cushion daisy danube delta desert diamond dinner dolphin donkey dragon eagle easel echo " +
  "eclipse elbow emblem engine envelope equator fabric falcon feather fennel ferry fiddle finch flint " +
  "forest fossil fountain foxglove gallery garden garlic gazelle geyser ginger glacier glove granite " +
  "grape gravel guitar hamlet harbor harvest hazel helmet heron hickory honey horizon igloo indigo " +
  "island ivory jacket jasmine jersey jigsaw jungle juniper kayak kennel kettle kingdom kitchen kiwi " +
  "ladder lagoon lantern laurel lavender lemon lentil library lichen lilac linen lizard lobster locket " +
  "lotus magnet maple marble market meadow melon mercury meteor mirror mitten monsoon mosaic mountain " +
  "muffin museum mustard napkin nectar needle nickel nutmeg oasis oatmeal ocean octave olive onion opal " +
  "orbit orchard otter oyster paddle palace panda paper parsley pebble pelican pencil pepper piano " +
  "pigeon pillow pilot planet plaza pocket pollen poppy pretzel prism pumpkin puzzle quartz quiver " +
  "rabbit radish raft raven ribbon river robin rocket rosemary ruby rudder saddle saffron sailor salmon " +
  "sandal satin scarf seagull shadow silver sparrow spider spruce squirrel stable summit sunset swallow " +
  "tangerine teapot temple thimble thunder ticket timber toffee topaz trumpet tulip tunnel turnip " +
  "umbrella valley vanilla velvet violin volcano waffle wagon walnut whistle willow window winter " +
  "wizard yarrow zebra zipper"
).split(" ");

/** Its first four bytes, a word for each. */
export function digestWords(digest: string): string[] {
  return [0, 2, 4, 6].map((at) => WORDS[Number.parseInt(digest.slice(at, at + 2), 16)] ?? "?");
}
