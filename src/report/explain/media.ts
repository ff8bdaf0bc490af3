/** Images and videos. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

const OWN = "only:\n  bluesky:\n    media: [{ file: images/small.png, alt: The new sync panel }]";

export const MEDIA = {
  "alt-too-long": {
    means: "The description of the image is longer than this network takes.",
    why: "Each network has its own limit for alt texts.",
    remedy: "Say it shorter, for this channel alone under `only:`.",
    example: OWN,
  },
  "decorative-alt": {
    means: "The image is said to be decoration and has a description as well.",
    why: "`decorative: true` means that there is nothing to describe.",
    remedy: "Keep one of the two.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-bytes": {
    means: "The file is larger than this network takes.",
    why: "Each network has its own limit in bytes; files are not made smaller by themselves.",
    remedy: "Save it smaller, or give this channel another file under `only:`.",
    example: OWN,
  },
  "media-count": {
    means: "There are more files, or more of one kind, than this network takes in one post.",
    why: "Each network has its own number.",
    remedy: "Choose the best for this channel under `only:`.",
    example: OWN,
  },
  "media-empty": {
    means: "The file has no bytes.",
    why: "It was not written to its end, or git keeps only a pointer to it.",
    remedy: "Save the image again.",
    example: "broadcast plan campaigns/release.yml",
  },
  "media-left-out": {
    means: "This network takes no media, so the post goes out without.",
    why: "The campaign has media, and not every channel can show them.",
    remedy: "Nothing has to be done. To silence it, say so under `only:`.",
    example: "only:\n  news: { media: [] }",
  },
  "media-missing": {
    means: "The file under `media:` is not there.",
    why: "Its path counts from the folder of broadcast.yml, not from the campaign's.",
    remedy: "Check the path.",
    example: "media:\n  - { file: campaigns/images/panel.png, alt: The new sync panel }",
  },
  "media-mixed": {
    means: "This network does not take files of several kinds in one post.",
    why: "The campaign has both.",
    remedy: "Choose one kind for this channel under `only:`.",
    example: OWN,
  },
  "media-not-a-file": {
    means: "What `media:` names is not a file.",
    why: "A folder was named.",
    remedy: "Name an image or a video.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-outside": {
    means: "The file is not in the project's folder, so it is not sent.",
    why: "A path or a link that leads out of the project could give away anything on this computer.",
    remedy: "Copy the file into the project.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-remote": {
    means: "`media:` names an address on the web instead of a file.",
    why: "What is there could be another image tomorrow than the one that was approved.",
    remedy: "Download it into the project.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-size": {
    means: "The image has more pixels, or other proportions, than this network takes.",
    why: "Each network has its own limits for sides and proportions.",
    remedy: "Scale or crop it, or give this channel another file under `only:`.",
    example: OWN,
  },
  "media-still": {
    means: "The picture moves, and readers on this network see its first moment only.",
    why: "The network makes a still picture of every image that it is given.",
    remedy: "Save it as a video, choose another picture for this channel, or leave it: the post is valid.",
    example: "only:\n  bluesky: { media: [{ file: demo.mp4, alt: … }] }",
  },
  "media-type": {
    means: "This network does not take files of this sort, or the file is no image or video at all.",
    why: "What counts is what is in the file, not how its name ends.",
    remedy: "Save it in one of the formats that the message lists.",
    example: OWN,
  },
  "media-unreadable": {
    means: "The file is there and cannot be read.",
    why: "Its permissions do not let you, or the disk has a fault.",
    remedy: "Check its permissions.",
    example: "broadcast plan campaigns/release.yml",
  },
  "no-media-host": {
    means: "This network fetches files from an address on the web; there is none for the project's files.",
    why: "It does not take bytes.",
    remedy: "Leave the files out for this channel.",
    example: "only:\n  news: { media: [] }",
  },
  "missing-alt": {
    means: "The image has no description, so people who cannot see it learn nothing.",
    why: "`alt:` is missing or empty.",
    remedy: "Write what one sees; or say `decorative: true` when it says nothing.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;
