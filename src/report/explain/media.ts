/** Images and videos. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

const OWN = "only:\n  bluesky:\n    media: [{ file: images/small.png, alt: The new sync panel }]";

export const MEDIA = {
  "alt-too-long": {
    why: "Each network has its own limit for alt texts.",
    example: OWN,
  },
  "decorative-alt": {
    why: "`decorative: true` means that there is nothing to describe.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-bytes": {
    why: "Each network has its own limit in bytes. Pictures are made smaller for it, unless `fit_media: false` forbids that; videos and documents never are.",
    example: OWN,
  },
  "media-codec": {
    why: "A video's container can hold many codes, and not every network plays them all.",
    example: "only:\n  x: { media: [{ file: demo-h264.mp4, alt: … }] }",
  },
  "media-count": {
    why: "Each network has its own number.",
    example: OWN,
  },
  "media-empty": {
    why: "The file was not written completely, or git keeps only a pointer to it.",
    example: "broadcast plan campaigns/release.yml",
  },
  "media-length": {
    why: "Each network has its own longest video. Videos are never cut.",
    example: "only:\n  x: { media: [{ file: demo-short.mp4, alt: … }] }",
  },
  "media-location": {
    why: "Cameras and phones write the place into a picture. Not every network takes it out.",
    example: "media:\n  - { file: images/team.jpg, alt: The team on the roof }",
  },
  "media-left-out": {
    why: "The campaign has media, and this network does not take any. The post goes out without.",
    example: "only:\n  news: { media: [] }",
  },
  "media-missing": {
    why: "The path is misspelt. It counts from the campaign's folder first, then from the folder of broadcast.yml.",
    example: "media:\n  - { file: campaigns/images/panel.png, alt: The new sync panel }",
  },
  "media-mixed": {
    why: "The campaign has both.",
    example: OWN,
  },
  "media-not-a-file": {
    why: "A folder was named.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-outside": {
    why: "The path leads out of the project, where it could reach any file on this computer.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-remote": {
    why: "An address was given. The image there could change after it was approved.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
  "media-rest": {
    why: "What an editor cropped away may still be in the file, and so may a second file that somebody has hidden there.",
    example: "media:\n  - { file: images/panel-saved-again.png, alt: The new sync panel }",
  },
  "media-size": {
    why: "Each network has its own limits for the sides and proportions of an image. Shapes are changed only when you say how: `focus:` or `letterbox:`.",
    example: OWN,
  },
  "media-still": {
    why: "The network makes a still picture of every image that it is given.",
    example: "only:\n  bluesky: { media: [{ file: demo.mp4, alt: … }] }",
  },
  "media-type": {
    why: "The file's content decides, not how its name ends, and this network does not take it.",
    example: OWN,
  },
  "media-unreadable": {
    why: "The permissions do not allow reading the file, or the disk has a fault.",
    example: "broadcast plan campaigns/release.yml",
  },
  "no-media-host": {
    why: "It does not take bytes: its servers fetch each file from an address that everybody can read.",
    example: "media_host:\n  folder: ../website/media\n  url: https://acme.example/media",
  },
  "missing-alt": {
    why: "`alt:` is missing or empty, so people who cannot see the image learn nothing about it.",
    example: "media:\n  - { file: images/panel.png, alt: The new sync panel }",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;
