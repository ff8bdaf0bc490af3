/**
 * How a ledger's file comes to be: private, and never empty. It is made beside its place and put there when it is whole, so
 * that an empty file can only be what a full disk or a cut of power has left of one.
 */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../files.ts";
import { driver } from "./driver.ts";

/** Two processes may come at once: the first one's file stays. */
export async function createUnlessThere(file: string): Promise<void> {
  if (existsSync(file)) return;
  const { DatabaseSync } = await driver();
  const beside = `${file}.${randomBytes(6).toString("hex")}`;
  createPrivately(beside);
  try {
    const db = new DatabaseSync(beside);
    try {
      db.exec("create table ledger_version (version integer not null)");
    } finally {
      db.close();
    }
    syncToDisk(beside);
    putThere(beside, file);
  } finally {
    if (existsSync(beside)) unlinkSync(beside);
  }
}

function putThere(beside: string, file: string): void {
  try {
    linkSync(beside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    // Some file systems have no hard links. A file that another process created first is not replaced.
    if (!existsSync(file)) renameSync(beside, file);
  }
}

export function syncToDisk(path: string): void {
  const handle = openSync(path, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

// SQLite gives the write-ahead files the rights of the database, so it is enough to create that one privately.
export function createPrivately(file: string): void {
  makeFolder(dirname(file), 0o700);
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}
